"""What a call from Python costs beyond a loop over trm_solve() in C, for one puzzle and for a batch, and how
threads add up.

    cc -O2 -Iinclude bindings/python/bench/overhead.c LIBTRM.a -lm -lz -pthread -o build/overhead
    python bindings/python/bench/overhead.py build/overhead

C and Python take turns; the fastest call of each counts. The machine should do nothing else. LIBTRM.a is built
as the package is: with -Dbuildtype=release.
"""

import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

import trm

TINY = dict(channels=16, positions=4, vocabulary=6, prefix=1, blocks=1, cycles=1, updates=1, maximum_steps=1)
TURNS, PUZZLES = 5, 64
LIMIT_MICROSECONDS, LIMIT_SHARE, LIMIT_SPEED_UP = 30.0, 0.02, 1.8


def fastest(call: Callable[[], object], rounds: int) -> float:
    """Seconds of the fastest of so many calls."""
    taken = []
    for _ in range(rounds):
        begin = time.perf_counter()
        call()
        taken.append(time.perf_counter() - begin)
    return min(taken)


def in_turns(program: str, path: str, count: int, rounds: int) -> "tuple[float, float]":
    """Seconds of C and of Python for a call with `count` puzzles."""
    c, python = [], []
    with trm.Model(path) as model:
        positions = model.info.positions
        text = model.decode(np.ones(positions, np.int32))
        puzzles = text if count == 1 else np.ones((count, positions), np.int32)
        for _ in range(TURNS):
            command = [program, path, str(count), str(rounds)]
            c.append(float(subprocess.run(command, check=True, capture_output=True).stdout))
            python.append(fastest(lambda: model.solve(puzzles), rounds))
    return min(c), min(python)


def threads_together(path: str) -> float:
    """How many times as many puzzles two threads solve as one."""
    with trm.Model(path) as model:
        puzzles = np.ones((8, model.info.positions), np.int32)

        def work() -> None:
            for _ in range(10):
                model.solve(puzzles, halt=None)

        def both() -> None:
            threads = [threading.Thread(target=work) for _ in range(2)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()

        return 2 * fastest(work, TURNS) / fastest(both, TURNS)


def main(program: str, model: str = "models/sudoku-4x4.trm") -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "tiny.trm")
        trm.init(path, **TINY, token_hidden=16, channel_hidden=16, alphabet="\0.1234", grid="2x2")
        c, python = in_turns(program, path, 1, 2000)
    beyond = 1e6 * (python - c)
    print(f"one puzzle: C {1e6 * c:.1f} us, Python {1e6 * python:.1f} us: {beyond:.1f} us more", end="")
    print(f" (at most {LIMIT_MICROSECONDS:.0f})")
    c, python = in_turns(program, model, PUZZLES, 20)
    print(
        f"{PUZZLES} puzzles: C {c:.3f} s, Python {python:.3f} s: {100 * (python / c - 1):.2f} % more", end=""
    )
    print(f" (at most {100 * LIMIT_SHARE:.0f} %)")
    print(f"two threads: {threads_together(model):.2f} times the puzzles of one (about {LIMIT_SPEED_UP})")


if __name__ == "__main__":
    main(*sys.argv[1:])
