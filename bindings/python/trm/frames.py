"""Data frames of pandas, Polars and their like: columns known by the names that people give them, as in lists (doc/lists.md)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from .errors import PuzzleError

# As lib/puzzles/table_columns.c has them, the most telling ones first.
_NAMES = {
    "source": ("source", "dataset", "collection"),
    "question": (
        *("question", "questions", "quiz", "quizzes", "puzzle", "puzzles"),
        *("problem", "board", "sudoku", "maze", "input", "inputs"),
    ),
    "answer": (
        *("answer", "answers", "solution", "solutions", "solved"),
        *("output", "outputs", "label", "labels", "target"),
    ),
    "rating": ("rating", "ratings", "difficulty", "level"),
    "brought": ("brought",),
}


NAMES = "; question=NAME and answer=NAME name others"  # a hint of functions that take these


def is_frame(data: Any) -> bool:
    """Whether it has columns, and each of them by its name."""
    return getattr(data, "columns", None) is not None and hasattr(data, "__getitem__")


def text_of(value: Any) -> Any:
    """A puzzle in a cell: bytes are text, and so is a number, which a reader of files may take digits for."""
    if isinstance(value, bytes):
        return value.decode("latin-1")
    return str(value) if isinstance(value, (int, np.integer)) else value


def find_column(frame: Any, kind: str, named: str | None = None) -> Any:
    """The values of a column, or None where there is none; `named` is its name where it is not a usual one."""
    names = {str(name).strip(" \t").lower(): name for name in reversed(list(frame.columns))}
    if named is not None:
        return frame[named] if named in list(frame.columns) else None
    return next((frame[names[name]] for name in _NAMES[kind] if name in names), None)


def column(frame: Any, kind: str, named: str | None = None, hint: str = "") -> Any:
    """The same of a column that has to be there; the hint ends the sentence where there is none."""
    values = find_column(frame, kind, named)
    if values is None:
        found = ", ".join(str(name) for name in frame.columns) or "none"
        wanted = named or f"{kind} (or {_NAMES[kind][1]}, {_NAMES[kind][2]}, ...)"
        raise PuzzleError(f"expected a column {wanted}, found the columns {found}{hint}")
    return values


def puzzles_of(
    frame: Any, question: str | None = None, answer: str | None = None
) -> Iterator[tuple[Any, ...]]:
    """Question, answer, rating and what is brought, as Puzzles.add() takes them."""
    asked, answered = column(frame, "question", question, NAMES), column(frame, "answer", answer, NAMES)
    ratings, brought = find_column(frame, "rating"), find_column(frame, "brought")
    count = len(asked)
    return zip(
        asked,
        answered,
        [0] * count if ratings is None else ratings,
        [None] * count if brought is None else brought,
    )
