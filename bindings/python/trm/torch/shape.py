"""The shape of a question: how many positions, how they lie, how many values a position may have."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Shape:
    """Positions in rows and columns, or without (both 0); fields 1: none; boxes 0 x 0: none."""

    positions: int
    rows: int = 0
    columns: int = 0
    box_rows: int = 0
    box_columns: int = 0
    fields: int = 1
    helpers: int = 0

    @property
    def answering(self) -> int:
        """Nodes that answer: S F."""
        return self.positions * self.fields

    @property
    def nodes(self) -> int:
        """All of them, helpers last."""
        return self.answering + self.helpers

    def with_helpers(self, helpers: int) -> Shape:
        return replace(self, helpers=helpers)

    def check(self) -> None:
        """Refuses what cannot be."""
        numbers = (self.positions, self.fields, self.rows + 1, self.columns + 1, self.helpers + 1)
        grid = self.rows * self.columns
        h, w = self.box_rows, self.box_columns
        boxes = (h, w) == (0, 0) or (h > 0 and w > 0 and grid > 0 and self.rows % h == self.columns % w == 0)
        if min(numbers) < 1 or (self.rows or self.columns) and grid != self.positions or not boxes:
            raise ValueError(f"no question has this shape: {self}")


def grid(rows: int, columns: int, fields: int = 1) -> Shape:
    """One of rows and columns."""
    return Shape(rows * columns, rows, columns, fields=fields)


def sudoku(box_rows: int, box_columns: int) -> Shape:
    """As many rows, columns and fields as a box has cells."""
    side = box_rows * box_columns
    return Shape(side * side, side, side, box_rows, box_columns, side)


def default_boxes(side: int) -> tuple[int, int]:
    """Those of trm_default_boxes(), which is not there in a checkout: the squarest, with fewer rows than columns; 0 x 0
    for a prime."""
    rows = max((rows for rows in range(2, side) if rows * rows <= side and side % rows == 0), default=0)
    return rows, side // rows if rows else 0
