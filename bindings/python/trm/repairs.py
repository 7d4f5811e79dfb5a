"""Answers to puzzles whose givens may be wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ._library import ffi, lib
from .board import Board, Tokens
from .native import call, new, words_of

_VERDICTS, _HOWS = words_of("trm_verdict"), words_of("trm_how")


@dataclass(frozen=True, eq=False)
class Repair:
    """The answer that changes fewest givens."""

    question: Tokens
    """The puzzle, S tokens."""
    tokens: Tokens
    """The answer, right apart from the givens that it changes; 0 where none was found."""
    changed: npt.NDArray[np.intp]
    """Which givens those are, from 0, row by row."""
    ruling: str
    """`verified`, or `unverified` where no answer was found."""
    fewest: bool
    """Whether plain rules show that no answer changes fewer."""
    how: str
    """How it was found: as `Answer.how`; by the `rules` alone where the model found none."""
    halt_probability: float
    """The model's trust in the answer."""
    total_steps: int
    """Supervision steps of all attempts."""
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


def repair(model: Any, questions: Any, options: Any, question: Tokens, board: Board) -> Repair:
    """Asks the library."""
    tokens, to = np.zeros_like(question), new("trm_repaired")
    call(lib.trm_repair, model, questions, options, ffi.from_buffer("int32_t[]", tokens), to)
    changed = board.is_given(question) & (tokens != question) & (to.changes > 0)
    return Repair(
        question,
        tokens,
        np.flatnonzero(changed),
        _VERDICTS[to.verdict],
        bool(to.fewest),
        _HOWS[to.how],
        float(to.halt_probability),
        int(to.total_steps),
        board,
    )
