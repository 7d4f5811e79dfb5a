"""Solves the parts of a Dask frame. usage: on_dask.py [PUZZLE]...

The model travels as its path with each part, and a worker opens the file again: it is mapped, so that this costs little.
"""

import sys

import dask.dataframe
import pandas
from dask.distributed import Client

import trm


def solve(part, model):
    return part.assign(answer=[answer.text for answer in model.solve(part["puzzle"])])


def main():
    puzzles = sys.argv[1:] or ["...2...1.3.4.2.3", "1.3..4.2.3.12.4."]
    with Client(n_workers=2, threads_per_worker=1, dashboard_address=None):
        frame = dask.dataframe.from_pandas(pandas.DataFrame({"puzzle": puzzles}), npartitions=2)
        done = frame.map_partitions(solve, trm.Model("sudoku-small"), meta={"puzzle": "string", "answer": "string"})
        for row in done.compute().itertuples():
            print(row.puzzle, row.answer)


if __name__ == "__main__":  # its workers import this file
    main()
