"""Puzzles as people write them, turned into the array of tokens that the library takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Union

import numpy as np
import numpy.typing as npt

from ._library import ffi, lib
from .board import Board, Tokens
from .errors import ArgumentError, FormatError, PuzzleError
from .frames import column, is_frame, text_of
from .given import shape_struct
from .native import call
from .puzzles import Puzzles
from .sizes import Size, Sizes
from .tables import read_list, task_of

Question = Union[str, bytes, Sequence[int], npt.NDArray[Any]]
Questions = Union[Question, Sequence[Question], Iterator[Question], Puzzles, Any, None]

_LEAST, _MOST = -(2**31), 2**31 - 1


def read_questions(
    model: Any, sizes: Sizes, board: Board, given: Questions, tokens: Any = None
) -> tuple[Tokens, bool, Size]:
    """N x S tokens of their own memory, whether a single puzzle was given, and the size of each."""
    if tokens is not None:
        if given is not None:
            raise ArgumentError("expected a puzzle or tokens, found both")
        return read_tokens(tokens, sizes)
    if isinstance(given, (str, bytes)):
        return _texts(model, sizes, [given], True)
    if isinstance(given, Puzzles):
        return _texts(model, sizes, [puzzle.question for puzzle in given])
    if is_frame(given):
        return _texts(model, sizes, [text_of(one) for one in column(given, "question")])
    several = list(given) if isinstance(given, Iterator) else given
    if isinstance(several, Sequence) and any(isinstance(one, (str, bytes)) for one in several):
        return _texts(model, sizes, several)
    array = _array(several)
    if array.dtype.kind == "O" and array.ndim == 1 and len(array) > 0:  # a column of texts, or of arrays
        objects = array.tolist()
        if any(isinstance(one, (str, bytes)) for one in objects):
            return _texts(model, sizes, objects)
        array = _array([np.asarray(one) for one in objects])
    if array.dtype.kind == "S":
        array = np.char.decode(array, "latin-1")
    if array.dtype.kind == "U":
        return _characters(model, sizes, array)
    return _digits(array, sizes, board)


def read_tokens(given: Any, sizes: Sizes) -> tuple[Tokens, bool, Size]:
    """Tokens as the model has them."""
    array, single, size = _whole_numbers(_array(given), sizes, "tokens")
    if not np.can_cast(array.dtype, np.int32) and not (_LEAST <= array.min() and array.max() <= _MOST):
        raise PuzzleError(f"expected tokens of the model, found {array.min()} to {array.max()}")
    return np.array(array, np.int32, order="C"), single, size


def _array(given: Any) -> npt.NDArray[Any]:
    """An array; cells that are masked are blank."""
    if isinstance(given, np.ma.MaskedArray):
        masked: Any = given
        given = masked.filled(0)
    try:
        return np.asarray(given)
    except ValueError:
        for n, one in enumerate(given):
            if np.shape(one) != np.shape(given[0]):
                found = f"{np.shape(given[0])} and, puzzle {n}, {np.shape(one)}"
                raise PuzzleError(
                    f"expected puzzles of one shape in a call, found arrays of {found}"
                ) from None
        raise


def _texts(model: Any, sizes: Sizes, texts: Sequence[Any], single: bool = False) -> tuple[Tokens, bool, Size]:
    given = [text.decode("latin-1") if isinstance(text, bytes) else text for text in texts]
    tokens, size = encode(model, sizes, given)
    return tokens, single, size


def _characters(model: Any, sizes: Sizes, array: npt.NDArray[Any]) -> tuple[Tokens, bool, Size]:
    """Arrays of characters, rows x columns; those of one dimension are texts."""
    if array.ndim == 1:
        return _texts(model, sizes, array.tolist())
    size, single = sizes.of_array(array.shape, "characters")
    texts = ["".join(one) for one in array.reshape(-1, size.positions).tolist()]
    tokens = encode(model, sizes, texts, size)[0]
    return tokens, single, size


def _digits(array: npt.NDArray[Any], sizes: Sizes, board: Board) -> tuple[Tokens, bool, Size]:
    """Digits as people write them, 0 for a blank."""
    array, single, size = _whole_numbers(array, sizes, "digits")
    digits = board.digits
    if len(array) == 0:
        return np.empty((0, size.positions), np.int32), single, size
    if digits is None:
        task = f"{board.task or 'this model'} has no digits"
        raise PuzzleError(f"expected text, or tokens by their name (tokens=), found numbers: {task}")
    least = 0 if digits[0] >= 0 else 1
    wrong = np.argwhere((array < least) | (array >= len(digits)))
    if len(wrong) > 0:
        puzzle, cell = wrong[0].tolist()
        place = f"cell {cell + 1}" if single else f"puzzle {puzzle}, cell {cell + 1}"
        found = array[puzzle, cell]
        raise PuzzleError(f"{place}: expected a digit from {least} to {len(digits) - 1}, found {found}")
    tokens: Tokens = digits[array.astype(np.intp)]
    return tokens, single, size


def encode(model: Any, sizes: Sizes, texts: Sequence[Any], size: Size | None = None) -> tuple[Tokens, Size]:
    """Texts in the model's alphabet, and their size; which of them is wrong is part of the sentence."""
    read = [_in_one_line(sizes, text, _place(texts, index)) for index, text in enumerate(texts)]
    texts, grids = [text for text, _ in read], [grid for _, grid in read]
    size = size or _size_of_texts(sizes, texts, grids)
    tokens: Tokens = np.empty((len(texts), size.positions), np.int32)
    room = ffi.from_buffer("int32_t[]", tokens) if len(texts) > 0 else ffi.NULL
    shape = shape_struct(size, sizes.own, None, None, 0) or ffi.NULL
    for index, text in enumerate(texts):
        try:
            stored = text.encode("latin-1")
            call(lib.trm_model_encode, model, shape, stored, len(stored), room + index * size.positions)
        except (PuzzleError, AttributeError, UnicodeEncodeError) as error:
            raise PuzzleError(_place(texts, index) + _sentence(text, error)) from None
    return tokens, size


