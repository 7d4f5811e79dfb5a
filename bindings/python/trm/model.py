"""Models: open a file, solve puzzles, watch a solve."""

from __future__ import annotations

import time
from collections.abc import Iterator
from types import TracebackType
from typing import Any

import numpy as np
import numpy.typing as npt

from ._library import ffi, lib
from .answers import Answer, Answers
from .errors import ArgumentError
from .info import ModelInfo, board_of, describe
from .native import Path, call, new, owned, path_bytes, set_number
from .pool import Pool, pool_of
from .questions import Questions, encode, read_questions

_HALTS = {None: 0, "signal": 1, "stable": 2, "either": 3}
_FLAGS = {"stored": 0, "int8": lib.TRM_OPEN_INT8}
_PUZZLES_A_THREAD = 8
_PART = 16  # batches solved between two looks at whether the user wants to stop


class Model:
    """A trained model: `with trm.Model("sudoku.trm") as model: print(model.solve(puzzle))`.

    Any number of threads may use a model at once; solving leaves the interpreter to the others. After close()
    nothing can be asked of it any more; solves that are under way still end well, and the memory goes with
    the last of them.

    `precision="int8"` turns the weights into 8-bit integers in memory. `mapped=False` reads the file instead
    of mapping it, for files that are overwritten in place while they are in use.
    """

    def __init__(self, path: Path, *, precision: str = "stored", mapped: bool = True) -> None:
        flags = _open_flags(precision) | (0 if mapped else lib.TRM_OPEN_READ)
        options, place = new("trm_open_options"), ffi.new("trm_model **")
        options.flags = flags
        call(lib.trm_model_open, path_bytes(path), options, place)
        self._begin(place[0])

    @classmethod
    def from_bytes(cls, data: Any, *, precision: str = "stored") -> Model:
        """Opens a .trm file that lies in memory (bytes, bytearray, memoryview, NumPy array); it is copied."""
        options, place = new("trm_open_options"), ffi.new("trm_model **")
        options.flags = _open_flags(precision) | lib.TRM_OPEN_READ
        view = ffi.from_buffer(data)
        call(lib.trm_model_open_memory, view, len(view), options, place)
        model = cls.__new__(cls)
        model._begin(place[0])
        return model

    def _begin(self, pointer: Any) -> None:
        self._pointer: Any = owned(pointer, lib.trm_model_close)
        self._info = describe(self._pointer)
        self._board = board_of(self._pointer, self._info)

    @property
    def info(self) -> ModelInfo:
        """What the model is, with the metadata of its file."""
        return self._info

    @property
    def closed(self) -> bool:
        """Whether close() was called."""
        return self._pointer is None

    def close(self) -> None:
        """Ends the use of the model; may be called again."""
        self._pointer = None

    def __enter__(self) -> Model:
        self._opened()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def encode(self, text: str) -> npt.NDArray[np.int32]:
        """The tokens of a puzzle as text."""
        tokens: npt.NDArray[np.int32] = encode(self._opened(), self._info.positions, [text])[0]
        return tokens

    def decode(self, tokens: Any) -> str:
        """The text of S tokens."""
        pointer = self._opened()
        read, single = read_questions(pointer, self._info.positions, (-1, -1), tokens)
        if not single:
            raise ArgumentError(
                f"expected {self._info.positions} tokens of one puzzle, found {len(read)} puzzles"
            )
        text = ffi.new("char[]", self._info.positions)
        call(lib.trm_model_decode, pointer, ffi.from_buffer("int32_t[]", read), text)
        return bytes(ffi.buffer(text)).decode("latin-1")

    def solve(
        self,
        puzzle: Questions,
        *,
        steps: int | None = None,
        halt: str | None = "signal",
        stable_steps: int = 2,
        halt_probability: float | None = None,
        batch: int | None = None,
        threads: int = 1,
        seconds: float | None = None,
        identifiers: Any = None,
    ) -> Any:
        """Solves one puzzle, which gives an Answer, or many, which gives Answers.

        `puzzle` is text in the model's alphabet; S tokens as a list or an array, also as rows x columns; or
        many of those: a sequence, an array with one more dimension, Puzzles, a data frame with a column
        `question`. It is copied.

        - `steps`: at most so many supervision steps; by default those that the model was trained for.
        - `halt`: stop a puzzle by its learned `"signal"`, at a `"stable"` answer (the same `stable_steps`
          times in a row), at `"either"`, or, with None, only after all steps.
        - `halt_probability`: the signal stops at a trust above this, 0.5 by default.
        - `batch`: puzzles that are solved side by side, by default 8 a thread. Answers do not depend on it.
        - `threads`: 1 by default; 0 for as many as the process may use. Answers do not depend on it.
        - `seconds`: the time for the whole call; after it puzzles get one step each.
        - `identifiers`: of the puzzles, for models with an embedding of them: a number, or one for each.
        """
        begin = time.perf_counter_ns()
        pointer = self._opened()
        questions, single = self._read(pointer, puzzle)
        answers = Answers(self._board, questions)
        if len(answers) == 0:
            return answers
        pool = pool_of(threads)
        options = _solve_options(steps, halt, stable_steps, halt_probability, pool)
        width = _batch_size(batch, len(answers), pool)
        set_number(options, "batch", width)
        numbers = _identifiers(identifiers, len(answers))
        budget = _nanoseconds(seconds)
        for at in range(0, len(answers), _PART * width):
            part = slice(at, at + _PART * width)
            if budget > 0:
                options.budget_nanoseconds = max(1, begin + budget - time.perf_counter_ns())
            _solve_part(pointer, answers[part], None if numbers is None else numbers[part], options)
        return answers[0] if single else answers

    def stream(
        self,
        puzzle: Questions,
        *,
        steps: int | None = None,
        halt: str | None = "signal",
        stable_steps: int = 2,
        halt_probability: float | None = None,
        threads: int = 1,
        identifiers: Any = None,
    ) -> Iterator[Any]:
        """Watches a solve: yields the Answer as it stands after each step (of many puzzles: Answers), until
        all have stopped.

        The keywords are those of solve(). A caller that has seen enough just leaves the loop.
        """
        pointer, pool = self._opened(), pool_of(threads)
        questions, single = self._read(pointer, puzzle)
        options = _solve_options(steps, halt, stable_steps, halt_probability, pool)
        set_number(options, "batch", max(1, len(questions)))
        numbers = _identifiers(identifiers, len(questions))
        place = ffi.new("trm_solver **")
        call(lib.trm_solver_create, pointer, options, place)
        solver = owned(place[0], lib.trm_solver_free, pointer, pool)
        return self._steps(solver, pool, questions, numbers, single)

    def _steps(
        self, solver: Any, pool: Pool | None, questions: Any, numbers: Any, single: bool
    ) -> Iterator[Any]:
        running = ffi.new("uint32_t *", len(questions))
        if len(questions) > 0:
            call(lib.trm_solver_load, solver, _questions(questions, numbers)[0])
        while running[0] > 0:
            if pool is not None:
                pool.check_process()
            answers = Answers(self._board, questions)
            call(lib.trm_solver_step, solver, running)
            call(lib.trm_solver_read, solver, _answers(answers))
            yield answers[0] if single else answers

    def _read(self, pointer: Any, puzzle: Questions) -> tuple[Any, bool]:
        grid = (self._board.rows, self._board.columns)
        return read_questions(pointer, self._info.positions, grid, puzzle)

    def _opened(self) -> Any:
        pointer = self._pointer
        if pointer is None:
            raise ArgumentError("expected an open model, found one that was closed")
        return pointer

    def __repr__(self) -> str:
        info = self._info
        state = "closed" if self.closed else f"{info.parameters / 1e6:.2f} million parameters"
        size = f"{info.grid_rows}x{info.grid_columns}" if info.grid_rows else f"{info.positions} tokens"
        return f"<trm.Model: {info.task or info.architecture} {size}, {state}>"


