"""Fine-tunes a model on new puzzles, and tells how often it was right before and after.

python examples/python/finetune.py MODEL.trm OUTPUT.trm [STEPS]

The model is one for 4x4 Sudokus, such as models/sudoku-4x4.trm. What it finds hard are puzzles with few givens: those are made
up here; your own would come from a file (`trm.Puzzles("sudoku", boxes="2x2").read("mine.csv")`).
"""

import sys

import trm


def main(path: str, output: str, steps: int = 30) -> None:
    lessons = trm.generate("sudoku", 2000, boxes="2x2", givens=(4, 5), seed=1)
    exam = trm.generate("sudoku", 200, boxes="2x2", givens=(4, 5), seed=2)
    with trm.Model(path) as before:
        print(f"before: {100 * trm.evaluate(before, exam).total.exact:.1f} % exact")
    with trm.train(
        lessons,
        start=path,
        output=output,
        steps=steps,
        batch=64,
        muon_learning_rate=0.002,
        learning_rate=1e-4,
        average=0.9,
    ) as after:
        print(f"after:  {100 * trm.evaluate(after, exam).total.exact:.1f} % exact")


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(f"usage: {sys.argv[0]} MODEL.trm OUTPUT.trm [STEPS]")
    try:
        main(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:]))
    except trm.Error as error:
        sys.exit(str(error))
