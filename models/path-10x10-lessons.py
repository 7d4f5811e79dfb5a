#!/usr/bin/env python3
"""The two steps of models/path-10x10.md that `trm` has no command for. Needs nothing but Python.

    path-10x10-lessons.py distances PATHS.csv.gz DISTANCES.csv.gz
    path-10x10-lessons.py forget DISTANCES.safetensors PATHS.safetensors

The first writes what is learnt before paths: the same grids, each cell that the goal G can be reached from answered with
the length of the way, modulo 3, as `0`, `1` or `2`. Every cell is a lesson there, while a path says something about few.
The second takes those three characters out of a model that learnt them, as `trm convert` wrote it.
"""

import csv
import gzip
import json
import struct
import sys
from collections import deque

SIDE, LESSON = 10, "012"


def distances(grid: str) -> dict[int, int]:
    """Of every cell that G can be reached from."""
    goal = grid.index("G")
    found, waiting = {goal: 0}, deque([goal])
    while waiting:
        cell = waiting.popleft()
        row, column = divmod(cell, SIDE)
        for r, c in ((row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)):
            near = r * SIDE + c
            if 0 <= r < SIDE and 0 <= c < SIDE and grid[near] != "#" and near not in found:
                found[near] = found[cell] + 1
                waiting.append(near)
    return found


def write_distances(paths: str, lessons: str) -> None:
    with gzip.open(paths, "rt", newline="") as source, gzip.open(lessons, "wt", newline="") as target:
        writer = csv.writer(target, lineterminator="\n")
        writer.writerow(("source", "question", "answer", "rating"))
        for row in csv.DictReader(source):
            grid, known = row["question"], distances(row["question"])
            answer = "".join(LESSON[known[i] % 3] if c == " " and i in known else c for i, c in enumerate(grid))
            writer.writerow((row["source"], grid, answer, row["rating"]))


def forget(before: str, after: str) -> None:
    with open(before, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = file.read()
    metadata = header.pop("__metadata__")
    config = json.loads(metadata["config"])
    vocabulary = config["vocab_size"]
    config.update(vocab_size=vocabulary - len(LESSON), halt_max_steps=16)
    kept, begin = [], 0
    for name, entry in header.items():
        part = data[slice(*entry["data_offsets"])]
        if "embed_tokens" in name or "lm_head" in name:
            part = part[: len(part) // vocabulary * config["vocab_size"]]
            entry["shape"][0] = config["vocab_size"]
        entry["data_offsets"] = [begin, begin + len(part)]
        begin += len(part)
        kept.append(part)
    alphabet = bytes.fromhex(metadata["task.alphabet.hex"])[: config["vocab_size"]]
    metadata = {"arch": metadata["arch"], "config": json.dumps(config), "task.name": "path",
                "task.alphabet.hex": alphabet.hex()}
    text = json.dumps({"__metadata__": metadata, **header}).encode()
    text += b" " * (-len(text) % 8)
    with open(after, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(kept))


if __name__ == "__main__":
    commands = {"distances": write_distances, "forget": forget}
    if len(sys.argv) != 4 or sys.argv[1] not in commands:
        sys.exit(__doc__)
    commands[sys.argv[1]](*sys.argv[2:])
