"""What a checker of types knows of the package, where mypy is."""

from __future__ import annotations

import subprocess
import sys

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
    for wrong in (
        'model.solve("1.3.", stepz=4)',
        'model.stream("1.3.", search=True)',
        'model.solve("1.3.").txt',
    ):
        (tmp_path / "program.py").write_text(PROGRAM + wrong + "\n")
        assert f"program.py:{PROGRAM.count(chr(10)) + 1}: error" in check(tmp_path / "program.py"), wrong


def test_the_package(mypy) -> None:
    assert "Success" in check("--follow-imports=silent", *(ROOT / "bindings/python/trm").glob("*.py"))
