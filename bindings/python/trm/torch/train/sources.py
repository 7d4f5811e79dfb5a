"""Where a relational run's puzzles come from: files of several sizes, each with its share, or grids that are made up.

What a source draws depends on the generator and on how often it has been drawn from alone, so that runs can be
resumed and processes agree.
"""

from __future__ import annotations

import math
import os
import re
import zlib
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor

from ..relational import Questions, RelationalModel
from ..shape import Shape, default_boxes, grid, sudoku
from .maps import Recipe
from .lists import Texts, read_rows
from .puzzles import Puzzles
from .settings import SettingsError

SUDOKU, PATH = ".123456789ABCDEFGHIJKLMNOP", "# SGo"
ITEM = re.compile(r"([^=:]+)(?::(!?)([^=:]+))?(?:=([0-9.]+))?")


@dataclass(frozen=True)
class Item:
    """Of --data: a file, which of its sources (all but them with `without`), and its share."""

    path: str
    source: str = ""
    without: bool = False
    share: float = 1.0

    def takes(self, source: str) -> bool:
        return self.source == "" or source.startswith(self.source) != self.without


def read_items(text: str, folder: str) -> list[Item]:
    """FILE[:SOURCE][=SHARE], with commas between; `:!SOURCE` is all but those."""
    items = []
    for word in text.split(",") if text else []:
        match = ITEM.fullmatch(word.strip())
        if match is None:
            raise SettingsError(f"--data: expected FILE[:SOURCE][=SHARE], found {word!r}")
        path, without, source, share = match.groups()
        items.append(Item(os.path.join(folder, path), source or "", without == "!", float(share or 1)))
    return items


def shape_of(task: str, row: Any, path: str) -> Shape:
    """That of a puzzle: a square, where its row does not say more."""
    cells = len(row.question)
    rows = int(row.rows) if row.rows.isdigit() else math.isqrt(cells)
    columns = int(row.columns) if row.columns.isdigit() else rows
    boxes = default_boxes(rows)
    if rows * columns != cells or (task == "sudoku" and (boxes == (0, 0) or rows != columns)):
        raise SettingsError(
            f"{path}: line {row.line}: a puzzle of {cells} cells is no square that {task} knows"
        )
    return sudoku(*boxes) if task == "sudoku" else grid(rows, columns)


def alphabet_of(task: str, fields: int) -> str:
    """The character of each token."""
    return SUDOKU[: fields + 1] if task == "sudoku" else PATH


def _read(item: Item, task: str) -> dict[Shape, Texts]:
    texts: dict[Shape, Texts] = {}
    for row in read_rows(item.path, {"name": task}):
        if item.takes(row.source.decode("latin-1")):
            shape = shape_of(task, row, item.path)
            texts.setdefault(shape, Texts()).add(item.path, row, len(row.question))
    return texts


def read_sets(item: Item, task: str) -> dict[Shape, Puzzles]:
    """A list's puzzles by their shape."""
    sets = {}
    try:
        for shape, texts in _read(item, task).items():
            tokens = texts.tokens(item.path, task, alphabet_of(task, shape.fields))
            sets[shape] = Puzzles(
                torch.from_numpy(tokens[:, 0].copy()), torch.from_numpy(tokens[:, 1].copy())
            )
    except ValueError as error:
        raise SettingsError(str(error)) from None
    if not sets:
        raise SettingsError(f"{item.path}: has no puzzle from {item.source or 'anywhere'}")
    return sets


class Source(Protocol):
    """Gives B questions and answers, int64, on the generator's device, and their numbers, by which it knows what they
    bring."""

    def draw(self, count: int, use: int, generator: torch.Generator) -> tuple[Tensor, Tensor, Tensor]: ...

    def ask(self, model: RelationalModel, tokens: Tensor, shape: Shape, rows: Tensor) -> Questions:
        """Questions with these tokens, and with what those numbers bring."""

    def bring(self, questions: Questions, rows: Tensor) -> None:
        """Questions that it made bring from now on what those numbers bring."""

    def labels(self, rows: Tensor, answers: Tensor, logits: Tensor) -> Tensor:
        """What is to be learnt, where the model says that."""

    def checksum(self) -> int: ...


class Plain:
    """Puzzles that bring nothing."""

    def ask(self, model: RelationalModel, tokens: Tensor, shape: Shape, rows: Tensor) -> Questions:
        return model.ask(tokens, shape=shape)

    def bring(self, questions: Questions, rows: Tensor) -> None:
        pass

    def labels(self, rows: Tensor, answers: Tensor, logits: Tensor) -> Tensor:
        return answers


class Files(Plain):
    """Sets of one shape, each with its share."""

    def __init__(self, sets: list[tuple[float, Puzzles]], device: torch.device) -> None:
        whole = [puzzles for _, puzzles in sets]
        self.sum = 0
        for puzzles in whole:
            self.sum = zlib.crc32(str(puzzles.checksum()).encode(), self.sum)
        self.questions = torch.cat([puzzles.questions for puzzles in whole]).to(device)
        self.answers = torch.cat([puzzles.answers for puzzles in whole]).to(device)
        sizes = torch.tensor([len(puzzles) for puzzles in whole])
        self.sizes, self.first = sizes.to(device), (sizes.cumsum(0) - sizes).to(device)
        self.shares = torch.tensor([share for share, _ in sets], device=device)

    def draw(self, count: int, use: int, generator: torch.Generator) -> tuple[Tensor, Tensor, Tensor]:
        chosen = torch.multinomial(self.shares, count, replacement=True, generator=generator)
        place = torch.rand(count, generator=generator, device=generator.device, dtype=torch.float64)
        rows = self.first[chosen] + (place * self.sizes[chosen]).long()
        return self.questions[rows].long(), self.answers[rows].long(), rows

    def checksum(self) -> int:
        return self.sum


class Maps(Plain):
    """Grids that are made up: a window of them that moves on with each use."""

    def __init__(self, recipe: Recipe, window: int, fresh: float, device: torch.device) -> None:
        self.recipe, self.window, self.fresh, self.device = recipe, window, fresh, device
        self.made: dict[int, tuple[np.ndarray, np.ndarray]] = {}
        self.begin = -1
        self.questions = self.answers = torch.zeros(0)

    def _move(self, use: int) -> None:
        begin = int(use * self.fresh)
        if begin == self.begin:
            return
        numbers = range(begin, begin + self.window)
        self.made = {n: self.made[n] if n in self.made else self.recipe.make(n) for n in numbers}
        sides = (np.stack(side) for side in zip(*self.made.values()))
        self.questions, self.answers = (torch.from_numpy(side).to(self.device).long() for side in sides)
        self.begin = begin

    def draw(self, count: int, use: int, generator: torch.Generator) -> tuple[Tensor, Tensor, Tensor]:
        self._move(use)
        rows = torch.randint(self.window, (count,), generator=generator, device=generator.device)
        return self.questions[rows], self.answers[rows], rows

    def checksum(self) -> int:
        return zlib.crc32(f"{self.recipe} {self.window} {self.fresh}".encode())
