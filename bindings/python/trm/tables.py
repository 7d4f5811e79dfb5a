"""Rows of puzzles from wherever they are: CSV files, sets of puzzles, data frames."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any, NamedTuple, Union

from ._library import ffi, lib
from .info import ModelInfo
from .native import Path, call, fill, new, owned, path_bytes
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


def read_rows(data: Table, info: ModelInfo | None = None) -> Iterator[Row]:
    """The rows of a CSV file (source,question,answer,rating), a set of puzzles or a data frame."""
    if isinstance(data, Puzzles):
        return (Row("puzzles", *puzzle[:2], f"puzzle {n + 1}") for n, puzzle in enumerate(data))
    if isinstance(data, (str, os.PathLike)):
        return _read_file(data, info)
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


def _task(info: ModelInfo) -> dict[str, Any]:
    """What the puzzles of a model are about, as the reader of lists asks for it."""
    found = info.metadata.get("task.alphabet", b"")
    alphabet = found if isinstance(found, bytes) else str(found).encode("latin-1")
    sizes = info.most_rows > info.least_rows
    grid = (0, 0) if sizes else (info.grid_rows, info.grid_columns) if info.grid_rows else (1, info.positions)
    first = len(alphabet) - len(alphabet.lstrip(b"\0"))
    text = alphabet.replace(b"\0", b"").decode("latin-1")
    return {
        "name": info.task, "alphabet": text, "alphabet_first": first,
        "grid_rows": grid[0], "grid_columns": grid[1],
    }  # fmt: skip


class ListRow(NamedTuple):
    """A row of a list: bytes as they stand there; rows and columns of its grid, b"" where nobody says."""

    line: int
    source: bytes
    question: bytes
    answer: bytes
    rows: bytes
    columns: bytes


def read_list(path: Path, about: dict[str, Any] | None) -> Iterator[ListRow]:
    """The rows of a list of puzzles (doc/lists.md); `about` has the fields of trm_task, None: all are unknown."""
    place, options, task = ffi.new("trm_csv **"), new("trm_csv_options"), new("trm_task")
    kept = fill(task, about) if about is not None else None
    if about is not None:
        options.task = task
    call(lib.trm_csv_open, path_bytes(path), options, place)
    del kept
    reader, line, length = owned(place[0], lib.trm_csv_close), ffi.new("uint64_t *"), ffi.new("size_t *")
    wanted = (
        lib.TRM_CSV_SOURCE, lib.TRM_CSV_QUESTION, lib.TRM_CSV_ANSWER, lib.TRM_CSV_ROWS, lib.TRM_CSV_COLUMNS
    )  # fmt: skip

    def field(number: int) -> bytes:
        text = lib.trm_csv_text(reader, number, length, ffi.NULL)
        return bytes(ffi.buffer(text, length[0]))

    while True:
        call(lib.trm_csv_next, reader, line)
        if line[0] == 0:
            return
        yield ListRow(line[0], *map(field, wanted))


def _read_file(path: Path, info: ModelInfo | None) -> Iterator[Row]:
    known = info is not None and "task.alphabet" in info.metadata
    name = os.fspath(path)
    for row in read_list(path, _task(info) if known and info is not None else None):
        texts = (text.decode("latin-1") for text in (row.source, row.question, row.answer))
        yield Row(*texts, f"{name}: line {row.line}")
