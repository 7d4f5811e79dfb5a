"""Sets of puzzles to learn from: read from lists (CSV, JSON lines), made up, or given."""

from __future__ import annotations

import json
import operator
import os
import re
import tempfile
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Union, overload

from ._library import ffi, lib
from .errors import ArgumentError, Error, PuzzleError, error_of
from .frames import is_frame, puzzles_of, text_of
from .keywords import Pair, Range, expanded
from .native import Path, call, fill, new, owned, path_bytes, text_bytes

_PART = 1000  # puzzles made up between two looks at whether the user wants to stop


def default_boxes(side: int) -> tuple[int, int]:
    """Rows and columns of the boxes of a Sudoku with so many rows, where nobody names others; 0 for none."""
    boxes = ffi.new("uint32_t[2]")
    lib.trm_default_boxes(side, boxes, boxes + 1)
    return int(boxes[0]), int(boxes[1])


class Puzzle(NamedTuple):
    """A puzzle, its answer and how hard it is."""

    question: str
    answer: str
    rating: int = 0
    brought: "dict[str, Any] | None" = None
    """What it brings, by the keys of a JSON line: `relations` (names to adjacency lists), `helpers`, `features`,
    `fields`, `rows`, `columns`, `box`. `model.solve` takes the first four by the same names."""


@dataclass(frozen=True)
class Task:
    """What puzzles are about, as `trm_task` has it."""

    name: str
    grid_rows: int
    grid_columns: int
    box_rows: int
    box_columns: int
    alphabet: str
    alphabet_first: int
    """The token of the alphabet's first character."""
    features: int = 0
    """Real numbers that come with each position and helper."""
    rules: "str | None" = None
    """The text that describes it, where one does."""


