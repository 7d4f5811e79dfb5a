"""doc/deploy.md as a new user walks it: from a checkpoint as the published code leaves it to an answer in C."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
np = pytest.importorskip("numpy")

import trm  # noqa: E402
from trm.torch import Configuration  # noqa: E402
from trm.torch.configuration import published_hidden  # noqa: E402
from trm.torch.initialise import initialise  # noqa: E402

ROOT = Path(__file__).resolve().parents[4]
BUILD = Path(os.environ.get("TRM_BUILD", ROOT / "build/main"))
DATA = "data/sudoku-extreme-1k-aug-1000/test"
SETTINGS = """\
arch:
  H_cycles: 1
  L_cycles: 2
  L_layers: 2
  expansion: 4
  forward_dtype: bfloat16
  halt_exploration_prob: 0.1
  halt_max_steps: 4
  hidden_size: 64
  loss:
    loss_type: stablemax_cross_entropy
    name: losses@ACTLossHead
  mlp_t: true
  name: recursive_reasoning.trm@TinyRecursiveReasoningModel_ACTV1
  no_ACT_continue: true
  num_heads: 8
  pos_encodings: none
  puzzle_emb_len: 16
  puzzle_emb_ndim: 64
beta1: 0.9
checkpoint_every_eval: true
data_paths:
- data/sudoku-extreme-1k-aug-1000
epochs: 50000
ema: true
lr: 0.0001
"""


def commands() -> list[str]:
    """The indented blocks of the page."""
    text = (ROOT / "doc/deploy.md").read_text()
    blocks = re.findall(r"(?:^ {7}\S.*\n)+", text, flags=re.M)
    return [textwrap.dedent(block) for block in blocks]


def write_checkpoint(folder: Path) -> None:
    """Random weights under their published names, compiled and evaluated by the loss head."""
    configuration = Configuration(
        channels=64, positions=81, prefix=16, vocabulary=11, identifiers=1, puzzle_width=64, head_bias=0, blocks=2,
        token_hidden=published_hidden(97), channel_hidden=published_hidden(64), cycles=1, updates=2, maximum_steps=4,
    )  # fmt: skip
    model = trm.torch.Model(configuration)
    initialise(model, 1)
    state = {f"_orig_mod.model.inner.{name}": tensor for name, tensor in model.state_dict().items()}
    torch.save(state, folder / "step_65100")
    (folder / "all_config.yaml").write_text(SETTINGS)


def write_arrays(folder: Path) -> None:
    folder.mkdir(parents=True)
    puzzles = trm.generate("sudoku", 4, seed=3)
    for name, field in (("inputs", "question"), ("labels", "answer")):
        rows = [[".123456789".index(cell) + 1 for cell in getattr(puzzle, field)] for puzzle in puzzles]
        np.save(folder / f"all__{name}.npy", np.array(rows, np.uint8))
    (folder / "dataset.json").write_text('{"seq_len": 81, "vocab_size": 11, "pad_id": 0, "sets": ["all"]}')


def write_package(folder: Path) -> None:
    """A stand-in for the package safetensors, where it is not installed."""
    (folder / "safetensors").mkdir()
    (folder / "safetensors/__init__.py").write_text("")
    (folder / "safetensors/torch.py").write_text(
        "from trm.torch import safetensors\ndef save_file(tensors, path):\n    safetensors.write(path, tensors, {})\n"
    )


def to_install() -> list[Path]:
    """All that the build installs, or the build where there is none."""
    if not (BUILD / "build.ninja").exists():
        return [BUILD / "build.ninja"]
    said = subprocess.run(
        ["meson", "introspect", "--installed", str(BUILD)], check=True, capture_output=True
    ).stdout
    return [
        Path(part) for part in json.loads(said) if os.path.isabs(part)
    ]  # links are made by the installation


def install(folder: Path) -> dict[str, str]:
    """The library as a user has it; the environment that finds it."""
    command = ["meson", "install", "-C", str(BUILD), "--no-rebuild"]
    subprocess.run(command, env={**os.environ, "DESTDIR": str(folder)}, check=True, capture_output=True)
    trm_command = next(path for path in folder.rglob("bin/trm"))
    package = next(folder.rglob("trm.pc")).parent
    return {
        **os.environ,
        "PATH": f"{trm_command.parent}:{os.environ['PATH']}",
        "PKG_CONFIG_PATH": str(package),
        "PKG_CONFIG_SYSROOT_DIR": str(folder),
        "LD_LIBRARY_PATH": str(package.parent),
    }


def test_every_command_runs(tmp_path: Path) -> None:
    for needed in ("pkg-config", "cc", "meson"):
        if not shutil.which(needed):
            pytest.skip(f"no {needed}")
    for part in to_install():
        if not part.exists():  # as where the quickstart alone has built
            pytest.skip(f"{part} is not built")
    write_checkpoint(tmp_path)
    write_arrays(tmp_path / DATA)
    write_package(tmp_path)
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    environment = install(tmp_path / "installed")
    said, models = [], []
    for block in commands():
        program = ["sh", "-ec", block] if not block.startswith("import") else [sys.executable, "-c", block]
        done = subprocess.run(program, capture_output=True, text=True, cwd=tmp_path, env=environment)
        assert done.returncode == 0, block + done.stderr
        said.append(done.stdout)
        models += [trm.Model(tmp_path / "sudoku.trm")] if "sudoku.trm" in block else []
    assert len(said) == 6
    assert len(said[-1]) == 82
    answers = [model.solve("." * 81).text for model in models[:2]]
    assert answers[0] == answers[1]
