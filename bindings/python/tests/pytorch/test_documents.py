"""What the documents show runs."""

from __future__ import annotations

import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

ROOT = Path(__file__).resolve().parents[4]


def programs() -> list[str]:
    text = (ROOT / "bindings/python/README.md").read_text()
    blocks = re.findall(r"(?:^ {4}.*\n|^\n(?= {4}))+", text, flags=re.M)
    return [textwrap.dedent(block) for block in blocks if block.lstrip().startswith("import torch")]


def test_documented_programs(tmp_path: Path) -> None:
    program, relational = (text.replace('"build/', f'"{tmp_path}/') for text in programs())
    done = subprocess.run(
        [sys.executable, "-c", relational + "print(answers.tokens.shape)"], capture_output=True, text=True
    )
    assert done.stdout == "torch.Size([1, 4])\n", done.stderr
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("4123234114323214 ")
    assert (tmp_path / "sudoku-4x4.trm").read_bytes() == (ROOT / "models/sudoku-4x4.trm").read_bytes()


def test_one_command_trains_from_a_checkout(tmp_path: Path) -> None:
    """Without the compiled part of the package, and at the real size."""
    data = tmp_path / "puzzles.csv"
    grid = "".join(
        str((3 * (row % 3) + row // 3 + column) % 9 + 1) for row in range(9) for column in range(9)
    )
    data.write_text("source,question,answer,rating\n" + f"x,{'.' * 40}{grid[40:]},{grid},0\n" * 4)
    small = ["--batch=2", "--cycles=1", "--updates=1", "--validation-puzzles=1", "--device=cpu", "--steps=2"]
    command = [
        sys.executable,
        ROOT / "models/train-sudoku-extreme",
        f"--data={data}",
        "--output=e.trm",
        *small,
    ]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "e.trm.checkpoint").stat().st_size < 60e6
    assert (tmp_path / "e.trm").exists()
