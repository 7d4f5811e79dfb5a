"""Models: open a file, solve puzzles, watch a solve."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, overload

import numpy as np
import numpy.typing as npt

from ._library import ffi, lib
from .answers import Answer, Answers
from .board import Board
from .callbacks import Callbacks, Verifier, Watcher
from .errors import ArgumentError
from .given import Asked, read_features, read_helpers, read_identifiers, read_relations, shape_struct
from .hints import Hints, read_hints
from .info import ModelInfo, board_of, describe
from .keywords import ManyOptions, Pair, SolveOptions, StreamOptions, check, names_of, pair
from .named import find
from .native import Path, call, new, owned, set_number, value_of
from .pool import Pool, pool_of
from .puzzles import Puzzles
from .questions import Questions, encode, read_questions, read_tokens
from .repairs import Repair, repair
from .several import Candidate, read_candidates
from .sizes import ShapeLike, Sizes, board_for, fields_for
from .solving import (
    answers_struct,
    batch_size,
    between,
    nanoseconds,
    numbers_of_views,
    set_runs,
    solve_options,
)

if TYPE_CHECKING:
    from typing_extensions import Unpack

_FLAGS = {"stored": 0, "int8": lib.TRM_OPEN_INT8}
_ASKING = ("tokens", "identifiers", "shape", "boxes", "fields", "relations", "helpers", "features")


class Model:
    """A trained model: `with trm.Model("sudoku.trm") as model: print(model.solve(puzzle))`. The file may be named
    by what `trm.models()` has: `trm.Model("sudoku")`.

    Any number of threads may use a model at once; solving leaves the interpreter to the others. After close()
    nothing can be asked of it any more; solves that are under way still end well, and the memory goes with
    the last of them.

    `precision="int8"` turns the weights into 8-bit integers in memory. `mapped=False` reads the file instead
    of mapping it, for files that are overwritten in place while they are in use.

    A pickle of a model is its path and these options: another process opens the file again. A copy is the model.
    """

    def __init__(self, path: Path, *, precision: str = "stored", mapped: bool = True) -> None:
        flags = _open_flags(precision) | (0 if mapped else lib.TRM_OPEN_READ)
        options, place, found = new("trm_open_options"), ffi.new("trm_model **"), find(path)
        options.flags = flags
        call(lib.trm_model_open, found, options, place)
        self._origin = (os.path.abspath(os.fsdecode(found)), precision, mapped)
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

    def __reduce__(self) -> tuple[Any, ...]:
        """A pickle is the path and the options: whoever reads it opens the file."""
        self._opened()
        if not hasattr(self, "_origin"):
            raise ArgumentError(
                "expected a model that was opened from a path, found one from bytes: open it in each process"
            )
        return _open_again, self._origin

    def __copy__(self) -> Model:
        """The model itself, which never changes."""
        return self

    def __deepcopy__(self, memo: Any) -> Model:
        return self

    def _file_name(self) -> bytes:
        """That of the model's file, without its folder, as traces have it; a model from bytes has none."""
        return os.fsencode(os.path.basename(self._origin[0])) if hasattr(self, "_origin") else b"model"

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

    def encode(self, text: str, *, shape: ShapeLike = None) -> npt.NDArray[np.int32]:
        """The tokens of a puzzle as text; `shape` as in solve()."""
        tokens: npt.NDArray[np.int32] = encode(self._opened(), Sizes(self._info, shape), [text])[0][0]
        return tokens

    def decode(self, tokens: Any, *, shape: ShapeLike = None) -> str:
        """The text of S tokens; `shape` as in solve()."""
        pointer, sizes = self._opened(), Sizes(self._info, shape)
        read, single, size = read_tokens(tokens, sizes)
        if not single:
            raise ArgumentError(f"expected {size.positions} tokens of one puzzle, found {len(read)} puzzles")
        text = ffi.new("char[]", read.size)
        numbers = ffi.from_buffer("int32_t[]", read)
        given = shape_struct(size, sizes.own, None, None, 0) or ffi.NULL
        call(lib.trm_model_decode, pointer, given, numbers, read.size, text)
        return bytes(ffi.buffer(text)).decode("latin-1")

    @overload
    def solve(self, puzzle: str | bytes, **how: Unpack[ManyOptions]) -> Answer: ...

    @overload
    def solve(self, puzzle: list[str] | tuple[str, ...] | Puzzles, **how: Unpack[ManyOptions]) -> Answers: ...

    @overload
    def solve(self, puzzle: Questions = None, **how: Unpack[ManyOptions]) -> Any: ...

    def solve(
        self,
        puzzle: Questions = None,
        *,
        tokens: Any = None,
        steps: int | None = None,
        halt: str | None = "signal",
        stable_steps: int = 2,
        halt_probability: float | None = None,
        batch: int | None = None,
        threads: int = 1,
        seconds: float | None = None,
        identifiers: Any = None,
        seed: int = 0,
        start: str = "model",
        shape: ShapeLike = None,
        boxes: Pair = None,
        fields: int | None = None,
        relations: Mapping[str, Any] | None = None,
        helpers: Any = None,
        features: Any = None,
        runs: int = 1,
        policy: str = "first-halt",
        views: Sequence[int] | None = None,
        search: bool = False,
        require_verified: bool = False,
        step_budget: int = 0,
        verifier: Verifier | None = None,
        watcher: Watcher | None = None,
    ) -> Any:
        """Solves one puzzle, which gives an Answer, or many, which gives Answers.

        `puzzle` is text in the model's alphabet, in one line or as a picture of several; S digits as a list or an array, also as rows x columns, for
        a task that has digits (0 is its blank); or many of those: a sequence, an array with one more
        dimension, Puzzles, a data frame with a column `question` (or puzzle, quizzes, ...). It is copied.

        Texts may be bytes, and come from a Series, an array or an iterator, too.

        - `tokens`: instead of a puzzle the model's own tokens, as encode() gives them, in the same forms.
        - `steps`: at most so many supervision steps; by default those that the model was trained for.
        - `halt`: stop a puzzle by its learned `"signal"`, at a `"stable"` answer (the same `stable_steps`
          times in a row), at `"either"`, or, with None, only after all steps.
        - `halt_probability`: the signal stops at a trust above this, 0.5 by default.
        - `batch`: puzzles that are solved side by side, by default 8 a thread. Answers do not depend on it.
        - `threads`: 1 by default; 0 for as many as the process may use. Answers do not depend on it.
        - `seconds`: the time for the whole call; after it puzzles get one step each.
        - `identifiers`: of the puzzles, for models with an embedding of them: a number, or one for each.
        - `seed`, `start`: models that were taught so begin with random numbers, the same for the same seed;
          `"fixed"` begins without, `"random"` with them, `"model"` as the model was taught.

        Relational models take puzzles of many shapes, one in a call. A text that is a square and an array of
        rows x columns tell theirs, and texts and rows as long as the model's own have that.

        - `shape`: of puzzles that do not tell it, (rows, columns), or a number of positions without a grid.
        - `boxes`: rows and columns of a Sudoku's boxes, `"3x2"` or (3, 2), where the squarest are not meant.
        - `fields`: how many values a position can take, as the colours of a graph.
        - `relations`: who hears whom, by the names in `info.relations`: for each an adjacency list (a list of
          lists), an n x 2 array of pairs (who hears, who is heard), a SciPy sparse matrix or a NetworkX graph;
          one for all puzzles, or a list with one for each. Pairs are heard one way alone; a directed graph's
          vertices hear those that their edges lead to. A graph has as many vertices as its puzzle has
          positions: their names, where these are 0, 1, 2 and so on, else they stand in the graph's order.
          Whatever the form, numbers may come in any order, and twice: the package sorts them, as the library and
          lists in files (doc/lists.md) want it. These lists replace those that the shape or the model's file has.
        - `helpers`: kinds of the nodes that take part and answer nothing, a row, or one for each puzzle.
        - `features`: real numbers for each position and helper, (positions + helpers) x info.features.

        A puzzle may have several runs, and an answer be asked for that can be relied on.

        - `runs`: of each puzzle: under symmetries of its task, and from other random starts where the model was
          taught with such.
        - `views`: the symmetries, in turn, of those that `views()` lists; by default all see it as it is. Models
          of published kinds also take 8 (values change places), 16 (lines do) and 32 n (another draw of these).
        - `policy`: who answers: `"first-halt"`, `"vote"`, `"best"` or `"first-verified"`, the first that the
          rules call right. What they refute loses to everything else.
        - `search`: puzzles that fail are tried again with guesses as givens, until the rules call an answer
          right; with it `runs` attempts ride together.
        - `require_verified`: an answer that the rules do not call right is withheld: its tokens are 0.
        - `step_budget`: the most steps of all runs of a puzzle together; 0 for no limit, in a search 4096.
        - `verifier`: rules instead of the task's: a function of question and answer, as tokens, that returns
          True, False, or None where it cannot tell. What it raises ends the solve.
        - `watcher`: is given the RunStep of every step of every run. What it raises ends the solve.
        """
        begin = time.perf_counter_ns()
        pointer = self._opened()
        asked, board, single = self._ask(
            puzzle, tokens, identifiers, shape, boxes, fields, relations, helpers, features
        )
        answers = Answers(board, asked.tokens)
        if len(answers) == 0:
            return answers
        pool = pool_of(threads)
        options = solve_options(steps, halt, stable_steps, halt_probability, pool)
        self._set_start(options, seed, start)
        callbacks = Callbacks(options, verifier, watcher)
        seen = numbers_of_views(views)
        set_runs(options, runs, policy, seen, search, require_verified, step_budget)
        width = batch_size(batch, len(answers), pool)
        set_number(options, "batch", width)
        asked.room(options)
        budget = nanoseconds(seconds)
        for at in range(0, len(answers), width):
            if budget > 0:
                options.budget_nanoseconds = max(1, begin + budget - time.perf_counter_ns())
            questions, _kept = asked.questions(at, at + width)
            callbacks.first = at
            try:
                call(lib.trm_solve, pointer, questions, answers_struct(answers[at : at + width]), options)
            finally:
                callbacks.raise_what_was_raised()
        return answers[0] if single else answers

    def candidates(self, puzzle: Questions = None, count: int = 8, **how: Any) -> list[Candidate]:
        """Up to `count` distinct answers to one puzzle: those that the rules call right, where there are some, else all
        with their confidence; those of more and surer runs first. The other keywords are those of solve(), without
        `batch` and `seconds`; `search=True` or several `runs` find more than one.
        """
        check("candidates", how, names_of(SolveOptions))
        count = between("count", count, 1, 65536)
        pointer, one = self._opened(), One(self, puzzle, how)
        set_number(one.options, "candidates", count)
        solver = one.solver(pointer)
        running = ffi.new("uint32_t *", 1)
        try:
            while running[0] > 0:
                call(lib.trm_solver_step, solver, running)
        finally:
            one.callbacks.raise_what_was_raised()
        return read_candidates(solver, count, one.asked.tokens.shape[1], one.board)

    def hint(self, puzzle: Questions = None, count: int | None = 1, **how: Any) -> Hints:
        """What to fill in next in one puzzle, and why: up to `count` hints, all of them for None. What plain rules force
        comes first; where they force nothing, what the model is surest of, of an answer that the rules call right. The
        other keywords are those of solve(), without `batch` and `seconds`; `search=True` finds more.
        """
        check("hint", how, names_of(SolveOptions))
        pointer, one = self._opened(), One(self, puzzle, how)
        most = int(one.asked.tokens.shape[1])
        if count is not None:
            count = min(most, between("count", count, 1, 2**64 - 1, " or more, or None for all"))
        questions, _kept = one.asked.questions(0, 1)
        try:
            return read_hints(pointer, questions, one.options, most if count is None else count, one.board)
        finally:
            one.callbacks.raise_what_was_raised()

    def repair(self, puzzle: Questions = None, **how: Any) -> Repair:
        """Answers one puzzle whose givens may be wrong: with the answer that changes fewest of them, and is right apart
        from those. The keywords are those of solve(), without `batch`, `seconds` and `verifier`.
        """
        check("repair", how, names_of(SolveOptions))
        pointer, one = self._opened(), One(self, puzzle, how)
        questions, _kept = one.asked.questions(0, 1)
        try:
            return repair(pointer, questions, one.options, one.asked.tokens[0], one.board)
        finally:
            one.callbacks.raise_what_was_raised()

    def views(self, *, shape: ShapeLike = None) -> list[int]:
        """The symmetries under which the runs of a puzzle may see it, by number; 0 is the puzzle as it is. `shape` as
        in solve()."""
        sizes = Sizes(self._info, shape)
        numbers, count = ffi.new("uint32_t[]", lib.TRM_MAXIMUM_VIEWS), ffi.new("uint32_t *")
        given = shape_struct(sizes.named or sizes.own, sizes.own, None, None, 0) or ffi.NULL
        call(lib.trm_model_views, self._opened(), given, numbers, count)
        return [int(numbers[i]) for i in range(count[0])]

    @overload
    def stream(self, puzzle: str | bytes, **how: Unpack[StreamOptions]) -> Iterator[Answer]: ...

    @overload
    def stream(
        self, puzzle: list[str] | tuple[str, ...] | Puzzles, **how: Unpack[StreamOptions]
    ) -> Iterator[Answers]: ...

    @overload
    def stream(self, puzzle: Questions = None, **how: Unpack[StreamOptions]) -> Iterator[Any]: ...

    def stream(
        self,
        puzzle: Questions = None,
        *,
        tokens: Any = None,
        steps: int | None = None,
        halt: str | None = "signal",
        stable_steps: int = 2,
        halt_probability: float | None = None,
        threads: int = 1,
        identifiers: Any = None,
        seed: int = 0,
        start: str = "model",
        shape: ShapeLike = None,
        boxes: Pair = None,
        fields: int | None = None,
        relations: Mapping[str, Any] | None = None,
        helpers: Any = None,
        features: Any = None,
    ) -> Iterator[Any]:
        """Watches a solve: yields the Answer as it stands after each step (of many puzzles: Answers), until
        all have stopped.

        The keywords are those of solve(). A caller that has seen enough just leaves the loop.
        """
        pointer, pool = self._opened(), pool_of(threads)
        asked, board, single = self._ask(
            puzzle, tokens, identifiers, shape, boxes, fields, relations, helpers, features
        )
        options = solve_options(steps, halt, stable_steps, halt_probability, pool)
        self._set_start(options, seed, start)
        set_number(options, "batch", max(1, len(asked.tokens)))
        asked.room(options)
        place = ffi.new("trm_solver **")
        call(lib.trm_solver_create, pointer, options, place)
        solver = owned(place[0], lib.trm_solver_free, pointer, pool)
        return self._steps(solver, pool, asked, board, single)

    def _steps(
        self, solver: Any, pool: Pool | None, asked: Asked, board: Board, single: bool
    ) -> Iterator[Any]:
        running = ffi.new("uint32_t *", len(asked.tokens))
        if len(asked.tokens) > 0:
            questions, _kept = asked.questions(0, len(asked.tokens))
            call(lib.trm_solver_load, solver, questions)
        while running[0] > 0:
            if pool is not None:
                pool.check_process()
            answers = Answers(board, asked.tokens)
            call(lib.trm_solver_step, solver, running)
            call(lib.trm_solver_read, solver, answers_struct(answers))
            yield answers[0] if single else answers

    def _ask(
        self,
        puzzle: Questions,
        tokens: Any,
        identifiers: Any,
        shape: ShapeLike,
        boxes: Pair,
        fields: int | None,
        relations: Mapping[str, Any] | None,
        helpers: Any,
        features: Any,
    ) -> tuple[Asked, Board, bool]:
        """Questions with all that comes with them, how they look, and whether it is a single one."""
        info, sizes = self._info, Sizes(self._info, shape)
        box = None if boxes is None else pair("boxes", boxes)
        read, single, size = read_questions(self._opened(), sizes, self._board, puzzle, tokens)
        count = len(read)
        kinds = read_helpers(helpers, count, info)
        behind = 0 if kinds is None else kinds.shape[1]
        each = fields_for(info, size, fields)
        elements = {
            "positions": size.positions,
            "fields": each,
            "nodes": size.positions * each + behind,
        }
        asked = Asked(
            read,
            read_identifiers(identifiers, count),
            shape_struct(size, sizes.own, box, fields, behind),
            read_relations(relations, info, count, elements),
            kinds,
            read_features(features, count, size.positions + behind, info),
        )
        return asked, board_for(self._board, info, size, box, "box" not in (relations or ())), single

    def _set_start(self, options: Any, seed: int, start: str) -> None:
        if start == "random" and self._info.start_noise == 0:
            why = "as this model was taught without random starts"
            raise ArgumentError(f"start: expected model or fixed, {why}, found 'random'")
        set_number(options, "seed", seed)
        options.start = value_of("trm_start", start)

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


