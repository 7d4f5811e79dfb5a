#!/usr/bin/env python3
"""The training step of a relational Sudoku model in PyTorch, by trm.torch, for libtrm-train to be measured beside.

    OMP_NUM_THREADS=1 tests/bench/relational_peer.py DATA [STEPS [OPTION...]]

DATA: the folder with sudoku/easy_train.csv.gz. Trains models/sudoku-small.conf on 9x9 puzzles, batch 32, from random weights, and prints one
JSON object: puzzle-steps a second, and a second of processor time, medians of STEPS (8) after one to warm up. Options are those of
`python -m trm.torch.train`, such as --compile=default (twice as fast, after a minute or two), --channels=48 --channel-hidden=96.
"""

import json
import statistics
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "models"))

from checkout import use_checkout  # noqa: E402

use_checkout()
import torch  # noqa: E402
from trm.torch.train.beginning import begin  # noqa: E402
from trm.torch.train.processes import Team  # noqa: E402
from trm.torch.train.settings import read_settings  # noqa: E402


def main() -> None:
    folder, steps = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 8
    data = ["--data=sudoku/easy_train.csv.gz", f"--folder={folder}", "--device=cpu"]
    settings = read_settings([str(ROOT / "models/sudoku-small.conf"), *data, *sys.argv[3:]])
    device = torch.device("cpu")
    trainer = begin(settings, device, Team(device)).trainer
    trainer.advance()
    trainer.take_tallies()
    walls, cores = [], []
    for _ in range(steps):
        wall, core = time.perf_counter(), time.process_time()
        trainer.advance()
        walls.append(settings.batch / (time.perf_counter() - wall))
        cores.append(settings.batch / (time.process_time() - core))
    sums = trainer.take_tallies()
    print(
        json.dumps(
            {
                "version": f"torch {torch.__version__}",
                "threads": torch.get_num_threads(),
                "compile": settings.compile,
                "puzzle_steps_per_second": round(statistics.median(walls), 1),
                "puzzle_steps_per_core_second": round(statistics.median(cores), 1),
                "answer_loss": sums["answer_loss"] / sums["puzzles"],
            }
        )
    )


if __name__ == "__main__":
    main()
