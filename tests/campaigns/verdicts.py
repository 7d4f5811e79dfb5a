"""No wrong answer may be called verified: Sudokus, maps and colourings, against rules of this script's own.

    python tests/campaigns/verdicts.py TRM MODELS [--part NAME] [--share S] [--seed N] [--folder FOLDER] [--json FILE]

TRM is the command, MODELS the folder of the shipped models. Puzzles are made up by `trm generate`; every fourth Sudoku is spoilt
in turn by two equal givens of a group and by a given that leaves no solution, as the search below shows,
every fourth colouring by one colour for two neighbours. Each puzzle is asked with --require-verified. Wrong is an answer called
verified that breaks a rule, a goal that can be reached and is answered `no way`, and the reverse. The exit status is 0 when none
was. --share 0.01 asks a hundredth of the puzzles.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import subprocess
import sys
import tempfile
import time
from collections import deque
from pathlib import Path
from typing import NamedTuple


class Part(NamedTuple):
    count: int
    model: str
    make: tuple[str, ...]
    options: tuple[str, ...]
    box: tuple[int, int] | None  # of Sudokus


SEARCH = ("--search", "--step-budget", "1024")
PARTS = {
    "4x4": Part(60_000, "sudoku-small.trm", ("sudoku", "--boxes", "2x2"), (), (2, 2)),
    "6x6": Part(30_000, "sudoku-small.trm", ("sudoku", "--boxes", "2x3"), (), (2, 3)),
    "9x9": Part(9_000, "sudoku.trm", ("sudoku", "--minimal"), ("--steps", "64"), (3, 3)),
    "9x9-search": Part(1_000, "sudoku.trm", ("sudoku", "--minimal"), SEARCH, (3, 3)),
    "maps": Part(
        10_000,
        "path.trm",
        ("path", "--grid", "20x20", "--open", "--unreachable", "25"),
        ("--runs", "8", "--policy", "first-verified"),
        None,
    ),
    "colourings": Part(
        50_000, "colouring.trm", ("colouring", "--positions", "10-24"), ("--search", "--step-budget", "16"), None
    ),
}


# ------------------------------------------------------------------------------------------ Sudokus


def groups_of(box: tuple[int, int]) -> list[list[int]]:
    side = box[0] * box[1]
    rows = [[r * side + c for c in range(side)] for r in range(side)]
    columns = [list(column) for column in zip(*rows)]
    corners = [(r, c) for r in range(0, side, box[0]) for c in range(0, side, box[1])]
    boxes = [[(r + i) * side + c + j for i in range(box[0]) for j in range(box[1])] for r, c in corners]
    return rows + columns + boxes


class Rules:
    """A Sudoku's groups, and a search that tells whether a puzzle has a solution."""

    def __init__(self, box: tuple[int, int]) -> None:
        self.groups = groups_of(box)
        self.digits = "123456789"[: box[0] * box[1]]
        self.of_cell = [[g for g, group in enumerate(self.groups) if cell in group] for cell in range(len(self.digits) ** 2)]

    def solves(self, question: str, answer: str) -> bool:
        """An abstention is empty."""
        kept = all(given in (".", value) for given, value in zip(question, answer))
        return answer != "" and kept and all(sorted(answer[cell] for cell in group) == list(self.digits) for group in self.groups)

    def has_solution(self, question: str) -> bool:
        used = [0] * len(self.groups)
        blanks = []
        for cell, value in enumerate(question):
            if value == ".":
                blanks.append(cell)
                continue
            bit = 1 << self.digits.index(value)
            if any(used[g] & bit for g in self.of_cell[cell]):
                return False
            for g in self.of_cell[cell]:
                used[g] |= bit
        return self.fill(used, blanks)

    def fill(self, used: list[int], blanks: list[int]) -> bool:
        if not blanks:
            return True
        every = (1 << len(self.digits)) - 1
        free = {cell: every & ~self.taken(used, cell) for cell in blanks}
        cell = min(blanks, key=lambda blank: free[blank].bit_count())
        rest = [blank for blank in blanks if blank != cell]
        for bit in (1 << value for value in range(len(self.digits)) if free[cell] >> value & 1):
            for g in self.of_cell[cell]:
                used[g] |= bit
            if self.fill(used, rest):
                return True
            for g in self.of_cell[cell]:
                used[g] &= ~bit
        return False

    def taken(self, used: list[int], cell: int) -> int:
        taken = 0
        for g in self.of_cell[cell]:
            taken |= used[g]
        return taken

    def clashing(self, question: str, draw: random.Random) -> str | None:
        """Two equal givens in a group."""
        givens = [cell for cell, value in enumerate(question) if value != "."]
        draw.shuffle(givens)
        for cell in givens:
            others = [o for g in self.of_cell[cell] for o in self.groups[g] if question[o] not in (".", question[cell])]
            if others:
                other = draw.choice(others)
                return question[:other] + question[cell] + question[other + 1 :]
        return None

    def impossible(self, question: str, draw: random.Random) -> str | None:
        """A given changed so that no two givens clash and no solution is left; None where no change does that."""
        changes = [(cell, digit) for cell, value in enumerate(question) if value != "." for digit in self.digits]
        draw.shuffle(changes)
        for cell, digit in changes:
            changed = question[:cell] + digit + question[cell + 1 :]
            seen = {changed[o] for g in self.of_cell[cell] for o in self.groups[g] if o != cell}
            if digit not in seen and digit != question[cell] and not self.has_solution(changed):
                return changed
        return None


