"""Puzzles of one size as tokens, from lists of them."""

from __future__ import annotations

import os
import zlib
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from ..task import Task
from .lists import Texts, read_rows


@dataclass
class Puzzles:
    """Questions and answers as tokens, count x S each, uint8."""

    questions: Tensor
    answers: Tensor

    def __len__(self) -> int:
        return len(self.questions)

    def __getitem__(self, part: slice) -> Puzzles:
        return Puzzles(self.questions[part], self.answers[part])

    def to(self, device: torch.device) -> Puzzles:
        return Puzzles(self.questions.to(device), self.answers.to(device))

    def checksum(self) -> int:
        """By which a run knows its puzzles again."""
        return zlib.crc32(self.answers.numpy().tobytes(), zlib.crc32(self.questions.numpy().tobytes()))


def _about(task: Task) -> dict[str, Any]:
    """As the library's reader asks for it."""
    alphabet = task.alphabet or ""
    text = alphabet.lstrip("\0")
    return {
        "name": task.name,
        "alphabet": text.split("\0")[0],
        "alphabet_first": len(alphabet) - len(text),
        "grid_rows": task.rows,
        "grid_columns": task.columns,
    }


def read_puzzles(path: str, task: Task) -> Puzzles:
    """The puzzles of a list, checked against the task."""
    texts = Texts()
    for row in read_rows(path, _about(task)):
        texts.add(path, row, task.cells)
    if not texts.lines:
        raise ValueError(f"{path}: has no puzzle")
    tokens = texts.tokens(path, task.name, task.alphabet or "")
    return Puzzles(torch.from_numpy(tokens[:, 0].copy()), torch.from_numpy(tokens[:, 1].copy()))


def read_all(paths: str, task: Task) -> tuple[Puzzles, str]:
    """The puzzles of several files with commas between their names, and a line that says what they are."""
    names = paths.split(",")
    sets = [read_puzzles(path, task) for path in names]
    whole = Puzzles(torch.cat([s.questions for s in sets]), torch.cat([s.answers for s in sets]))
    summary = ", ".join(f"{os.path.basename(name)}: {len(s)} puzzles" for name, s in zip(names, sets))
    return whole, summary
