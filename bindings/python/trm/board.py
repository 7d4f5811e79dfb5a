"""How the puzzles of a model look: their characters, and their grid as text and as HTML."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import Any, Optional

import numpy as np
import numpy.typing as npt

from .errors import UnsupportedError

Tokens = npt.NDArray[np.int32]
Probabilities = npt.NDArray[np.float32]

# What digits from 1 on look like; those above 9 are letters.
_DIGITS = b"123456789ABCDEFGHIJKLMNOP"


@dataclass(frozen=True)
class Board:
    """Rows, columns and characters. Without a grid it is one row, without an alphabet its cells are
    numbers."""

    task: str
    rows: int
    columns: int
    characters: Optional[bytes]  # of the tokens, in order
    blank: int  # the token of a cell that is to be filled in, -1 where nobody knows
    box: tuple[int, int]  # rows and columns of a box; the whole grid where there are none

    @cached_property
    def digits(self) -> Optional[Tokens]:
        """The tokens of 0, 1, 2 and so on, where the alphabet has digits: 0 is its own, or else the blank."""
        characters = self.characters or b""
        known = [characters.index(c) for c in _DIGITS[: _digit_count(characters)]]
        zero = characters.find(b"0") if b"0" in characters else self.blank
        return np.array([zero, *known], np.int32) if known else None

    def numbers(self, tokens: Tokens) -> Tokens:
        """Tokens as the digits they stand for, and -1 for what is none; of a task without digits the tokens."""
        if self.digits is None:
            return tokens
        table = np.full(max(len(self.characters or b""), 1 + int(tokens.max(initial=0))), -1, np.int32)
        table[self.digits[::-1]] = np.arange(len(self.digits), dtype=np.int32)[::-1]
        numbers: Tokens = table[tokens]
        return numbers

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

    def is_given(self, question: Tokens) -> npt.NDArray[np.bool_]:
        """Which cells the question already has: all that are not its blank."""
        given: npt.NDArray[np.bool_] = question != self.blank
        return given

    def draw(self, tokens: Tokens) -> str:
        """The grid as lines of text, with the boxes of a Sudoku."""
        cells = self.cells(tokens)
        rows, columns = self.box
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
        rows, columns = self.box
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


def _digit_count(characters: bytes) -> int:
    """How many of 1, 2, 3 and so on are in an alphabet, up to the first that is not."""
    return next((n for n, c in enumerate(_DIGITS) if c not in characters), len(_DIGITS))
