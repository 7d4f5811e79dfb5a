"""The shape of a puzzle: what it tells by itself, what its caller says, and what its model takes."""

from __future__ import annotations

from dataclasses import replace
from math import isqrt
from typing import Any, NamedTuple, Optional, Union

import numpy as np

from .board import Board
from .errors import ArgumentError, PuzzleError
from .info import ModelInfo
from .puzzles import default_boxes

ShapeLike = Optional[Union[int, "tuple[int, int]"]]


class Size(NamedTuple):
    """Rows and columns of a grid; positions that are no grid are one row."""

    rows: int
    columns: int
    is_grid: bool = True

    @property
    def positions(self) -> int:
        """S"""
        return self.rows * self.columns

    def __str__(self) -> str:
        return f"{self.rows} x {self.columns}" if self.is_grid else f"{self.columns} positions"


class Sizes:
    """The sizes that a model takes; one alone where the caller named it (`shape=`)."""

    def __init__(self, info: ModelInfo, shape: ShapeLike = None) -> None:
        self.info = info
        grid = info.grid_rows * info.grid_columns == info.positions
        self.own = Size(info.grid_rows, info.grid_columns) if grid else Size(1, info.positions, False)
        self.free = info.block == "relational"
        self._rows = (info.least_rows or self.own.rows, info.most_rows or self.own.rows)
        self._columns = (info.least_columns or self.own.columns, info.most_columns or self.own.columns)
        # Without a bound in its file a model that knows no grid takes graphs of its own size alone.
        self._least = 1 if "shape.most_positions" in info.metadata else info.positions
        self._most = info.most_positions
        self.named = None if shape is None else self._checked(_size(shape))

    def of_count(self, count: int) -> Size | None:
        """The size of a puzzle that is a row of so many: the model's own, or a square."""
        if self.named is not None:
            return self.named if self.named.positions == count else None
        if count == self.own.positions:
            return self.own
        if not self.free or count < 1:
            return None
        if not self.own.is_grid:
            return Size(1, count, False) if self._least <= count <= self._most else None
        return self.of_grid(isqrt(count), isqrt(count)) if isqrt(count) ** 2 == count else None

    def of_grid(self, rows: int, columns: int) -> Size | None:
        """The size of a puzzle that is an array."""
        size = Size(rows, columns)
        if self.named is not None:
            return self.named if self.named.is_grid and self.named[:2] == size[:2] else None
        if size[:2] == self.own[:2]:
            return self.own
        return size if self.own.is_grid and self.free and self._takes(size) else None

    def of_array(self, shape: tuple[int, ...], what: str) -> tuple[Size, bool]:
        """The size of the puzzles in an array of that shape, and whether it is one puzzle."""
        row = self.of_count(shape[-1]) if len(shape) in (1, 2) else None
        grid = self.of_grid(*shape[-2:]) if len(shape) in (2, 3) else None
        if row is not None and grid is not None and row == self.own != grid and row != self.named:
            raise PuzzleError(
                f"expected shape=(rows, columns) with an array of {shape[0]} x {shape[1]}, "
                f"which may be one grid or {shape[0]} puzzles of {row}"
            )
        if grid is not None:
            return grid, len(shape) == 2
        if row is not None:
            return row, len(shape) == 1
        raise PuzzleError(
            f"expected {self._expected(what)}, or many of those, found an array of shape {shape}"
        )

    def of_text(self, count: int, place: str) -> Size:
        """The size of a text; without one that fits the library says what is wrong."""
        size = self.of_count(count)
        if size is None and self.free and self.named is None:
            raise PuzzleError(f"{place}expected {self._expected('characters')}, found {count} characters")
        return size or self.named or self.own

    def _expected(self, what: str) -> str:
        size = self.named or self.own
        own = f"{size.positions} {what}" + (f", {size} {what}" if size.is_grid else "")
        if not self.free or self.named is not None:
            return own
        if not size.is_grid:
            return own if self._least == self._most else f"{self._least} to {self._most} {what}"
        if all(least == most for least, most in (self._rows, self._columns)):
            return own
        return f"{own}, a square of {self._bounds()}, or shape=(rows, columns)"

    def _bounds(self) -> str:
        rows, columns = (f"{least} to {most}" for least, most in (self._rows, self._columns))
        return f"{rows} rows and columns" if rows == columns else f"{rows} rows and {columns} columns"

    def _takes(self, size: Size) -> bool:
        bounds = zip(size[:2], (self._rows, self._columns))
        return all(least <= number <= most for number, (least, most) in bounds)

    def _checked(self, size: Size) -> Size:
        if not self.free and size[:2] not in (self.own[:2], (1, self.own.positions)):
            raise PuzzleError(f"shape: expected {self.own}, as this model has one size, found {size}")
        if self.free and size.is_grid and size != self.own and not self._takes(size):
            takes = self._bounds() if self.own.is_grid else f"a number of positions up to {self._most}"
            raise PuzzleError(f"shape: expected {takes}, as this model takes, found {size}")
        return size if self.free else self.own


def _size(shape: Any) -> Size:
    numbers = shape if isinstance(shape, (tuple, list)) else (shape,)
    whole = all(isinstance(one, (int, np.integer)) and not isinstance(one, bool) for one in numbers)
    if not whole or len(numbers) not in (1, 2) or not all(1 <= one < 2**31 for one in numbers):
        raise ArgumentError(f"shape: expected (rows, columns) or a number of positions, found {shape!r}")
    rows, columns = (1, *map(int, numbers))[-2:]
    return Size(rows, columns, len(numbers) == 2)


def board_for(own: Board, info: ModelInfo, size: Size, boxes: tuple[int, int] | None, drawn: bool) -> Board:
    """How puzzles of a size look; not `drawn` are boxes that the question's own relation replaces."""
    box = (info.box_rows, info.box_columns)
    if boxes is not None:
        box = boxes
    elif box != (0, 0) and size[:2] != (own.rows, own.columns):
        box = default_boxes(size.rows) if size.rows == size.columns else (0, 0)
    if not drawn or 0 in box:
        box = (size.rows, size.columns)
    if (size.rows, size.columns, box) == (own.rows, own.columns, own.box):
        return own
    return replace(own, rows=size.rows, columns=size.columns, box=box)


def fields_for(info: ModelInfo, size: Size, fields: int | None) -> int:
    """F of a size: as many as a grid has rows where the model's own has as many."""
    if fields is not None:
        return fields
    return size.rows if size.is_grid and 1 < info.fields == info.grid_rows else info.fields
