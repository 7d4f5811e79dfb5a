"""What puzzles are about: the characters of their tokens, their grid, their symmetries; the same as in
<trm/train.h>."""

from __future__ import annotations

import re
from dataclasses import dataclass

import torch
from torch import Tensor

from .shape import default_boxes
from .model import Model

DIGITS = "123456789ABCDEFGHIJKLMNOP"
PATH = "\0# SGo"


def _sides(text: str, name: str) -> tuple[int, int]:
    found = re.fullmatch(r"([1-9]\d*)x([1-9]\d*)", text)
    if found is None:
        raise ValueError(f"{name}: expected two numbers such as 3x3, found {text!r}")
    return int(found[1]), int(found[2])


@dataclass
class Task:
    """`Task("sudoku", boxes="3x3")`, `Task("path", grid="10x10")`, or one of your own with its alphabet: the
    character of each token, \\\\0 for a token without one."""

    name: str
    grid: str | None = None
    boxes: str | None = None
    alphabet: str | None = None

    def __post_init__(self) -> None:
        self.box_rows = self.box_columns = 0
        if self.name == "sudoku":
            self._begin_sudoku()
        elif self.grid is None:
            raise ValueError(f"task {self.name}: its grid is missing, such as 10x10")
        self.rows, self.columns = _sides(self.grid or "", "grid")
        self.alphabet = PATH if self.name == "path" else self.alphabet
        if not self.alphabet:
            raise ValueError(f"task {self.name}: its alphabet is missing")
        known = self.alphabet.replace("\0", "")
        if len(set(known)) != len(known) or not known.isascii():
            raise ValueError(f"alphabet: expected different characters of one byte, found {self.alphabet!r}")

    def _begin_sudoku(self) -> None:
        if self.boxes is None:
            size = _sides(self.grid or "", "grid")[0]
            rows, columns = default_boxes(size)
            if rows == 0:
                raise ValueError(f"task sudoku: boxes are missing for a grid of {self.grid}")
            self.boxes = f"{rows}x{columns}"
        self.box_rows, self.box_columns = _sides(self.boxes, "boxes")
        size = self.box_rows * self.box_columns
        if size > len(DIGITS) or self.grid not in (None, f"{size}x{size}"):
            raise ValueError(f"task sudoku: boxes of {self.boxes} do not fit a grid of {self.grid}")
        self.grid = f"{size}x{size}"
        self.alphabet = "\0." + DIGITS[:size]

    @property
    def vocabulary(self) -> int:
        return len(self.alphabet or "")

    @property
    def cells(self) -> int:
        return self.rows * self.columns

    @property
    def symmetries(self) -> str:
        """The names of its transformations, with spaces between."""
        if self.name == "sudoku":
            square = self.box_rows == self.box_columns
            return "digits bands stacks rows columns" + (" transpose" if square else "")
        if self.name == "path":
            return "mirror" + (" transpose" if self.rows == self.columns else "")
        return ""

    def encode(self, text: str) -> Tensor:
        """The tokens of a puzzle; ValueError for a character that none has."""
        try:
            places = [(self.alphabet or "").index(character) for character in text]
        except ValueError:
            wrong = next(character for character in text if character not in (self.alphabet or ""))
            raise ValueError(f"the task has no token for the character {wrong!r}") from None
        return torch.tensor(places)

    def decode(self, tokens: Tensor) -> str:
        """The text of tokens."""
        return "".join((self.alphabet or "")[token] for token in tokens.tolist())

    def describe(self, model: Model) -> Model:
        """Tells a model what it is about, so that its .trm file can be asked in text."""
        c = model.configuration
        if c.positions != self.cells or c.vocabulary < self.vocabulary:
            raise ValueError(
                f"task {self.name}: {self.cells} cells and {self.vocabulary} tokens do not fit a model with "
                f"{c.positions} positions and {c.vocabulary} tokens"
            )
        c.grid_rows, c.grid_columns = self.rows, self.columns
        model.metadata["task.name"] = self.name
        model.metadata["task.alphabet"] = (self.alphabet or "").encode("ascii").ljust(c.vocabulary, b"\0")
        if self.symmetries:
            model.metadata["task.symmetries"] = self.symmetries
        return model
