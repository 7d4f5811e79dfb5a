"""What to fill in next in a puzzle, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ._library import ffi, lib
from .board import Board
from .native import call, new, words_of

_REASONS, _ENDS = words_of("trm_reason"), words_of("trm_hints_end")


@dataclass(frozen=True)
class Hint:
    """A cell, its value, and why it can be believed."""

    position: int
    """The cell, from 0, row by row."""
    token: int
    """What goes there."""
    value: str
    """The same as a character, or as a number in a model without an alphabet."""
    reason: str
    """`last` (the last open cell of its group), `place` (the only place in a group) and `value` (the only one left to the
    cell) by plain rules; `model` for what the model is surest of, of an answer that the rules call right."""
    relation: str
    """What the group is of, such as `row`; empty where there is none."""
    confidence: float
    """1 by plain rules, else how sure the model is."""


@dataclass(frozen=True)
class Hints:
    """Hints in their order; each presumes those before it."""

    hints: list[Hint]
    end: str
    """Why there are no more: `more` (there are), `done`, `clash` (the givens have no answer) or `unknown` (no answer was
    found that the rules call right)."""
    clash: tuple[int, int] | None
    """With `clash` two cells that exclude each other, or twice one that no value is left for, or that is
    open in a group where a value has no place left."""

    def __len__(self) -> int:
        return len(self.hints)

    def __getitem__(self, index: int) -> Hint:
        return self.hints[index]


def read_hints(model: Any, questions: Any, options: Any, room: int, board: Board) -> Hints:
    """Asks for up to `room` of them."""
    numbers = np.zeros((2, room), np.uint32)
    tokens, confidences = np.zeros(room, np.int32), np.zeros(room, np.float32)
    relations, clash = ffi.new("const char *[]", room), ffi.new("uint32_t[2]")
    to, count, end = new("trm_hints"), ffi.new("uint32_t *"), ffi.new("uint32_t *")
    to.room = room
    to.positions = ffi.from_buffer("uint32_t[]", numbers[0])
    to.tokens = ffi.from_buffer("int32_t[]", tokens)
    to.reasons = ffi.from_buffer("uint32_t[]", numbers[1])
    to.confidences = ffi.from_buffer("float[]", confidences)
    to.relations, to.end, to.clash = relations, end, clash
    call(lib.trm_hint, model, questions, options, to, count)
    hints = [
        Hint(
            int(numbers[0, i]),
            int(tokens[i]),
            board.cells(tokens[i : i + 1])[0],
            _REASONS[int(numbers[1, i])],
            ffi.string(relations[i]).decode(),
            float(confidences[i]),
        )
        for i in range(count[0])
    ]
    word = _ENDS[end[0]]
    return Hints(hints, word, (int(clash[0]), int(clash[1])) if word == "clash" else None)
