"""How often a model is right on puzzles with answers."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NamedTuple

import numpy as np

from ._library import lib
from .answers import Answers
from .errors import PuzzleError
from .model import Model
from .sizes import ShapeLike, Size, Sizes
from .tables import Columns, Row, Table, read_rows

_CHUNK = 256  # puzzles solved at a time


@dataclass
class Score:
    """Counts of one source, or of all."""

    puzzles: int = 0
    exact_puzzles: int = 0
    cells: int = 0
    right_cells: int = 0
    steps: int = 0

    @property
    def exact(self) -> float:
        """The share of puzzles with all cells right."""
        return self.exact_puzzles / max(1, self.puzzles)

    @property
    def cell(self) -> float:
        """The share of cells that are right."""
        return self.right_cells / max(1, self.cells)

    @property
    def mean_steps(self) -> float:
        """Supervision steps of a puzzle."""
        return self.steps / max(1, self.puzzles)

    def add(self, right: Any, steps: Any) -> None:
        """Puzzles x cells that are right or not, and the steps of each puzzle."""
        self.puzzles += len(right)
        self.exact_puzzles += int(right.all(axis=1).sum())
        self.cells += right.size
        self.right_cells += int(right.sum())
        self.steps += int(steps.sum())


@dataclass
class Evaluation:
    """The scores of all puzzles and of each source, and the seconds that solving took."""

    total: Score = field(default_factory=Score)
    sources: dict[str, Score] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def puzzles_per_second(self) -> float:
        """How fast it was."""
        return self.total.puzzles / max(1e-9, self.seconds)

    def as_dictionary(self) -> dict[str, float]:
        """What `trm eval --json` says."""
        total = self.total
        return {
            "puzzles": total.puzzles,
            "exact": total.exact,
            "cell": total.cell,
            "mean_steps": total.mean_steps,
            "puzzles_per_second": self.puzzles_per_second,
        }

    def __str__(self) -> str:
        lines = [f"{'source':32} {'puzzles':>9} {'exact':>10} {'cells':>10} {'mean steps':>11}"]
        named = [*self.sources.items()] if len(self.sources) > 1 else []
        for name, score in [*named, ("all", self.total)]:
            shares = f"{100 * score.exact:8.2f} % {100 * score.cell:8.2f} %"
            lines.append(f"{name:32} {score.puzzles:9} {shares} {score.mean_steps:11.2f}")
        return "\n".join([*lines, f"{self.puzzles_per_second:.1f} puzzles a second"])


def evaluate(
    model: Model,
    data: Table,
    *,
    limit: int | None = None,
    question: str | None = None,
    answer: str | None = None,
    **options: Any,
) -> Evaluation:
    """Solves the questions of a list (doc/lists.md), Puzzles or a data frame, and compares with the answers.

    An answer other than the list's is right, too, when the rules of the model's task say so, as in `trm eval`.
    The questions may have several sizes, where the model takes them, and bring relations, helpers and
    features. `limit` takes the first puzzles alone; `question` and `answer` name the columns of a table,
    where these are not the usual ones; other keywords are those of Model.solve().
    """
    rows = read_rows(data, model.info, Columns(question, answer))
    return measure(model, islice(rows, limit), options)


def measure(model: Model, given: Iterator[Row], options: dict[str, Any], by_rules: bool = True) -> Evaluation:
    """The rows solved and compared. Without `by_rules` the rules are asked about those alone that bring something, as
    `trm train` validates."""
    evaluation = Evaluation()
    for rows in _chunks(given):
        for group, part in _by_size(model, rows, options.get("shape")).items():
            size = group.size
            shape = size[:2] if size.is_grid else size.positions
            questions = np.stack([_encoded(model, row, "question", shape) for row in part])
            expected = np.stack([_encoded(model, row, "answer", shape) for row in part])
            begin = time.perf_counter()
            answers = model.solve(tokens=questions, **{**options, **_brought(group, part), "shape": shape})
            evaluation.seconds += time.perf_counter() - begin
            asked = np.array([by_rules or row.brought is not None for row in part])
            verified = asked & (answers.verdicts == lib.TRM_VERDICT_VERIFIED)
            right = (answers.tokens == expected) | verified[:, None]
            _add(evaluation, [row.source for row in part], answers, right)
    if evaluation.total.puzzles == 0:
        raise PuzzleError("expected puzzles to solve, found none")
    return evaluation


def _chunks(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while chunk := list(islice(rows, _CHUNK)):
        yield chunk


class _Group(NamedTuple):
    """What rows that can be solved in one call have in common."""

    size: Size
    boxes: "tuple[int, ...] | None" = None
    fields: "int | None" = None
    relations: "tuple[str, ...]" = ()
    helpers: int = 0
    features: bool = False


def _group_of(size: Size, brought: "dict[str, Any] | None") -> _Group:
    if brought is None:
        return _Group(size)
    boxes = tuple(brought["box"]) if "box" in brought else None
    names, helpers = tuple(brought.get("relations", ())), len(brought.get("helpers", ()))
    return _Group(size, boxes, brought.get("fields"), names, helpers, "features" in brought)


def _by_size(model: Model, rows: list[Row], shape: ShapeLike) -> dict[_Group, list[Row]]:
    """Rows whose questions can be solved in one call."""
    sizes, groups = Sizes(model.info, shape), dict[_Group, list[Row]]()
    for row in rows:
        try:
            own = sizes if shape is not None or row.grid is None else Sizes(model.info, row.grid)
            size = own.of_text(row.cells, "")
        except PuzzleError as error:
            raise PuzzleError(f"{row.where} (question): {error}") from None
        groups.setdefault(_group_of(size, row.brought), []).append(row)
    return groups


def _brought(group: _Group, rows: list[Row]) -> dict[str, Any]:
    """What rows bring, as Model.solve() takes it."""
    said: dict[str, Any] = {"boxes": group.boxes, "fields": group.fields}
    brought: Any = [row.brought for row in rows]
    if group.relations:
        said["relations"] = {name: [one["relations"][name] for one in brought] for name in group.relations}
    if group.helpers > 0:
        said["helpers"] = np.array([one["helpers"] for one in brought], np.int32)
    if group.features:
        said["features"] = np.array([one["features"] for one in brought], np.float32)
    return {name: value for name, value in said.items() if value is not None}


def _encoded(model: Model, row: Row, column: str, shape: ShapeLike) -> Any:
    numbers = row.numbers.get(column)
    if column == "answer" and not row.answer and numbers is None:
        raise PuzzleError(f"{row.where}: expected an answer with the question, found none")
    try:
        if numbers is not None:
            return _tokens_of(model, numbers, shape)
        return model.encode(getattr(row, column), shape=shape)
    except PuzzleError as error:
        raise PuzzleError(f"{row.where} ({column}): {error}") from None


def _tokens_of(model: Model, numbers: list[int], shape: ShapeLike) -> Any:
    """Numbers of JSON lines: 0 for a blank and v for the v-th value, where the task has these; else tokens."""
    info, array = model.info, np.array(numbers, np.int32)
    cells = int(np.prod(np.array(shape)))
    if len(array) != cells:
        raise PuzzleError(f"expected {cells} numbers, found {len(array)}")
    values = info.values > 0 and info.blank < info.vocabulary
    most = info.values if values else info.vocabulary - 1
    wrong = array[(array < 0) | (array > most)]
    if len(wrong) > 0:
        raise PuzzleError(f"expected numbers from 0 to {most}, found {wrong[0]}")
    return (
        np.where(array == 0, info.blank, info.first_value + array - 1).astype(np.int32) if values else array
    )


def _add(evaluation: Evaluation, sources: list[str], answers: Answers, right: Any) -> None:
    evaluation.total.add(right, answers.steps)
    for name in dict.fromkeys(sources):
        mine = np.array([source == name for source in sources])
        evaluation.sources.setdefault(name, Score()).add(right[mine], answers.steps[mine])
