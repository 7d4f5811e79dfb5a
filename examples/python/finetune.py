"""Fine-tunes a model on a kind of puzzle that it does not know, and tells how often it is right before and after.

python examples/python/finetune.py MODEL.trm OUTPUT.trm [STEPS]

The model is one for 4x4 Sudokus, such as models/sudoku-4x4.trm. The new puzzles are Sudokus whose diagonals have
every digit, too, with so few givens that only this rule makes their solution the only one. They are made up here;
your own would come from a file: `trm.Puzzles("sudoku", boxes="2x2").read("mine.csv")`.
"""

import random
import sys

import trm


def main(path: str, output: str, steps: int = 100) -> None:
    made = make_puzzles(1000)
    lessons, exam = (trm.Puzzles("sudoku", boxes="2x2").add(part) for part in (made[100:], made[:100]))
    with trm.Model(path) as before:
        print(f"before: {100 * exact(before, exam):.1f} % exact")
    with trm.train(
        lessons,
        start=path,
        output=output,
        steps=steps,
        batch=64,
        average=0.9,
        symmetries=False,  # rows, columns and boxes of these may not change places
    ) as after:
        print(f"after:  {100 * exact(after, exam):.1f} % exact")


def exact(model: trm.Model, exam: trm.Puzzles) -> float:
    """The share of answers that are the exam's. trm.evaluate() would call right what the model's own rules do, which
    know nothing of diagonals."""
    answers = model.solve(exam).texts
    return sum(text == puzzle.answer for text, puzzle in zip(answers, exam)) / len(exam)


def make_puzzles(count: int) -> "list[tuple[str, str]]":
    """Different puzzles and their answers, in random order."""
    chance = random.Random(1)
    answers = {puzzle.answer for puzzle in trm.generate("sudoku", 5000, boxes="2x2")}
    grids = sorted(filter(has_diagonals, answers))
    puzzles: "dict[str, str]" = {}
    while len(puzzles) < count:
        grid = chance.choice(grids)
        puzzles[question(grid, grids, chance)] = grid
    return list(puzzles.items())


def has_diagonals(grid: str) -> bool:
    """Whether both diagonals have every digit."""
    return len(set(grid[0::5])) == len(set(grid[3:13:3])) == 4


def question(grid: str, grids: "list[str]", chance: random.Random) -> str:
    """Takes digits away as long as no other grid has those that are left."""
    others = [other for other in grids if other != grid]
    left = set(range(16))
    for cell in chance.sample(range(16), 16):
        fewer = left - {cell}
        if not any(all(other[i] == grid[i] for i in fewer) for other in others):
            left = fewer
    return "".join(digit if i in left else "." for i, digit in enumerate(grid))


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(f"usage: {sys.argv[0]} MODEL.trm OUTPUT.trm [STEPS]")
    try:
        main(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:]))
    except trm.Error as error:
        sys.exit(str(error))