class Puzzles(Sequence[Puzzle]):
    """Puzzles of one task.

    `task` is `sudoku` (with `boxes`, such as `"2x3"` or `(2, 3)`; 3x3 by default), `path` (with `grid`; 10x10
    by default), or a name of your own with `grid` and `alphabet`: the characters of the tokens, `\\0` first
    for a token without one. Without a grid each puzzle has a size of its own, as graphs have (`colouring`, alphabet
    `.1234`); `features` real numbers come with each position and helper. `rules` is the text of a description (doc/rules.md), which
    takes the place of task and alphabet.

    Any thread may use a set. Once a trainer learns from it, it stays as it is.
    """

    def __init__(
        self,
        task: str | None = None,
        *,
        grid: Pair = None,
        boxes: Pair = None,
        alphabet: str | None = None,
        features: int = 0,
        rules: str | None = None,
    ) -> None:
        if task == "sudoku" and grid is None and boxes is None:
            boxes = (3, 3)
        if task in ("path", "jigsaw") and grid is None:
            grid = (10, 10) if task == "path" else (9, 9)
        wanted = new("trm_task")
        said = {
            "name": task,
            "grid": grid,
            "boxes": boxes,
            "alphabet": alphabet,
            "features": features,
            "rules": rules,
        }
        kept = fill(wanted, expanded(said))
        place = ffi.new("trm_puzzles **")
        call(lib.trm_puzzles_create, wanted, ffi.NULL, place)
        del kept
        self._pointer = owned(place[0], lib.trm_puzzles_free)
        self._lock = threading.Lock()
        self._learnt_from = False
        self.task = self._describe()

    def read(
        self, path: Path, limit: int = 0, *, question: str | None = None, answer: str | None = None
    ) -> Puzzles:
        """Adds the puzzles of a list (doc/lists.md; also gzipped): all, or so many. `question` and `answer`
        name the columns of a table, where these are not the usual ones."""
        options = new("trm_csv_options")
        kept = fill(options, {"question": question, "answer": answer})
        with self._lock:
            self._check_open()
            where, most = path_bytes(path), whole("limit", limit)
            call(lib.trm_puzzles_read_list, self._pointer, where, options, most)
        del kept
        return self

    def generate(
        self,
        count: int,
        *,
        seed: int = 0,
        first: int = 0,
        givens: Range = None,
        walls: Range = None,
        open: bool = False,
        unreachable: int = 0,
        positions: Range = None,
        colours: Range = None,
        sizes: Range = None,
    ) -> Puzzles:
        """Adds `count` puzzles made up at random, the same on every machine: the numbers `first`, `first` +
        1, ...

        `givens` (of a Sudoku) and `walls` (of a path, in per cent) are ranges such as `(24, 45)`, or a number. `open` maps have
        several shortest ways, of which the answer has one; `unreachable` per cent of the goals have none.
        `positions` and `colours` are ranges of graphs, `sizes` is one of described tasks.
        """
        options = new("trm_generate_options")
        given = {"givens": givens, "walls": walls, "vertices": positions, "colours": colours, "sides": sizes}
        ranges = expanded(given)
        kinds = {"open": open, "unreachable": unreachable}
        fill(options, {"seed": seed, "first": first, "count": count, **ranges, **kinds})
        count = whole("count", count)
        while count > 0:
            options.count = min(count, _PART)
            with self._lock:
                self._check_open()
                call(lib.trm_puzzles_generate, self._pointer, options)
            options.first += options.count
            count -= options.count
        return self

    def add(self, puzzles: Union[Iterable[Sequence[Any]], Any]) -> Puzzles:
        """Adds puzzles: (question, answer), (question, answer, rating) or (question, answer, rating, brought),
        or a data frame, whose columns may have the names that those of lists may have (doc/lists.md)."""
        rows = puzzles_of(puzzles) if is_frame(puzzles) else puzzles
        given = [_puzzle_of(index, one) for index, one in enumerate(rows)]
        if not given:
            return self
        objects = any(one.brought is not None for one in given)
        with tempfile.TemporaryDirectory(prefix="trm-") as folder:
            path = os.path.join(folder, "puzzles.csv")
            with open(path, "w", encoding="latin-1", newline="") as file:
                if not objects:
                    file.write("source,question,answer,rating\n")
                file.writelines(map(_json_line if objects else _csv_line, given))
            try:
                return self.read(path)
            except Error as error:
                raise error_of(error.status, _without_file(str(error), path, 1 if objects else 2)) from None

    def like(self) -> Puzzles:
        """An empty set of the same task."""
        task = self.task
        if task.rules is not None:
            return Puzzles(rules=task.rules)
        known = task.name in ("sudoku", "jigsaw", "path")
        grid = (task.grid_rows, task.grid_columns)
        return Puzzles(
            task.name,
            grid=grid if task.grid_rows > 0 else None,
            boxes=(task.box_rows, task.box_columns) if task.box_rows > 0 else None,
            alphabet=None if known else "\0" * task.alphabet_first + task.alphabet,
            features=task.features,
        )

    def hold_back(self, share: int) -> Puzzles:
        """Takes so many of each hundred puzzles out, to measure on: the same ones each time, and those that are there twice
        together."""
        held = self.like()
        with self._lock:
            self._check_open()
            call(lib.trm_puzzles_hold_back, self._pointer, held._pointer, whole("share", share))
        return held

    def write(self, path: Path, source: str = "puzzles") -> None:
        """Writes a CSV file, or JSON lines when puzzles bring something, gzipped when the path ends in `.gz`;
        `source` is its first column."""
        with self._lock:
            call(lib.trm_puzzles_write, self._pointer, path_bytes(path), text_bytes("source", source))

    def __len__(self) -> int:
        with self._lock:
            return int(lib.trm_puzzles_count(self._pointer))

    @overload
    def __getitem__(self, index: int) -> Puzzle: ...

    @overload
    def __getitem__(self, index: slice) -> list[Puzzle]: ...

    def __getitem__(self, index: int | slice) -> Puzzle | list[Puzzle]:
        places = range(len(self))
        if isinstance(index, slice):
            return [self._get(place) for place in places[index]]
        return self._get(places[index])

    def __iter__(self) -> Iterator[Puzzle]:
        return (self._get(place) for place in range(len(self)))

    def __reduce__(self) -> Any:
        raise ArgumentError(
            "expected puzzles in a file, found a set: write() it, read() that in each process"
        )

    def __repr__(self) -> str:
        task = self.task
        return f"<trm.Puzzles: {len(self)} of {task.name} {task.grid_rows}x{task.grid_columns}>"

    def _get(self, index: int) -> Puzzle:
        question, rating = new("trm_questions"), ffi.new("uint32_t *")
        with self._lock:
            call(lib.trm_puzzles_question, self._pointer, index, question)
            cells = _cells(question, self.task)
            text = ffi.new("char[]", 2 * cells)
            call(lib.trm_puzzles_get, self._pointer, index, text, text + cells, rating)
            brought = brought_by(question, cells, self._describe().features)
        both = bytes(ffi.buffer(text)).decode("latin-1")
        return Puzzle(both[:cells], both[cells:], int(rating[0]), brought)

    def _describe(self) -> Task:
        task = new("trm_task")
        call(lib.trm_puzzles_describe, self._pointer, task)
        name, alphabet = (ffi.string(text).decode("latin-1") for text in (task.name, task.alphabet))
        boxes = (task.box_rows, task.box_columns)
        rules = None if task.rules == ffi.NULL else ffi.string(task.rules).decode()
        grid = (task.grid_rows, task.grid_columns)
        return Task(name, *grid, *boxes, alphabet, task.alphabet_first, task.features, rules)

    def _check_open(self) -> None:
        if self._learnt_from:
            raise ArgumentError(
                "expected a set that nobody learns from, found one that a trainer was made with"
            )

    def lend(self) -> Any:
        """The set for a trainer, which relies on its staying as it is."""
        with self._lock:
            self._learnt_from = True
        return self._pointer


