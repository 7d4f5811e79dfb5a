"""Puzzles in CSV files: `source,question,answer,rating`, plain or gzipped, a puzzle a line, as `trm train` reads them."""

from __future__ import annotations

import gzip
import os
import zlib
from dataclasses import dataclass
from typing import BinaryIO, cast

import numpy as np
import torch
from torch import Tensor

from ..task import Task

HEADER = b"source,question,answer,rating"


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


def _open(path: str) -> BinaryIO:
    with open(path, "rb") as file:
        zipped = file.read(2) == b"\x1f\x8b"
    return cast(BinaryIO, gzip.open(path, "rb")) if zipped else open(path, "rb")


def _tokens(task: Task) -> np.ndarray:
    """The token of each byte; 255 for a byte that has none."""
    table = np.full(256, 255, np.uint8)
    for token, character in enumerate(task.alphabet or ""):
        if character != "\0":
            table[ord(character)] = token
    return table


def _split(path: str, number: int, line: bytes, cells: int) -> list[bytes]:
    fields = line.rstrip(b"\r\n").split(b",")
    if len(fields) != 4 or len(fields[1]) != cells or len(fields[2]) != cells:
        raise ValueError(f"{path}: line {number}: expected four fields, question and answer with {cells} characters")
    return fields[1:3]


def _check(path: str, task: Task, questions: np.ndarray, answers: np.ndarray) -> None:
    wrong = (questions == 255) | (answers == 255)
    if task.name == "sudoku":
        wrong |= (questions > 1) & (questions != answers)
        wrong |= answers < 2
    if wrong.any():
        line, cell = np.argwhere(wrong)[0]
        raise ValueError(f"{path}: line {line + 2}: cell {cell + 1} is no cell of {task.name}, or not the question's")


def read_puzzles(path: str, task: Task) -> Puzzles:
    """The puzzles of a file, checked against the task."""
    texts = bytearray()
    with _open(path) as file:
        if file.readline().rstrip(b"\r\n") != HEADER:
            raise ValueError(f"{path}: expected the first line {HEADER.decode()}")
        try:
            for number, line in enumerate(file, 2):
                texts += b"".join(_split(path, number, line, task.cells))
        except (OSError, EOFError, zlib.error) as error:
            raise ValueError(f"{path}: {error}") from None
    if not texts:
        raise ValueError(f"{path}: has no puzzle")
    tokens = _tokens(task)[np.frombuffer(texts, np.uint8)].reshape(-1, 2, task.cells)
    _check(path, task, tokens[:, 0], tokens[:, 1])
    return Puzzles(torch.from_numpy(tokens[:, 0].copy()), torch.from_numpy(tokens[:, 1].copy()))


def read_all(paths: str, task: Task) -> tuple[Puzzles, str]:
    """The puzzles of several files with commas between their names, and a line that says what they are."""
    names = paths.split(",")
    sets = [read_puzzles(path, task) for path in names]
    whole = Puzzles(torch.cat([s.questions for s in sets]), torch.cat([s.answers for s in sets]))
    summary = ", ".join(f"{os.path.basename(name)}: {len(s)} puzzles" for name, s in zip(names, sets))
    return whole, summary