def spoil(rules: Rules, question: str, number: int, draw: random.Random) -> str | None:
    if number % 4 != 3:
        return None
    if number % 8 == 3:
        return rules.clashing(question, draw)
    return rules.impossible(question, draw) or rules.clashing(question, draw)


def kept(question: str, answer: str) -> str:
    """The answer with the question's givens, as lists of puzzles must have it."""
    return "".join(value if given == "." else given for given, value in zip(question, answer))


# --------------------------------------------------------------------------------------------- maps


def neighbours(cell: int, side: int) -> list[int]:
    row, column = divmod(cell, side)
    steps = ((row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1))
    return [r * side + c for r, c in steps if 0 <= r < side and 0 <= c < side]


def distance(question: str, side: int, allowed: str) -> int | None:
    """Steps from S to G over cells that are allowed; None where there is no way."""
    begin, goal = question.index("S"), question.index("G")
    far = {begin: 0}
    queue = deque([begin])
    while queue:
        cell = queue.popleft()
        if cell == goal:
            return far[cell]
        for next_cell in neighbours(cell, side):
            if next_cell not in far and question[next_cell] in allowed:
                far[next_cell] = far[cell] + 1
                queue.append(next_cell)
    return None


def judge_map(question: str, answer: str) -> bool:
    if answer == "":
        return False
    side = round(len(question) ** 0.5)
    shortest = distance(question, side, " SG")
    way = [cell for cell, value in enumerate(answer) if value == "o"]
    same = all(a == q or (a == "o" and q == " ") for q, a in zip(question, answer))
    if shortest is None:
        return same and not way
    return same and len(way) == shortest - 1 and distance(answer, side, "oSG") == shortest


# --------------------------------------------------------------------------------------- colourings


def clashing_graph(puzzle: dict, draw: random.Random) -> bool:
    """Gives two neighbours one colour; False where no two have givens."""
    question, answer = puzzle["question"], puzzle["answer"]
    edges = [(a, b) for a, heard in enumerate(puzzle["relations"]["edge"]) for b in heard]
    edges = [(a, b) for a, b in edges if question[a] != "." != question[b]]
    if not edges:
        return False
    a, b = draw.choice(edges)
    puzzle["question"] = question[:b] + question[a] + question[b + 1 :]
    puzzle["answer"] = kept(puzzle["question"], answer)
    return True


def colours(puzzle: dict, answer: str) -> bool:
    question, heard = puzzle["question"], puzzle["relations"]["edge"]
    if len(answer) != len(question) or kept(question, answer) != answer:
        return False
    known = all(value in "123456789"[: puzzle["fields"]] for value in answer)
    return known and all(answer[a] != answer[b] for a, others in enumerate(heard) for b in others)


