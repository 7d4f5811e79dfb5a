"""Rows of puzzles from wherever they are: CSV files, sets of puzzles, data frames."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any, NamedTuple, Union

from ._library import ffi, lib
from .native import Path, call, new, owned, path_bytes
from .puzzles import Puzzles

Table = Union[Path, Puzzles, Any]


class Row(NamedTuple):
    """A puzzle with its answer, and where it comes from."""

    source: str
    question: str
    answer: str
    where: str


def is_table(data: Any) -> bool:
    """A data frame: anything whose columns include `question`."""
    return "question" in getattr(data, "columns", ())


def read_rows(data: Table) -> Iterator[Row]:
    """The rows of a CSV file (source,question,answer,rating), a set of puzzles or a data frame."""
    if isinstance(data, Puzzles):
        return (Row("puzzles", *puzzle[:2], f"puzzle {n + 1}") for n, puzzle in enumerate(data))
    if isinstance(data, (str, os.PathLike)):
        return _read_file(data)
    if is_table(data) and "answer" in data.columns:
        return _read_frame(data)
    raise TypeError(
        f"expected a CSV file, Puzzles, or columns question and answer, found {type(data).__name__}"
    )


def _read_frame(frame: Any) -> Iterator[Row]:
    count = len(frame["question"])
    sources = frame["source"] if "source" in frame.columns else ["frame"] * count
    rows = zip(sources, frame["question"], frame["answer"])
    for n, (source, question, answer) in enumerate(rows):
        yield Row(str(source), str(question), str(answer), f"row {n + 1}")


def _read_file(path: Path) -> Iterator[Row]:
    place = ffi.new("trm_csv **")
    call(lib.trm_csv_open, path_bytes(path), ffi.NULL, place)
    reader, row, name = owned(place[0], lib.trm_csv_close), new("trm_csv_row"), os.fspath(path)
    while True:
        call(lib.trm_csv_next, reader, row)
        if row.line == 0:
            return
        source, question, answer = (_field(row, field) for field in range(lib.TRM_CSV_ANSWER + 1))
        yield Row(source, question, answer, f"{name}: line {row.line}")


def _field(row: Any, field: int) -> str:
    return bytes(ffi.buffer(row.text[field], row.length[field])).decode("latin-1")
