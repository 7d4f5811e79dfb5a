"""Solves batches of a Ray data set. usage: on_ray.py [PUZZLE]...

Each actor opens the model once. num_cpus says how many processors an actor has: threads=0 in solve() would take them all.
"""

import sys

import ray

import trm


class Solver:
    def __init__(self):
        self.model = trm.Model("sudoku-small")

    def __call__(self, batch):
        batch["answer"] = [answer.text for answer in self.model.solve(batch["puzzle"])]
        return batch


puzzles = sys.argv[1:] or ["...2...1.3.4.2.3", "1.3..4.2.3.12.4."]
ray.init(num_cpus=2, log_to_driver=False)  # here; without arguments it finds a cluster
data = ray.data.from_items([{"puzzle": puzzle} for puzzle in puzzles])
for row in data.map_batches(Solver, compute=ray.data.ActorPoolStrategy(size=1), num_cpus=1).take_all():
    print(row["puzzle"], row["answer"])
ray.shutdown()
