"""How the puzzles of a model look: their characters, and their grid as text and as HTML."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import Any, Optional

import numpy as np
import numpy.typing as npt

from .errors import UnsupportedError

Tokens = npt.NDArray[np.int32]
Probabilities = npt.NDArray[np.float32]

# Boxes of Sudokus by their side.
_BOXES = {4: (2, 2), 6: (2, 3), 9: (3, 3), 12: (3, 4), 16: (4, 4), 25: (5, 5)}


@dataclass(frozen=True)
class Board:
    """Rows, columns and characters. Without a grid it is one row, without an alphabet its cells are
    numbers."""

    task: str
    rows: int
    columns: int
    characters: Optional[bytes]  # of the tokens, in order

    def text(self, tokens: Tokens) -> str:
        """One character a token."""
        if self.characters is None:
            raise UnsupportedError("expected a model with an alphabet to turn tokens into text, found none")
        return bytes(np.frombuffer(self.characters, np.uint8)[tokens]).decode("latin-1")

    def cells(self, tokens: Tokens) -> list[str]:
        """What to write in each cell."""
        if self.characters is None:
            return [str(token) for token in tokens.tolist()]
        return list(self.text(tokens))

    def boxes(self) -> tuple[int, int]:
        """Rows and columns of a box; the whole grid where there are none."""
        if self.task.startswith("sudoku") and self.rows == self.columns:
            return _BOXES.get(self.rows, (self.rows, self.columns))
        return self.rows, self.columns

    def is_given(self, question: Tokens) -> npt.NDArray[np.bool_]:
        """Which cells the question already has: all that are not its blank."""
        characters = self.characters or b""
        candidates = b". _0" if self.task.startswith("sudoku") else b". _"
        blank = next((characters.index(c) for c in candidates if c in characters), -1)
        given: npt.NDArray[np.bool_] = question != blank
        return given

    def draw(self, tokens: Tokens) -> str:
        """The grid as lines of text, with the boxes of a Sudoku."""
        cells = self.cells(tokens)
        rows, columns = self.boxes()
        if (rows, columns) == (self.rows, self.columns):
            gap = "" if self.characters is not None else " "
            return "\n".join(gap.join(self._row(cells, row)) for row in range(self.rows))
        rule = "+" + ("-" * (2 * columns + 1) + "+") * (self.columns // columns)
        lines = []
        for row in range(self.rows):
            parts = self._row(cells, row)
            boxes = [" ".join(parts[at : at + columns]) for at in range(0, self.columns, columns)]
            lines += [rule] * (row % rows == 0) + ["| " + " | ".join(boxes) + " |"]
        return "\n".join([*lines, rule])

    def html(self, question: Tokens, tokens: Tokens, probabilities: Probabilities) -> str:
        """The grid as a table: givens bold, the others on green that fades with their probability."""
        given, changed = self.is_given(question), question != tokens
        cells = [
            f'<td style="{style}">{escape(cell)}</td>'
            for cell, style in zip(self.cells(tokens), self._styles(given, changed, probabilities))
        ]
        rows = ["<tr>" + "".join(self._row(cells, row)) + "</tr>" for row in range(self.rows)]
        return '<table style="border-collapse: collapse">' + "".join(rows) + "</table>"

    def _row(self, cells: list[str], row: int) -> list[str]:
        return cells[row * self.columns : (row + 1) * self.columns]

    def _styles(self, given: Any, changed: Any, probabilities: Probabilities) -> Iterator[str]:
        """Each cell's borders and colours: a given that was changed is red."""
        rows, columns = self.boxes()
        for cell in range(self.rows * self.columns):
            row, column = divmod(cell, self.columns)
            right = 2 if (column + 1) % columns == 0 else 1
            below = 2 if (row + 1) % rows == 0 else 1
            colour = f"rgba(46, 160, 67, {0.6 * probabilities[cell]:.2f})"
            if given[cell]:
                colour = (
                    "rgba(248, 81, 73, 0.6); font-weight: bold"
                    if changed[cell]
                    else "none; font-weight: bold"
                )
            yield (
                "width: 1.6em; text-align: center; border: 1px solid #888; "
                f"border-width: 1px {right}px {below}px 1px; background: {colour}"
            )