def generate(
    task: str | None,
    count: int,
    *,
    seed: int = 0,
    grid: Pair = None,
    boxes: Pair = None,
    givens: Range = None,
    walls: Range = None,
    rules: str | None = None,
    sizes: Range = None,
) -> Puzzles:
    """Makes up puzzles, as `trm generate` does: `trm.generate("sudoku", 1000, boxes="2x3", seed=7)`, or
    `trm.generate(None, 1000, rules=text, sizes=(4, 5))` of a task that a text describes (doc/rules.md)."""
    empty = Puzzles(task, grid=grid, boxes=boxes, rules=rules)
    return empty.generate(count, seed=seed, givens=givens, walls=walls, sizes=sizes)


def whole(name: str, value: int) -> int:
    """A whole number of 64 bits."""
    try:
        number = operator.index(value)
    except TypeError:
        number = -1
    if not 0 <= number < 2**64:
        raise ArgumentError(f"{name}: expected a whole number from 0, found {value!r}")
    return number


def _puzzle_of(index: int, given: Any) -> Puzzle:
    """One of those that are added: texts that a line can hold, and a rating."""
    if isinstance(given, (str, bytes)) or not 2 <= len(given) <= len(Puzzle._fields):
        raise PuzzleError(f"puzzle {index}: expected a question and an answer, found {given!r}")
    one = Puzzle(*given)
    return one._replace(
        question=_line_text(index, "question", one.question),
        answer=_line_text(index, "answer", one.answer),
        rating=_rating(index, one.rating),
    )


def _line_text(index: int, what: str, given: Any) -> str:
    text = text_of(given)
    if not isinstance(text, str):
        raise PuzzleError(f"puzzle {index} ({what}): expected text, found {given!r}")
    wrong = next(
        (at for at, character in enumerate(text) if character in ",\n\r" or ord(character) > 255), None
    )
    if wrong is not None:
        raise PuzzleError(f"puzzle {index} ({what}): character {wrong + 1}: no alphabet has {text[wrong]!r}")
    return text


def _rating(index: int, given: Any) -> int:
    """A whole number, also where a column of such has become one of floats."""
    try:
        number = int(given) if float(given).is_integer() else -1
    except (TypeError, ValueError, OverflowError):
        number = -1
    if not 0 <= number < 2**32:
        raise PuzzleError(f"puzzle {index} (rating): expected a whole number from 0, found {given!r}")
    return number


def _without_file(sentence: str, path: str, first: int) -> str:
    """What is wrong with a puzzle, in a file that nobody has seen; `first` is the line of the first one."""
    rest = sentence[len(path) + 2 :] if sentence.startswith(f"{path}: ") else sentence
    line = re.match(r"line (\d+)(, column \d+)?", rest)
    return f"puzzle {int(line[1]) - first}{rest[line.end():]}" if line is not None else rest


def _cells(question: Any, task: Task) -> int:
    """Of a puzzle: its own, or as many as all of the set have."""
    if question.shape_count > 0:
        shape = question.shapes[0]
        own = shape.rows * shape.columns or shape.positions
        if own > 0:
            return int(own)
    return task.grid_rows * task.grid_columns


def brought_by(question: Any, cells: int, features: int) -> "dict[str, Any] | None":
    """What a puzzle brings, as plain values."""
    if question.shape_count == 0:
        return None
    shape = question.shapes[0]
    brought: dict[str, Any] = {}
    for key in ("fields", "rows", "columns"):
        if getattr(shape, key) > 0:
            brought[key] = int(getattr(shape, key))
    if shape.box_rows > 0:
        brought["box"] = [int(shape.box_rows), int(shape.box_columns)]
    relations = {}
    for n in range(question.relation_count):
        one = question.relations[n]
        first = ffi.unpack(one.first, one.lists + 1)
        heard = ffi.unpack(one.heard, first[-1]) if first[-1] > 0 else []
        relations[ffi.string(one.name).decode()] = [heard[a:b] for a, b in zip(first, first[1:])]
    if relations:
        brought["relations"] = relations
    if shape.helpers > 0:
        brought["helpers"] = ffi.unpack(question.helper_tokens, shape.helpers)
    if features > 0:
        flat = ffi.unpack(question.features, (cells + shape.helpers) * features)
        brought["features"] = [flat[n : n + features] for n in range(0, len(flat), features)]
    return brought


def _json_line(puzzle: Puzzle) -> str:
    """Question and answer byte by byte: the reader of lists takes an escape beyond ASCII for UTF-8."""
    texts = {"question": puzzle.question, "answer": puzzle.answer}
    brought = dict(puzzle.brought or {})
    if isinstance(brought.get("relations"), Mapping):
        brought["relations"] = {name: _sorted(lists) for name, lists in brought["relations"].items()}
    rest = json.dumps({"rating": puzzle.rating, **brought})
    return f"{json.dumps(texts, ensure_ascii=False)[:-1]}, {rest[1:]}\n"


def _sorted(lists: Any) -> Any:
    """Lists as those in files are: in order, each number once. What is none is left for the reader to refuse."""
    try:
        return [sorted({operator.index(one) for one in each}) for each in lists]
    except TypeError:
        return lists


def _csv_line(puzzle: Puzzle) -> str:
    return f"given,{puzzle.question},{puzzle.answer},{puzzle.rating}\n"
