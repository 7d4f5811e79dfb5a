"""Watches a model think: after each step, what it believes, and which cells it changed its mind about.

python examples/python/watch.py MODEL.trm PUZZLE [PICTURE.png]

The picture, which needs matplotlib, has a grid for each step, shaded by how likely the model takes each cell
to be right.
"""

import sys

import trm


def main(path: str, puzzle: str, picture: str = "") -> None:
    with trm.Model(path) as model:
        steps = list(model.stream(puzzle, halt_probability=0.9))
    before = steps[0].question
    for step in steps:
        changed = int((step.tokens != before).sum())
        print(f"{step}\n{changed} cells changed, the least sure is {100 * step.probabilities.min():.1f} %\n")
        before = step.tokens
    if picture:
        trm.plot.trace(steps).savefig(picture)


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(f"usage: {sys.argv[0]} MODEL.trm PUZZLE [PICTURE.png]")
    try:
        main(*sys.argv[1:])
    except trm.Error as error:
        sys.exit(str(error))
