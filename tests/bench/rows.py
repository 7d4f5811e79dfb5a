#!/usr/bin/env python3
"""How much data: what a model answers rightly after the same training on 30 to 10,000 puzzles.

    tests/bench/rows.py TRM FOLDER [TASK...] [--chart FILE.svg]

TRM: the command; FOLDER: where lists and models go, and results.jsonl, a line for each run. A run that stands
there already is not made again. TASK: timetable (examples/timetable, 10 to 24 lessons), futoshiki
(examples/futoshiki, 4x4), sudoku6 (Sudokus of 6x6). Every run has the same steps, seed and batch, one thread and
the symmetries of its task, and is measured after 16 steps on 300 puzzles made with another seed, none of which is
among those learnt. The chart, of all runs that stand in results.jsonl, needs matplotlib.
"""

import argparse
import json
import resource
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROWS = (30, 100, 300, 1000, 10000)
HELD_OUT = 300
RULES = ["--rules", str(ROOT / "examples/timetable/timetable.rules"), "--sizes", "10-24"]
SIGNS = ["--rules", str(ROOT / "examples/futoshiki/futoshiki.rules"), "--sizes", "4"]
BOXES = ["--boxes", "2x3"]
RELATIONAL = "--block relational --channels 24 --channel-hidden 48 --cycles 2 --updates 3"

# name: (what it is called in the chart, how its puzzles are made, how it is trained, the kind of list)
TASKS = {
    "timetable": ("timetables of 10 to 24 lessons, 600 steps", RULES, [*RULES, "--steps", "600"], "jsonl"),
    "futoshiki": ("Futoshikis of 4x4, 300 steps", SIGNS, [*SIGNS, "--steps", "300"], "jsonl"),
    "sudoku6": (
        "Sudokus of 6x6, 900 steps",
        ["sudoku", *BOXES],
        ["--task", "sudoku", *BOXES, *RELATIONAL.split(), *"--fields 6 --start-noise 1 --staggered yes".split()]
        + "--steps 900 --batch 32 --warm-up 30".split(),
        "csv",
    ),
}


def question(line: str, kind: str) -> str:
    """What two equal puzzles have in common: all that is asked."""
    if kind == "csv":
        return ",".join(line.split(",")[:-1])
    puzzle = json.loads(line)
    return json.dumps([puzzle["question"], puzzle["relations"]])


def lists(trm: str, folder: Path, task: str) -> None:
    """Writes the rows to learn from, the first N of one list, and those held back."""
    _, making, _, kind = TASKS[task]
    made = {}
    for name, count, seed in (("all", max(ROWS), 1), ("held", HELD_OUT + 100, 777)):
        file = folder / f"{task}-{name}.{kind}"
        command = [trm, "generate", *making, "--count", str(count), "--seed", str(seed)]
        subprocess.run([*command, "--output", str(file), "-q"], check=True)
        made[name] = file.read_text().splitlines(keepends=True)
    head = made["all"][:1] if kind == "csv" else []
    learnt, held = made["all"][len(head) :], made["held"][len(head) :]
    for rows in ROWS:
        (folder / f"{task}-{rows}.{kind}").write_text("".join(head + learnt[:rows]))
    seen = {question(line, kind) for line in learnt}
    new = [line for line in held if question(line, kind) not in seen][:HELD_OUT]
    (folder / f"{task}-held.{kind}").write_text("".join(head + new))


def measure(trm: str, folder: Path, task: str, rows: int) -> dict:
    _, _, training, kind = TASKS[task]
    model = folder / f"{task}-{rows}.trm"
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    words = ["--data", str(folder / f"{task}-{rows}.{kind}"), "--output", str(model), "--restart"]
    words += ["--validation-puzzles", "0", "--seed", "1", "--threads", "1", "-q"]
    subprocess.run([trm, "train", *training, *words], check=True, stdout=subprocess.DEVNULL)
    seconds = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
    exam = [str(model), str(folder / f"{task}-held.{kind}"), "--all-steps", "--steps", "16"]
    said = subprocess.run([trm, "eval", *exam, "--json", "-q"], check=True, capture_output=True, text=True).stdout
    result = json.loads(said.splitlines()[-1])
    found = {"puzzles": result["puzzles"], "exact": result["exact"], "seconds": round(seconds, 1)}
    return {"task": task, "rows": rows, **found}


def draw(results: list[dict], path: str) -> None:
    import matplotlib

    matplotlib.use("svg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(6, 3.4))
    for task, (title, *_) in TASKS.items():
        runs = sorted((run["rows"], 100 * run["exact"]) for run in results if run["task"] == task)
        if runs:
            axes.plot(*zip(*runs), marker="o", label=title)
    axes.axhline(95, color="#888", linewidth=0.8)
    axes.set_xscale("log")
    axes.set_xticks(ROWS, [f"{rows:,}" for rows in ROWS])
    axes.minorticks_off()
    axes.set_ylim(0, 102)
    axes.set_xlabel("puzzles learnt from")
    axes.set_ylabel(f"% right of {HELD_OUT} unseen puzzles")
    axes.legend(frameon=False)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})


def main() -> None:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    parser.add_argument("trm")
    parser.add_argument("folder", type=Path)
    parser.add_argument("tasks", nargs="*", metavar="TASK")
    parser.add_argument("--chart")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    log = asked.folder / "results.jsonl"
    results = [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
    for task in asked.tasks:
        lists(asked.trm, asked.folder, task)
        for rows in ROWS:
            if any((run["task"], run["rows"]) == (task, rows) for run in results):
                continue
            results.append(measure(asked.trm, asked.folder, task, rows))
            with log.open("a") as file:
                file.write(json.dumps(results[-1]) + "\n")
            print(results[-1], flush=True)
    if asked.chart:
        draw(results, asked.chart)


if __name__ == "__main__":
    main()
