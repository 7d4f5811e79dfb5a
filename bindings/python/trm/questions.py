"""Puzzles as people write them, turned into the array of tokens that the library takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Union

import numpy as np
import numpy.typing as npt

from ._library import ffi, lib
from .board import Tokens
from .errors import PuzzleError
from .native import call
from .puzzles import Puzzles
from .tables import is_table

Question = Union[str, Sequence[int], npt.NDArray[Any]]
Questions = Union[Question, Sequence[Question], Puzzles, Any]

_LEAST, _MOST = -(2**31), 2**31 - 1


def read_questions(
    model: Any, positions: int, grid: tuple[int, int], given: Questions
) -> tuple[Tokens, bool]:
    """N x S tokens of their own memory, and whether a single puzzle was given."""
    if isinstance(given, str):
        return encode(model, positions, [given]), True
    if isinstance(given, Puzzles):
        return encode(model, positions, [puzzle.question for puzzle in given]), False
    if is_table(given):
        table: Any = given
        return encode(model, positions, [str(question) for question in table["question"]]), False
    if isinstance(given, Sequence) and any(isinstance(one, str) for one in given):
        return encode(model, positions, given), False
    return _tokens(np.asarray(given), positions, grid)


def encode(model: Any, positions: int, texts: Sequence[Any]) -> Tokens:
    """Texts in the model's alphabet; which of them is wrong is part of the sentence."""
    tokens: Tokens = np.empty((len(texts), positions), np.int32)
    room = ffi.from_buffer("int32_t[]", tokens) if len(texts) > 0 else ffi.NULL
    for index, text in enumerate(texts):
        try:
            stored = text.encode("latin-1")
            call(lib.trm_model_encode, model, stored, len(stored), room + index * positions)
        except (PuzzleError, AttributeError, UnicodeEncodeError) as error:
            place = f"puzzle {index}: " if len(texts) > 1 else ""
            raise PuzzleError(place + _sentence(text, error)) from None
    return tokens


def _sentence(text: Any, error: Exception) -> str:
    """What is wrong with one of the texts, as the library says it of the others."""
    if isinstance(error, UnicodeEncodeError):
        return f"character {error.start + 1}: no alphabet has {text[error.start]!r}"
    return str(error) if isinstance(error, PuzzleError) else f"expected text as in the others, found {text!r}"


def _tokens(array: npt.NDArray[Any], positions: int, grid: tuple[int, int]) -> tuple[Tokens, bool]:
    """An array of one puzzle (S tokens, or rows x columns) or of many."""
    if array.size == 0 and array.shape[:1] == (0,):
        return np.empty((0, positions), np.int32), False
    if array.dtype.kind not in "iu":
        raise TypeError(f"expected text or whole numbers as tokens, found an array of {array.dtype}")
    single = array.shape in ((positions,), grid)
    if not single and array.shape[1:] not in ((positions,), grid):
        rows, columns = grid
        expected = f"{positions} tokens, {rows} x {columns} tokens, or many of those"
        raise PuzzleError(f"expected {expected}, found an array of shape {array.shape}")
    if not np.can_cast(array.dtype, np.int32) and not (_LEAST <= array.min() and array.max() <= _MOST):
        raise PuzzleError(f"expected tokens of the model, found {array.min()} to {array.max()}")
    return np.array(array, np.int32, order="C").reshape(-1, positions), single
