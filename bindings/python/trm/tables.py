"""Rows of puzzles from wherever they are: CSV files, sets of puzzles, data frames."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple, Union

from ._library import ffi, lib
from .frames import NAMES, column, find_column, is_frame
from .info import ModelInfo
from .native import Path, call, fill, new, owned, path_bytes
from .puzzles import Puzzles, brought_by

Table = Union[Path, Puzzles, Any]


class Row(NamedTuple):
    """A puzzle with its answer, and where it comes from."""

    source: str
    question: str
    answer: str
    where: str
    grid: "tuple[int, int] | None" = None
    """Rows and columns, where the list says them."""
    brought: "dict[str, Any] | None" = None
    """As in Puzzle."""
    numbers: "dict[str, list[int]]" = {}
    """`question` and `answer`, where JSON lines have them as lists of numbers and not as text."""

    @property
    def cells(self) -> int:
        """Of the question."""
        return len(self.numbers.get("question", self.question))


class Columns(NamedTuple):
    """The columns of a table by their names, where these are not the usual ones."""

    question: "str | None" = None
    answer: "str | None" = None


def read_rows(data: Table, info: ModelInfo | None = None, columns: Columns = Columns()) -> Iterator[Row]:
    """The rows of a list of puzzles (doc/lists.md), a set of puzzles or a data frame."""
    if isinstance(data, Puzzles):
        return _of_puzzles(data, lambda n: f"puzzle {n + 1}")
    if isinstance(data, (str, os.PathLike)):
        return _read_file(data, info, columns)
    if is_frame(data):
        return _read_frame(data, columns)
    raise TypeError(
        f"expected a list of puzzles in a file, Puzzles or a data frame, found {type(data).__name__}"
    )


def _of_puzzles(puzzles: Puzzles, where: Callable[[int], str], source: str = "puzzles") -> Iterator[Row]:
    for n, (question, answer, _, brought) in enumerate(puzzles):
        yield Row(source, question, answer, where(n), grid_of(brought), brought)


def grid_of(brought: "dict[str, Any] | None") -> "tuple[int, int] | None":
    """The rows and columns that a puzzle brings."""
    return (brought["rows"], brought["columns"]) if brought is not None and "rows" in brought else None


def _column(frame: Any, kind: str, columns: Columns) -> Any:
    return column(frame, kind, getattr(columns, kind), NAMES)


def _read_frame(frame: Any, columns: Columns) -> Iterator[Row]:
    questions, answers = _column(frame, "question", columns), _column(frame, "answer", columns)
    sources = find_column(frame, "source")
    named = ["frame"] * len(questions) if sources is None else sources
    return _rows_of(zip(named, questions, answers))


def _rows_of(columns: Iterable[tuple[Any, Any, Any]]) -> Iterator[Row]:
    for n, (source, asked, answered) in enumerate(columns):
        yield Row(str(source), str(asked), str(answered), f"row {n + 1}")


def task_of(info: ModelInfo) -> dict[str, Any]:
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
    """A row of a list: bytes as they stand there; rows and columns of its grid, b"" where nobody says; what it brings."""

    line: int
    source: bytes
    question: bytes
    answer: bytes
    rows: bytes
    columns: bytes
    brought: "dict[str, Any] | None" = None
    numbers: "dict[str, list[int]]" = {}


def read_list(
    path: Path, about: dict[str, Any] | None, columns: Columns = Columns(), text: bytes | None = None
) -> Iterator[ListRow]:
    """The rows of a list of puzzles with answers (doc/lists.md), or of the questions of a `text`, of which `path`
    is but the name; `about` has the fields of trm_task, None: unknown."""
    place, options, task = ffi.new("trm_csv **"), new("trm_csv_options"), new("trm_task")
    flags = lib.TRM_CSV_ANSWERS if text is None else lib.TRM_CSV_LINES
    kept = [fill(options, {**columns._asdict(), "flags": flags})]
    kept += [fill(task, about)] if about is not None else []
    if about is not None:
        options.task = task
    if text is None:
        call(lib.trm_csv_open, path_bytes(path), options, place)
    else:
        call(lib.trm_csv_open_memory, ffi.from_buffer(text), len(text), path_bytes(path), options, place)
    del kept
    reader, line, length = owned(place[0], lib.trm_csv_close), ffi.new("uint64_t *"), ffi.new("size_t *")
    wanted = (
        lib.TRM_CSV_SOURCE, lib.TRM_CSV_QUESTION, lib.TRM_CSV_ANSWER, lib.TRM_CSV_ROWS, lib.TRM_CSV_COLUMNS
    )  # fmt: skip

    def field(number: int) -> bytes:
        text = lib.trm_csv_text(reader, number, length, ffi.NULL)
        return bytes(ffi.buffer(text, length[0]))

    question, answer, features = new("trm_questions"), ffi.new("int32_t **"), ffi.new("uint32_t *")
    while True:
        call(lib.trm_csv_next, reader, line)
        if line[0] == 0:
            return
        call(lib.trm_csv_question, reader, question, answer, features)
        source, asked, answered, rows, width = map(field, wanted)
        numbers = _numbers(question, answer[0], len(asked))
        brought = brought_by(question, len(numbers.get("question", asked)), features[0])
        yield ListRow(line[0], source, asked, answered, rows, width, brought, numbers)


def _numbers(question: Any, answer: Any, length: int) -> dict[str, list[int]]:
    """What a row has as numbers; `length` is that of its question as text."""
    shape = question.shapes[0] if question.shape_count > 0 else None
    cells = length if shape is None else length or shape.rows * shape.columns or shape.positions
    both = {"question": question.tokens, "answer": answer}
    return {name: ffi.unpack(numbers, cells) for name, numbers in both.items() if numbers != ffi.NULL}


def _read_file(path: Path, info: ModelInfo | None, columns: Columns) -> Iterator[Row]:
    known = info is not None and "task.alphabet" in info.metadata
    name = os.fspath(path)
    if info is not None and known and brings(info):
        return _read_objects(path, info, columns)
    rows = read_list(path, task_of(info) if known and info is not None else None, columns)
    return (_row_of(row, f"{name}: line {row.line}") for row in rows)


def _row_of(row: ListRow, where: str) -> Row:
    source, question, answer = (text.decode("latin-1") for text in (row.source, row.question, row.answer))
    grid = (int(row.rows), int(row.columns)) if row.rows and row.columns else grid_of(row.brought)
    return Row(source, question, answer, where, grid, row.brought, row.numbers)


def brings(info: ModelInfo) -> bool:
    """Whether the questions of a model bring lists, helpers or features."""
    needs = any(relation.source == "question" for relation in info.relations.values())
    return needs or info.helper_tokens > 0 or info.features > 0


def _read_objects(path: Path, info: ModelInfo, columns: Columns) -> Iterator[Row]:
    """Those of JSON lines, with all that they bring."""
    about, name = task_of(info), os.fspath(path)
    alphabet = "\0" * about["alphabet_first"] + about["alphabet"]
    puzzles = Puzzles(info.task, alphabet=alphabet, features=info.features)
    puzzles.read(path, question=columns.question, answer=columns.answer)
    return _of_puzzles(puzzles, lambda n: f"{name}: puzzle {n + 1}", name)