class One:
    """One puzzle to be solved, with the keywords of Model.solve."""

    def __init__(self, model: Model, puzzle: Questions, how: Mapping[str, Any]) -> None:
        asking = {name: how.get(name) for name in _ASKING}
        self.asked, self.board, single = model._ask(puzzle, **asking)
        if not single:
            raise ArgumentError(f"expected one puzzle, found {len(self.asked.tokens)} puzzles")
        self.pool = pool_of(how.get("threads", 1))
        self.options = options = solve_options(
            how.get("steps"),
            how.get("halt", "signal"),
            how.get("stable_steps", 2),
            how.get("halt_probability"),
            self.pool,
        )
        model._set_start(options, how.get("seed", 0), how.get("start", "model"))
        self.callbacks = Callbacks(options, how.get("verifier"), how.get("watcher"))
        self._seen = numbers_of_views(how.get("views"))
        set_runs(
            options,
            how.get("runs", 1),
            how.get("policy", "first-halt"),
            self._seen,
            how.get("search", False),
            how.get("require_verified", False),
            how.get("step_budget", 0),
        )
        self.asked.room(options)

    def solver(self, pointer: Any) -> Any:
        """A solver that the puzzle was loaded in."""
        place = ffi.new("trm_solver **")
        call(lib.trm_solver_create, pointer, self.options, place)
        solver = owned(place[0], lib.trm_solver_free, pointer, self)
        questions, _kept = self.asked.questions(0, 1)
        call(lib.trm_solver_load, solver, questions)
        return solver


def _open_again(path: str, precision: str, mapped: bool) -> Model:
    return Model(path, precision=precision, mapped=mapped)


def _open_flags(precision: str) -> int:
    if precision not in _FLAGS:
        raise ArgumentError(f"precision: expected stored or int8, found {precision!r}")
    return int(_FLAGS[precision])
