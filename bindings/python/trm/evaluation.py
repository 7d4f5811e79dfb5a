"""How often a model is right on puzzles with answers."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import numpy as np

from .answers import Answers
from .errors import PuzzleError
from .model import Model
from .sizes import ShapeLike, Size, Sizes
from .tables import Row, Table, read_rows

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


def evaluate(model: Model, data: Table, *, limit: int | None = None, **options: Any) -> Evaluation:
    """Solves the questions of a CSV file, Puzzles or a data frame, and compares with their answers.

    The questions may have several sizes, where the model takes them. `limit` takes the first puzzles alone;
    other keywords are those of Model.solve().
    """
    evaluation = Evaluation()
    for rows in _chunks(islice(read_rows(data, model.info), limit)):
        for size, part in _by_size(model, rows, options.get("shape")).items():
            shape = size[:2] if size.is_grid else size.positions
            questions = np.stack([_encoded(model, row, "question", shape) for row in part])
            expected = np.stack([_encoded(model, row, "answer", shape) for row in part])
            begin = time.perf_counter()
            answers = model.solve(tokens=questions, **{**options, "shape": shape})
            evaluation.seconds += time.perf_counter() - begin
            _add(evaluation, [row.source for row in part], answers, expected)
    if evaluation.total.puzzles == 0:
        raise PuzzleError("expected puzzles to solve, found none")
    return evaluation


def _chunks(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while chunk := list(islice(rows, _CHUNK)):
        yield chunk


def _by_size(model: Model, rows: list[Row], shape: ShapeLike) -> dict[Size, list[Row]]:
    """Rows whose questions can be solved in one call."""
    sizes, groups = Sizes(model.info, shape), dict[Size, list[Row]]()
    for row in rows:
        try:
            groups.setdefault(sizes.of_text(len(row.question), ""), []).append(row)
        except PuzzleError as error:
            raise PuzzleError(f"{row.where} (question): {error}") from None
    return groups


def _encoded(model: Model, row: Row, column: str, shape: ShapeLike) -> Any:
    try:
        return model.encode(getattr(row, column), shape=shape)
    except PuzzleError as error:
        raise PuzzleError(f"{row.where} ({column}): {error}") from None


def _add(evaluation: Evaluation, sources: list[str], answers: Answers, expected: Any) -> None:
    right = answers.tokens == expected
    evaluation.total.add(right, answers.steps)
    for name in dict.fromkeys(sources):
        mine = np.array([source == name for source in sources])
        evaluation.sources.setdefault(name, Score()).add(right[mine], answers.steps[mine])