def hold_colourings(trm: str, models: Path, name: str, share: float, seed: int, folder: Path) -> dict[str, object]:
    part, draw, begin = PARTS[name], random.Random(seed), time.monotonic()
    path, answers = folder / "made.jsonl", folder / "answers.csv"
    making = [trm, "generate", "-q", "--count", str(max(1, round(part.count * share))), "--seed", str(seed)]
    subprocess.run([*making, "--output", str(path), *part.make], check=True)
    puzzles = [json.loads(line) for line in path.read_text().splitlines()]
    spoilt = [number % 4 == 3 and clashing_graph(puzzle, draw) for number, puzzle in enumerate(puzzles)]
    path.write_text("".join(json.dumps(puzzle) + "\n" for puzzle in puzzles))
    ready = time.monotonic()
    words = [trm, "eval", "-q", str(models / part.model), str(path), "--require-verified"]
    subprocess.run([*words, "--predictions", str(answers), *part.options], check=True, stdout=subprocess.DEVNULL)
    with answers.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["question"] for row in rows] == [puzzle["question"] for puzzle in puzzles]
    sound = [colours(puzzle, row["answer"]) for puzzle, row in zip(puzzles, rows)]
    return verdict(name, part, [row["verified"] == "yes" for row in rows], sound, spoilt, (begin, ready))


# -------------------------------------------------------------------------------------- a part asked


def verdict(
    name: str, part: Part, said: list[bool], sound: list[bool], blocked: list[bool], times: tuple[float, float]
) -> dict[str, object]:
    """What was called verified, beside what is right; times: the beginning, and when puzzles were there."""
    return {
        "part": name,
        "model": part.model,
        "puzzles": len(said),
        "impossible": sum(blocked),
        "impossible verified": sum(s and b for s, b in zip(said, blocked)),
        "possible verified": sum(s and not b for s, b in zip(said, blocked)),
        "wrongly verified": sum(s and not good for s, good in zip(said, sound)),
        "right but not verified": sum(good and not s for s, good in zip(said, sound)),
        "seconds making": round(times[1] - times[0], 1),
        "seconds asking": round(time.monotonic() - times[1], 1),
    }


def made(trm: str, part: Part, count: int, seed: int, folder: Path) -> list[tuple[str, str]]:
    path = folder / "made.csv"
    words = [trm, "generate", "-q", "--count", str(count), "--seed", str(seed), "--output", str(path), *part.make]
    subprocess.run(words, check=True)
    with path.open(newline="") as file:
        return [(row["question"], row["answer"]) for row in csv.DictReader(file)]


def asked(trm: str, model: Path, part: Part, pairs: list[tuple[str, str]], folder: Path) -> list[dict[str, str]]:
    questions, answers = folder / "questions.csv", folder / "answers.csv"
    with questions.open("w") as file:
        file.write("question,answer\n")
        file.writelines(f"{question},{answer}\n" for question, answer in pairs)
    words = [trm, "eval", "-q", str(model), str(questions), "--require-verified", "--predictions", str(answers)]
    subprocess.run([*words, *part.options], check=True, stdout=subprocess.DEVNULL)
    with answers.open(newline="") as file:
        return list(csv.DictReader(file))


def hold(trm: str, models: Path, name: str, share: float, seed: int, folder: Path) -> dict[str, object]:
    part, draw, begin = PARTS[name], random.Random(seed), time.monotonic()
    pairs = made(trm, part, max(1, round(part.count * share)), seed, folder)
    rules = Rules(part.box) if part.box else None
    spoilt = [spoil(rules, question, n, draw) if rules else None for n, (question, _) in enumerate(pairs)]
    given = [(bad, kept(bad, answer)) if bad else (question, answer) for bad, (question, answer) in zip(spoilt, pairs)]
    ready = time.monotonic()
    rows = asked(trm, models / part.model, part, given, folder)
    assert [row["question"] for row in rows] == [question for question, _ in given]
    sound = [rules.solves(r["question"], r["answer"]) if rules else judge_map(r["question"], r["answer"]) for r in rows]
    said = [row["verified"] == "yes" for row in rows]
    blocked = [distance(r["question"], 20, " SG") is None for r in rows] if rules is None else [b is not None for b in spoilt]
    return verdict(name, part, said, sound, blocked, (begin, ready))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("trm")
    parser.add_argument("models", type=Path)
    parser.add_argument("--part", choices=PARTS, action="append")
    parser.add_argument("--share", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="keeps the last part's files there")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    results = []
    with tempfile.TemporaryDirectory() as work:
        for name in options.part or PARTS:
            ask = hold_colourings if name == "colourings" else hold
            results.append(ask(options.trm, options.models, name, options.share, options.seed, options.folder or Path(work)))
            print(json.dumps(results[-1]), flush=True)
    if options.json:
        options.json.write_text(json.dumps(results, indent=1) + "\n")
    return 1 if any(result["wrongly verified"] for result in results) else 0


if __name__ == "__main__":
    sys.exit(main())
