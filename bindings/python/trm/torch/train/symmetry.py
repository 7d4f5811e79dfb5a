"""Random symmetries of a task, drawn and applied on the device for a whole batch.

One is a permutation of the cells and one of the tokens. Its parts are independent, so each of the group is equally
likely. The order of random numbers is a random order.
"""

from __future__ import annotations

import torch
from torch import Tensor

from ..task import Task

FIRST_DIGIT = 2  # of Sudoku's tokens: padding and blank come before


class Symmetries:
    """Those of a task; of one without symmetries, the puzzles as they are."""

    def __init__(self, task: Task, generator: torch.Generator) -> None:
        self.task, self.generator, self.device = task, generator, generator.device

    def _random(self, *shape: int) -> Tensor:
        return torch.rand(shape, generator=self.generator, device=self.device)

    def _lines(self, batch: int, groups: int, size: int) -> Tensor:
        """Orders of groups x size lines that keep groups together: Sudoku's bands and stacks."""
        order = self._random(batch, groups).argsort(-1)
        inner = self._random(batch, groups, size).argsort(-1)
        return (order[:, :, None] * size + inner).view(batch, groups * size)

    def _directions(self, batch: int, count: int) -> Tensor:
        """Lines in their order, or the other way round."""
        lines = torch.arange(count, device=self.device).expand(batch, -1)
        return torch.where(self._random(batch, 1) < 0.5, lines, count - 1 - lines)

    def _cells(self, rows: Tensor, columns: Tensor, square: bool) -> Tensor:
        """The cell that each place takes: where its row and its column cross, or after a transposition."""
        batch, across = len(rows), self.task.columns
        plain = rows[:, :, None] * across + columns[:, None, :]
        if square:
            turned = rows[:, :, None] + columns[:, None, :] * across
            plain = torch.where(self._random(batch, 1, 1) < 0.5, plain, turned)
        return plain.view(batch, -1)

    def _digits(self, batch: int) -> Tensor:
        """The token that each token becomes."""
        tokens = torch.arange(self.task.vocabulary, device=self.device).expand(batch, -1).clone()
        tokens[:, FIRST_DIGIT:] = FIRST_DIGIT + self._random(batch, self.task.rows).argsort(-1)
        return tokens

    def apply(self, questions: Tensor, answers: Tensor) -> tuple[Tensor, Tensor]:
        """Each puzzle under a symmetry of its own; B x S, int64."""
        task, batch = self.task, len(questions)
        if task.name == "sudoku":
            rows = self._lines(batch, task.box_columns, task.box_rows)
            columns = self._lines(batch, task.box_rows, task.box_columns)
            cells = self._cells(rows, columns, task.box_rows == task.box_columns)
            tokens = self._digits(batch)
            return tokens.gather(1, questions.gather(1, cells)), tokens.gather(1, answers.gather(1, cells))
        if task.name == "path":
            rows, columns = self._directions(batch, task.rows), self._directions(batch, task.columns)
            cells = self._cells(rows, columns, task.rows == task.columns)
            return questions.gather(1, cells), answers.gather(1, cells)
        return questions, answers
