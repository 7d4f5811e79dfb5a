"""How a step of a relational model grows with nodes and with what they hear: tests/bench/cost.py prints it.

Models are random, of path's size (32 channels, hidden width 40, 2 blocks, T 1, n 4). Time is that of the processor, of a process
with many steps less that of one with a tenth of them: the least of some turns, in which all sizes take part.
"""

from __future__ import annotations

import json
import os
import random
import resource
import subprocess
from typing import NamedTuple

SIZE = "--block relational --channels 32 --channel-hidden 40 --cycles 1 --updates 4 --vocabulary 5 --fields 1".split()
BESIDE = " ".join(f"{name}=shape/positions/node" for name in ("up", "down", "left", "right"))
GRAPH = "edge=question/positions/sum+max"
GRIDS = ((10, 10), (15, 20), (25, 40), (50, 60), (100, 100))
HEARD, NODES = (0, 16, 32, 64, 128, 256, 512), 1000
USUAL_HEARD = 8


class Case(NamedTuple):
    block: str  # of the table
    dimension: str
    value: int
    model: str
    question: str  # a file
    nodes: int
    entries: int  # heard, of all nodes together


def make(trm: str, work: str, name: str, *options: str) -> str:
    path = os.path.join(work, name)
    subprocess.run([trm, "init", "-q", path, *SIZE, *options], check=True)
    return path


def grid(trm: str, work: str, rows: int, columns: int) -> Case:
    nodes, question = rows * columns, os.path.join(work, f"grid{rows}x{columns}.txt")
    shape = [
        "--positions",
        str(nodes),
        "--grid",
        f"{rows}x{columns}",
        "--task",
        "path",
        "--alphabet",
        "# SGo",
    ]
    with open(question, "w", encoding="ascii") as file:
        file.write("#" * (nodes // 2) + "S" + "#" * (nodes - nodes // 2 - 2) + "G\n")
    model = make(trm, work, f"grid{rows}x{columns}.trm", *shape, "--relations", BESIDE)
    entries = 4 * nodes - 2 * rows - 2 * columns
    return Case("grid, four beside each", "nodes", nodes, model, question, nodes, entries)


def graph(trm: str, work: str, nodes: int, heard: int, dimension: str) -> Case:
    """Each node hears so many others, at random."""
    chosen, question = random.Random(1), os.path.join(work, f"graph{nodes}.{heard}.jsonl")
    lists = [sorted(chosen.sample(range(nodes), heard)) for _ in range(nodes)]
    puzzle = {"question": "." * nodes, "answer": "1" * nodes, "relations": {"edge": lists}}
    with open(question, "w", encoding="ascii") as file:
        file.write(json.dumps(puzzle) + "\n")
    shape = ["--positions", str(nodes), "--alphabet", ".1234"]
    model = make(trm, work, f"graph{nodes}.trm", *shape, "--relations", GRAPH)
    value, name = (
        (nodes, f"graph, {heard} heard by each") if dimension == "nodes" else (heard, f"graph, {nodes} nodes")
    )
    return Case(name, dimension, value, model, question, nodes, nodes * heard)


def seconds(trm: str, case: Case, precision: str, steps: int) -> float:
    words = [trm, "solve", "-q", case.model, "--file", case.question, "--threads", "1"]
    words += ["--precision", "stored" if precision == "fp32" else precision]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([*words, "--all-steps", "--steps", str(steps)], check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def step_milliseconds(trm: str, case: Case, precision: str, wanted: float) -> float:
    steps = 10
    while seconds(trm, case, precision, steps) < wanted / 2 and steps < 10000:
        steps *= 2
    few = max(steps // 10, 1)
    taken = seconds(trm, case, precision, steps) - seconds(trm, case, precision, few)
    return 1e3 * taken / (steps - few)


def workspace(trm: str, case: Case, precision: str) -> float:
    """Megabytes, of grids; nobody says it of graphs, whose lists come with the question."""
    if case.model.find("grid") < 0:
        return float("nan")
    words = [trm, "bench", case.model, "--precision", precision, "--seconds", "0.01", "--json"]
    said = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    return json.loads(said.splitlines()[-1])["workspace_bytes"] / 1e6


def cases_of(trm: str, work: str) -> list[list[Case]]:
    """Those of each table."""
    graphs = [graph(trm, work, rows * columns, USUAL_HEARD, "nodes") for rows, columns in GRIDS]
    return [
        [grid(trm, work, rows, columns) for rows, columns in GRIDS],
        graphs,
        [graph(trm, work, NODES, heard, "heard by each") for heard in HEARD],
    ]


def measure(trm: str, work: str, cases: list[Case], precision: str, wanted: float, turns: int) -> list[dict]:
    times: dict[Case, list[float]] = {case: [] for case in cases}
    for _ in range(turns):
        for case in cases:
            times[case].append(step_milliseconds(trm, case, precision, wanted))
    return [
        {
            "block": case.block,
            "dimension": case.dimension,
            "value": case.value,
            "nodes": case.nodes,
            "entries": case.entries,
            "step_ms": min(taken),
            "workspace_mb": workspace(trm, case, precision),
        }
        for case, taken in times.items()
    ]


def table(rows: list[dict]) -> str:
    memory = rows[0]["workspace_mb"] == rows[0]["workspace_mb"]  # not NaN
    lines = [
        f"| {rows[0]['block']}: {rows[0]['dimension']} | entries heard | ms a step | microseconds a node |"
    ]
    lines = [lines[0] + " MB of workspace |" * memory, "|---" * (4 + memory) + "|"]
    for r in rows:
        line = (
            f"| {r['value']} | {r['entries']} | {r['step_ms']:.3f} | {1e3 * r['step_ms'] / r['nodes']:.2f} |"
        )
        lines.append(line + (f" {r['workspace_mb']:.2f} |" if memory else ""))
    return "\n".join(lines)
