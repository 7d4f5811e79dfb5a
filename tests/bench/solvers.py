#!/usr/bin/env python3
"""The questions of sudoku and path beside solvers that were written for them, by processor time and by what they answer.

    tests/bench/solvers.py BUILD DATA [PUZZLES]

BUILD: the directory of a release build; DATA: the folder with sudoku/extreme_test.csv.gz and maze/hard30_test.csv.gz, of which so many
rows (100), evenly spread, are asked. Beside `trm solve` are solvers.c (the cell with the fewest candidates first; A*), OR-tools'
CP-SAT, SciPy's breadth-first search and NetworkX's A*; what is not installed is left out, by name. Milliseconds are those of the
processor for each puzzle, all on one thread, what a process starts with included; an answer counts when it is the list's.
"""

from __future__ import annotations

import csv
import gzip
import importlib
import importlib.metadata
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Callable

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SIDE, MAZE = 9, 30

Solver = Callable[
    ["list[str]"], "tuple[list[str], float]"
]  # puzzles: their answers, and the processor's seconds


def program(*words: str) -> Solver:
    """One that takes puzzles from standard input."""

    def solve(puzzles: list[str]) -> tuple[list[str], float]:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        given = "".join(puzzle + "\n" for puzzle in puzzles)
        said = subprocess.run(words, input=given, stdout=subprocess.PIPE, text=True).stdout
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return said.splitlines(), after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    return solve


def function(answer: Callable[[str], str]) -> Solver:
    """One of this process; what it has to load was loaded."""

    def solve(puzzles: list[str]) -> tuple[list[str], float]:
        begin = time.process_time()
        answers = [answer(puzzle) for puzzle in puzzles]
        return answers, time.process_time() - begin

    return solve


# -- Sudoku


def groups() -> list[list[int]]:
    """Rows, columns and boxes: the cells of each."""
    rows = [[SIDE * row + column for column in range(SIDE)] for row in range(SIDE)]
    boxes = [
        [SIDE * (row + i) + column + j for i in range(3) for j in range(3)]
        for row in (0, 3, 6)
        for column in (0, 3, 6)
    ]
    return [*rows, *map(list, zip(*rows)), *boxes]


def cp_sat() -> Solver:
    from ortools.sat.python import cp_model

    def answer(puzzle: str) -> str:
        model, solver = cp_model.CpModel(), cp_model.CpSolver()
        cells = [model.new_int_var(*((int(c),) * 2 if c.isdigit() else (1, SIDE)), "") for c in puzzle]
        for group in groups():
            model.add_all_different([cells[cell] for cell in group])
        solver.parameters.num_workers = 1
        solver.solve(model)
        return "".join(str(solver.value(cell)) for cell in cells)

    return function(answer)


# -- the shortest way


def drawn(puzzle: str, way: list[int]) -> str:
    """The answer: o on the way, of which S and G are the ends."""
    cells = list(puzzle)
    for place in way[1:-1]:
        cells[place] = "o"
    return "".join(cells)


def steps_of(puzzle: str) -> list[tuple[int, int]]:
    """Pairs of open places side by side."""
    beside = [(p, p + 1) for p in range(len(puzzle) - 1) if p % MAZE < MAZE - 1]
    below = [(p, p + MAZE) for p in range(len(puzzle) - MAZE)]
    return [(a, b) for a, b in beside + below if "#" not in (puzzle[a], puzzle[b])]


def scipy_search() -> Solver:
    import numpy
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import breadth_first_order

    def answer(puzzle: str) -> str:
        first, second = numpy.array(steps_of(puzzle)).T
        graph = csr_array((numpy.ones(len(first)), (first, second)), shape=(len(puzzle),) * 2)
        _, before = breadth_first_order(graph, puzzle.index("S"), directed=False)
        way = [puzzle.index("G")]
        while way[-1] != puzzle.index("S") and way[-1] >= 0:
            way.append(int(before[way[-1]]))
        return drawn(puzzle, way)

    return function(answer)


def networkx_search() -> Solver:
    import networkx

    def hoped(a: int, b: int) -> int:
        return abs(a // MAZE - b // MAZE) + abs(a % MAZE - b % MAZE)

    def answer(puzzle: str) -> str:
        graph = networkx.Graph(steps_of(puzzle))
        return drawn(puzzle, networkx.astar_path(graph, puzzle.index("S"), puzzle.index("G"), hoped))

    return function(answer)


# -- the table


def compiled(work: str) -> str:
    path = os.path.join(work, "solvers")
    words = [os.environ.get("CC", "cc"), "-O2", str(HERE / "solvers.c"), "-o", path]
    subprocess.run(words, check=True)
    return path


def rows_of(path: Path, count: int) -> list[tuple[str, str]]:
    """Questions and answers, evenly spread."""
    with gzip.open(path, "rt", encoding="ascii", newline="") as file:
        rows = [(row["question"], row["answer"]) for row in csv.DictReader(file)]
    return rows[:: max(len(rows) // count, 1)][:count]


def installed(name: str, package: str, make: Callable[[], Solver]) -> dict[str, Solver]:
    try:
        return {f"{name} {importlib.metadata.version(package)}": make()}
    except ImportError:
        print(f"{name} is left out: {package} is not installed here", file=sys.stderr)
        return {}


def solvers_of(task: str, trm: str, c: str) -> dict[str, Solver]:
    model = str(ROOT / "models" / ("sudoku.trm" if task == "sudoku" else "path.trm"))
    ours = [trm, "solve", "-q", model, "--threads", "1", *(["--grid", "30x30"] if task == "path" else [])]
    if task == "sudoku":
        return {
            "`trm solve sudoku.trm`": program(*ours),
            "the same with `--search`": program(*ours, "--search"),
            "solvers.c, fewest candidates first": program(c, task),
            **installed("OR-tools CP-SAT", "ortools", cp_sat),
        }
    return {
        "`trm solve path.trm`": program(*ours),
        "the same with `--runs 8 --policy first-verified`": program(
            *ours, "--runs", "8", "--policy", "first-verified"
        ),
        "solvers.c, A*": program(c, task),
        **installed("SciPy, breadth first", "scipy", scipy_search),
        **installed("NetworkX, A*", "networkx", networkx_search),
    }


def main() -> None:
    trm, data, count = f"{sys.argv[1]}/bindings/cli/trm", Path(sys.argv[2]), int((sys.argv[3:] or ["100"])[0])
    files = {"sudoku": "sudoku/extreme_test.csv.gz", "path": "maze/hard30_test.csv.gz"}
    print("| puzzles | solver | ms a puzzle | answered |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as work:
        c = compiled(work)
        for task, file in files.items():
            rows = rows_of(data / file, count)
            for name, solve in solvers_of(task, trm, c).items():
                answers, seconds = solve([question for question, _ in rows])
                right = sum(said == wanted for said, (_, wanted) in zip(answers, rows)) / len(rows)
                cells = [
                    f"{len(rows)} of {file[:-7]}",
                    name,
                    f"{1e3 * seconds / len(rows):.3g}",
                    f"{100 * right:.4g} %",
                ]
                print(f"| {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
