"""Several answers of a puzzle, with how often they were found and how sure they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ._library import ffi, lib
from .board import Board, Tokens
from .native import call, new, words_of

_VERDICTS, _HOWS = words_of("trm_verdict"), words_of("trm_how")


@dataclass(frozen=True, eq=False)
class Candidate:
    """One of the answers that the runs of a puzzle ended with."""

    tokens: Tokens
    """The answer, S tokens."""
    count: int
    """Runs that ended with it."""
    ruling: str
    """What the rules say: `verified`, `refuted` or `unverified`."""
    confidence: float
    """How likely it is right: 1 for a verified one, 0 for a refuted one; else the halt probabilities of the runs that
    ended with it, over the number of all runs."""
    how: str
    """How it was found first: by a `run`, a `view`, a `restart` or a `search`."""
    board: Board
    """How it is drawn."""

    @property
    def text(self) -> str:
        """The answer, one character a position."""
        return self.board.text(self.tokens)

    @property
    def grid(self) -> Tokens:
        """The answer as rows and columns, as `Answer.grid`."""
        return self.board.numbers(self.tokens).reshape(self.board.rows, self.board.columns)


def read_candidates(solver: Any, room: int, positions: int, board: Board) -> list[Candidate]:
    """Those of the first question of a solver."""
    tokens = np.zeros((room, positions), np.int32)
    numbers = np.zeros((3, room), np.uint32)
    confidences = np.zeros(room, np.float32)
    to, count = new("trm_candidates"), ffi.new("uint32_t *")
    to.room = room
    to.tokens = ffi.from_buffer("int32_t[]", tokens)
    to.counts = ffi.from_buffer("uint32_t[]", numbers[0])
    to.verdicts = ffi.from_buffer("uint32_t[]", numbers[1])
    to.hows = ffi.from_buffer("uint32_t[]", numbers[2])
    to.confidences = ffi.from_buffer("float[]", confidences)
    call(lib.trm_solver_candidates, solver, 0, to, count)
    return [
        Candidate(
            tokens[i],
            int(numbers[0, i]),
            _VERDICTS[int(numbers[1, i])],
            float(confidences[i]),
            _HOWS[int(numbers[2, i])],
            board,
        )
        for i in range(count[0])
    ]
