"""What the documents show runs, and what they list is what the C API has."""

from __future__ import annotations

import re
import shutil
import sys
import textwrap
from pathlib import Path

import pytest

import trm
from conftest import ROOT, SMALL
from trm._library import ffi
from trm.keywords import ConvertOptions, InitOptions, TrainerOptions, names_of


def test_examples(python, small_path, tmp_path) -> None:
    folder = ROOT / "examples/python"
    done = python(folder / "solve.py", small_path, SMALL, SMALL)
    assert done.stdout.count("halt probability") == 2, done.stderr
    done = python(folder / "watch.py", small_path, SMALL)
    assert "cells changed" in done.stdout, done.stderr
    done = python(folder / "finetune.py", small_path, tmp_path / "tuned.trm", "60")
    shares = re.fullmatch(r"before: (.*) % exact\nafter:  (.*) % exact\n", done.stdout)
    assert shares is not None, done.stderr
    assert float(shares[1]) < 50 < 90 < float(shares[2])
    assert trm.Model(tmp_path / "tuned.trm").solve(SMALL).text
    done = python(folder / "graph.py", ROOT / "models/colouring.trm")
    assert done.stdout.count(", right after") == 3, done.stdout + done.stderr
    for name, *bad in (
        ("graph.py", "no.trm"),
        ("solve.py", "no.trm", SMALL),
        ("watch.py", "no.trm", SMALL),
        ("finetune.py", "no.trm", "o"),
    ):
        done = python(folder / name, *bad)
        assert done.returncode == 1 and "Traceback" not in done.stderr and "no.trm" in done.stderr


def programs(text: str) -> list[str]:
    """Indented blocks that begin by importing trm."""
    blocks = re.findall(r"(?:^ {4}.*\n|^\n(?= {4}))+", text, flags=re.M)
    return [textwrap.dedent(block) for block in blocks if re.match(r"\s*import (numpy, )?trm", block)]


def test_documented_programs(python, tmp_path) -> None:
    found = programs(str(trm.__doc__)) + programs((ROOT / "README.md").read_text())
    found += programs((ROOT / "bindings/python/README.md").read_text())
    assert len(found) >= 8
    (ROOT / "build").mkdir(exist_ok=True)
    for program in found:
        done = python("-c", program)
        assert done.returncode == 0 and done.stdout != "", done.stderr


@pytest.mark.parametrize("engine", ["dask.distributed", "ray", "pyspark"])
def test_engines_of_many_machines(python, monkeypatch, engine) -> None:
    """The real ones, on this machine alone."""
    pytest.importorskip(engine)
    if engine == "pyspark" and shutil.which("java") is None:
        pytest.skip("pyspark has no java")
    monkeypatch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
    monkeypatch.setenv("PYSPARK_PYTHON", sys.executable)
    recipe = ROOT / f"examples/python/on_{engine.split('.')[0].replace('pyspark', 'spark')}.py"
    done = python(recipe, "...2...1.3.4.2.3", "1.3..4.2.3.12.4.")
    solved = {"...2...1.3.4.2.3 3142243113244213", "1.3..4.2.3.12.4. 1234341243212143"}
    assert solved == set(done.stdout.splitlines()), done.stderr


@pytest.mark.parametrize(
    "options, struct, ours, theirs",
    [
        (
            InitOptions,
            "trm_init_options",
            {"grid"},
            {"alphabet_first", "grid_rows", "grid_columns", "relation_count"},
        ),
        (
            ConvertOptions,
            "trm_convert_options",
            {"grid", "config"},
            {"alphabet_first", "grid_rows", "grid_columns", "config_path", "keep_count"},
        ),
        (TrainerOptions, "trm_train_options", {"symmetries"}, {"plain", "team", "judge"}),
    ],
)
def test_keywords_are_the_fields_of_the_structs(options, struct, ours, theirs) -> None:
    fields = {name for name, _ in ffi.typeof(struct).fields} - {"size", "reserved", "allocator", "executor"}
    assert names_of(options) - ours == fields - theirs


def test_every_module_is_installed() -> None:
    """What meson.build lists is what there is."""
    source = ROOT / "bindings/python/trm"
    modules = {path.relative_to(source) for path in source.rglob("*.py")}
    installed = Path(trm.__file__).parent
    assert installed != source and modules == {
        path.relative_to(installed) for path in installed.rglob("*.py")
    }


def test_everything_public_is_documented() -> None:
    for name in trm.__all__:
        one = getattr(trm, name)
        assert one.__doc__, name
        methods = vars(one).items() if isinstance(one, type) and issubclass(one, object) else ()
        for method, value in methods:
            if not method.startswith("_") and callable(value):
                assert value.__doc__, f"{name}.{method}"
