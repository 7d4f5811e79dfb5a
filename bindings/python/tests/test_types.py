"""What checkers of types know of the package, where mypy and pyright are."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import ROOT

PROGRAM = """
from collections.abc import Iterator
from typing import assert_type
import trm

model = trm.Model("sudoku.trm")
assert_type(model.solve("1.3."), trm.Answer)
assert_type(model.solve("1.3.", steps=4, search=True), trm.Answer)
assert_type(model.solve(["1.3.", "...."], batch=2, threads=0), trm.Answers)
assert_type(model.solve(trm.Puzzles("sudoku")), trm.Answers)
assert_type(model.stream("1.3."), Iterator[trm.Answer])
assert_type(model.stream(["1.3."], halt=None), Iterator[trm.Answers])
assert_type(trm.trace(model, "1.3.", runs=2), trm.Trace)
assert_type(trm.trace(model, "1.3.").svg, str)
model.solve("1.3.").plot().savefig("answer.png")
"""
WRONG = ('model.solve("1.3.", stepz=4)', 'model.stream("1.3.", search=True)', 'model.solve("1.3.").txt')


@pytest.fixture(scope="module")
def mypy() -> None:
    version = pytest.importorskip("mypy.version").__version__
    if tuple(map(int, version.split(".")[:2])) < (1, 5):
        pytest.skip(f"mypy {version} knows no keywords as a TypedDict")


def check(*arguments: object) -> str:
    line = [sys.executable, "-m", "mypy", "--strict", *map(str, arguments)]
    return subprocess.run(line, capture_output=True, text=True).stdout


def test_a_program(mypy, tmp_path) -> None:
    (tmp_path / "program.py").write_text(PROGRAM)
    assert "Success" in check(tmp_path / "program.py")
    for wrong in WRONG:
        (tmp_path / "program.py").write_text(PROGRAM + wrong + "\n")
        assert f"program.py:{PROGRAM.count(chr(10)) + 1}: error" in check(tmp_path / "program.py"), wrong


def test_the_package(mypy) -> None:
    assert "Success" in check("--follow-imports=silent", *(ROOT / "bindings/python/trm").glob("*.py"))


@pytest.fixture(scope="module")
def pyright() -> str:
    """Its command, which runs with the node that it finds, and fetches nothing where there is none."""
    command = shutil.which("pyright")
    if command is None:
        pytest.skip("pyright is not installed")
    return command


def findings(pyright: str, folder: Path, mode: str, program: str) -> list[tuple[int, str]]:
    """Line and rule of what pyright finds in a program that imports the package as it lies in the sources."""
    (folder / "program.py").write_text(program)
    settings = {
        "typeCheckingMode": mode,
        "pythonVersion": "3.11",
        "include": ["program.py"],
        "extraPaths": [str(ROOT / "bindings/python")],
    }
    (folder / "pyrightconfig.json").write_text(json.dumps(settings))
    line = [pyright, "--outputjson", "--pythonpath", sys.executable]
    done = subprocess.run(line, cwd=folder, capture_output=True, text=True)
    found = json.loads(done.stdout)
    assert found["summary"]["filesAnalyzed"] == 1, done.stdout
    return [(one["range"]["start"]["line"], one["rule"]) for one in found["generalDiagnostics"]]


def test_a_program_by_pyright(pyright, tmp_path) -> None:
    """Strictly, but for what matplotlib says of its own savefig()."""
    pytest.importorskip("matplotlib")
    last = PROGRAM.count("\n") - 1
    assert set(findings(pyright, tmp_path, "strict", PROGRAM)) <= {(last, "reportUnknownMemberType")}
    for wrong in WRONG:
        lines = [line for line, _ in findings(pyright, tmp_path, "basic", PROGRAM + wrong + "\n")]
        assert lines == [last + 1], wrong
