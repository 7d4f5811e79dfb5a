"""Solves puzzles: the smallest program that uses the package trm.

python examples/python/solve.py MODEL.trm PUZZLE...
"""

import sys

import trm


def main(path: str, *puzzles: str) -> None:
    with trm.Model(path) as model:
        for answer in model.solve(puzzles, halt_probability=0.9):
            print(answer, end="\n\n")


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(f"usage: {sys.argv[0]} MODEL.trm PUZZLE...")
    try:
        main(*sys.argv[1:])
    except trm.Error as error:
        sys.exit(str(error))