def _open_flags(precision: str) -> int:
    if precision not in _FLAGS:
        raise ArgumentError(f"precision: expected stored or int8, found {precision!r}")
    return int(_FLAGS[precision])


def _solve_options(
    steps: int | None, halt: str | None, stable_steps: int, halt_probability: float | None, pool: Pool | None
) -> Any:
    """All but batch and budget. The executor is the pool's, which must outlive them."""
    if halt not in _HALTS:
        raise ArgumentError(f"halt: expected signal, stable, either or None, found {halt!r}")
    options = new("trm_solve_options")
    options.halt = _HALTS[halt]
    set_number(options, "stable_steps", stable_steps)
    if steps is not None:
        set_number(options, "maximum_steps", steps, "steps")
    if halt_probability is not None:
        set_number(options, "halt_probability", halt_probability)
    if pool is not None:
        options.executor = pool.executor()
    return options


def _batch_size(batch: int | None, count: int, pool: Pool | None) -> int:
    if batch is not None:
        if not isinstance(batch, int) or not 1 <= batch <= 65536:
            raise ArgumentError(f"batch: expected 1 to 65536, found {batch!r}")
        return batch
    return min(count, _PUZZLES_A_THREAD * (pool.width() if pool is not None else 1))


def _nanoseconds(seconds: float | None) -> int:
    """0 for no limit, at least 1 for any other."""
    if seconds is None:
        return 0
    if not 0 <= seconds < 1e9:
        raise ArgumentError(f"seconds: expected 0 to a billion, found {seconds!r}")
    return max(1, int(seconds * 1e9))


def _identifiers(given: Any, count: int) -> npt.NDArray[np.uint32] | None:
    """One for each puzzle."""
    if given is None:
        return None
    array = np.asarray(given)
    if array.dtype.kind not in "iu" or array.shape not in ((), (count,)):
        raise ArgumentError(f"identifiers: expected a whole number, or one for each of {count} puzzles")
    if array.min(initial=0) < 0 or array.max(initial=0) >= 2**32:
        raise ArgumentError("identifiers: expected numbers from 0 to 4294967295")
    return np.ascontiguousarray(np.broadcast_to(array, (count,)), np.uint32)


def _questions(tokens: Any, identifiers: Any) -> tuple[Any, Any]:
    """The struct, and what must live as long."""
    questions = new("trm_questions")
    questions.count = len(tokens)
    questions.tokens = ffi.from_buffer("int32_t[]", tokens)
    if identifiers is not None:
        questions.identifiers = ffi.from_buffer("uint32_t[]", identifiers)
    return questions, (tokens, identifiers)


def _answers(to: Answers) -> Any:
    """The struct that lets the library write into the arrays, which must live as long."""
    answers = new("trm_answers")
    answers.tokens = ffi.from_buffer("int32_t[]", to.tokens)
    answers.probabilities = ffi.from_buffer("float[]", to.probabilities)
    answers.halt_probabilities = ffi.from_buffer("float[]", to.halt_probabilities)
    answers.steps = ffi.from_buffer("uint32_t[]", to.steps)
    answers.stops = ffi.from_buffer("uint32_t[]", to.stops)
    return answers


def _solve_part(pointer: Any, answers: Answers, identifiers: Any, options: Any) -> None:
    questions, _kept = _questions(answers.questions, identifiers)
    call(lib.trm_solve, pointer, questions, _answers(answers), options)
