#!/usr/bin/env python3
"""A training step of the shipped relational Sudoku models: libtrm-train beside compiled PyTorch, per core, in turns.

    OMP_NUM_THREADS=1 tests/bench/relational_training.py BUILD DATA [TURNS [MODEL...]]

BUILD: a build directory; DATA: the folder with sudoku/easy_train.csv.gz; MODEL: sudoku-small (the default), sudoku. Both begin with the
shipped weights and learn from 9x9 puzzles, batch 32, on one thread. Counted is processor time a puzzle-step: here that of a run of 18
steps less that of one of 2, there the median of 8 steps after those that compile. PyTorch is that of the Python that runs this.
"""

import gzip
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BATCH, SHORT, LONG, PUZZLES = 32, 2, 18, 2000


def processor_seconds(command: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def ours(trm: str, model: Path, folder: str) -> float:
    """Milliseconds a puzzle-step."""
    seconds = []
    for steps in (SHORT, LONG):
        words = ["--task", "sudoku", "--data", f"{folder}/puzzles.csv", "--start", str(model)]
        words += ["--batch", str(BATCH), "--shards", "1", "--threads", "1", "--steps", str(steps)]
        words += ["--output", f"{folder}/out.trm", "--restart", "--validation-puzzles", "0", "-q"]
        seconds.append(processor_seconds([trm, "train", *words]))
    return 1e3 * (seconds[1] - seconds[0]) / (LONG - SHORT) / BATCH


def theirs(model: Path, data: str) -> float:
    """The same by tests/bench/relational_peer.py, with the default mode of torch.compile."""
    peer = [sys.executable, str(ROOT / "tests/bench/relational_peer.py"), data, "8"]
    options = [f"--start={model}", f"--batch={BATCH}", "--compile=default", "--validation-puzzles=0"]
    run = subprocess.run([*peer, *options], check=True, capture_output=True, text=True)
    return 1e3 / json.loads(run.stdout.splitlines()[-1])["puzzle_steps_per_core_second"]


def main() -> None:
    build, data, turns = sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 3
    os.environ["OMP_NUM_THREADS"] = "1"
    print(f"{'':14} {'libtrm-train':>12} {'PyTorch':>8} {'ratio':>6}   milliseconds of a core a puzzle-step")
    with tempfile.TemporaryDirectory() as folder:
        with gzip.open(f"{data}/sudoku/easy_train.csv.gz", "rt") as file:
            lines = [file.readline() for _ in range(PUZZLES + 1)]
        Path(folder, "puzzles.csv").write_text("".join(lines))
        for name in sys.argv[4:] or ["sudoku-small"]:
            model = ROOT / "models" / f"{name}.trm"
            pairs = []
            for _ in range(turns):
                pairs.append((ours(f"{build}/bindings/cli/trm", model, folder), theirs(model, data)))
            here, there = (statistics.median(side) for side in zip(*pairs))
            ratio = statistics.median(b / a for a, b in pairs)
            print(f"{name:14} {here:>12.2f} {there:>8.2f} {ratio:>6.2f}", flush=True)


if __name__ == "__main__":
    main()