def _in_one_line(sizes: Sizes, text: Any, place: str) -> "tuple[Any, tuple[int, int] | None]":
    """A puzzle that was pasted as a picture of several lines in one, and rows and columns where the picture tells them."""
    if not isinstance(text, str) or "\n" not in text or not text.isascii():
        return text, None
    about = task_of(sizes.info)
    if sizes.named is not None and sizes.named.is_grid:
        about["grid_rows"], about["grid_columns"] = sizes.named[:2]
    try:
        rows = list(read_list("the puzzle", about, text=text.encode()))
    except (FormatError, PuzzleError) as error:
        raise PuzzleError(place + str(error)) from None
    if len(rows) != 1:
        raise PuzzleError(f"{place}expected one puzzle in a text, found {len(rows)}")
    row = rows[0]
    grid = (int(row.rows), int(row.columns)) if row.rows and row.columns else None
    return row.question.decode("latin-1"), grid


def _size_of_texts(sizes: Sizes, texts: Sequence[Any], grids: "Sequence[tuple[int, int] | None]") -> Size:
    """That of the first, which all have."""
    found = sizes.named or sizes.own
    for index, text in enumerate(texts):
        if not isinstance(text, str):
            continue  # refused when it is encoded
        grid = grids[index]
        drawn = sizes.of_grid(*grid) if grid is not None else None
        size = drawn or sizes.of_text(len(text), _place(texts, index))
        if index > 0 and size != found:
            other = f"{found} and, puzzle {index}, {size}"
            raise PuzzleError(f"expected puzzles of one shape in a call, found {other}")
        found = size
    return found


def _place(texts: Sequence[Any], index: int) -> str:
    return f"puzzle {index}: " if len(texts) > 1 else ""


def _sentence(text: Any, error: Exception) -> str:
    """What is wrong with one of the texts, as the library says it of the others."""
    if isinstance(error, UnicodeEncodeError):
        return f"character {error.start + 1}: no alphabet has {text[error.start]!r}"
    return str(error) if isinstance(error, PuzzleError) else f"expected text as in the others, found {text!r}"


def _whole_numbers(array: npt.NDArray[Any], sizes: Sizes, what: str) -> tuple[npt.NDArray[Any], bool, Size]:
    """An array of one puzzle (S numbers, or rows x columns) or of many, as N x S."""
    if array.size == 0 and array.shape[:1] == (0,):
        size = sizes.named or sizes.own
        return np.empty((0, size.positions), np.int32), False, size
    if array.dtype.kind not in "iu":
        raise TypeError(f"expected text or whole numbers as {what}, found an array of {array.dtype}")
    size, single = sizes.of_array(array.shape, what)
    return array.reshape(-1, size.positions), single, size
