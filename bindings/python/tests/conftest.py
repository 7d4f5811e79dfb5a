"""What the tests share: the models of the repository, a tiny one, and the command to compare with."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import trm

ROOT = Path(__file__).resolve().parents[3]
COMMAND = Path(os.environ.get("TRM_COMMAND", ROOT / "build/main/bindings/cli/trm"))
SMALL = "1.3..4.2.3.12.4."
LARGE = "53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79"
TINY = dict(channels=16, token_hidden=16, channel_hidden=16, prefix=1, blocks=1, cycles=1, updates=1)
TASK = dict(positions=16, vocabulary=6, task="sudoku", alphabet="\0.1234", grid="4x4")


def interrupt() -> None:
    """As control-C does. On Windows os.kill() would end the process."""
    if os.name == "nt":
        signal.raise_signal(signal.SIGINT)
    else:
        os.kill(os.getpid(), signal.SIGINT)


@pytest.fixture(scope="session", autouse=True)
def interrupts() -> None:
    """Control-C reaches the tests, also where a shell began them in the background, which ignores it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def small_path() -> str:
    return str(ROOT / "models/sudoku-4x4.trm")


@pytest.fixture
def small(small_path: str) -> Iterator[trm.Model]:
    with trm.Model(small_path) as model:
        yield model


@pytest.fixture(scope="session")
def tiny_path(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Random weights, for 4x4 Sudokus; raw, so that they are mapped."""
    path = str(tmp_path_factory.mktemp("models") / "tiny.trm")
    trm.init(path, **TINY, **TASK, maximum_steps=4)
    return path


@pytest.fixture(scope="session")
def puzzles() -> trm.Puzzles:
    return trm.generate("sudoku", 100, boxes="2x2", seed=5)


@pytest.fixture(scope="session")
def command() -> Callable[..., str]:
    """Runs `trm` of the build and returns what it says."""
    if not COMMAND.exists():
        pytest.skip(f"{COMMAND} is not built")

    def run(*arguments: object) -> str:
        line = [str(COMMAND), *map(str, arguments)]
        return subprocess.run(line, check=True, capture_output=True, text=True).stdout

    return run


@pytest.fixture
def python() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs this interpreter in the root of the repository."""

    def run(*arguments: object) -> subprocess.CompletedProcess[str]:
        line = [sys.executable, *map(str, arguments)]
        return subprocess.run(line, capture_output=True, text=True, cwd=ROOT, timeout=300)

    return run
