"""Puzzles that bring something along, such as the edges of a graph, and are of many sizes: filled up to
shapes that several have in common, so that a batch has one."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace
from typing import Any, Protocol, Sequence

import numpy as np
import torch
from torch import Tensor

from ..given import check_lists, elements_of
from ..relational import Questions, RelationalModel
from ..relations import Relation
from ..shape import Shape
from ..tables import Lists
from .losses import NOT_COUNTED


@dataclass(frozen=True)
class Sheet:
    """A puzzle with all that it brings."""

    number: int  # in the set that it is from
    shape: Shape
    question: np.ndarray  # S tokens of the model
    answer: np.ndarray
    relations: dict[str, Any]  # by name, as trm_relation has them
    helpers: np.ndarray


def _counts_and_heard(level: str, own: Shape, to: Shape, lists: Any) -> tuple[np.ndarray, np.ndarray]:
    """How long each list is, and who is heard, once nodes were added that hear nobody."""
    first, heard = lists
    counts = np.diff(first)
    if level == "fields":
        return counts, heard
    beside = own.fields if level == "nodes" else 1
    answering, more = own.positions * beside, (to.positions - own.positions) * beside
    helpers = to.helpers - own.helpers if level == "nodes" else 0
    nobody = (np.zeros(count, counts.dtype) for count in (more, helpers))
    parts = (counts[:answering], next(nobody), counts[answering:], next(nobody))
    return np.concatenate(parts), np.where(heard >= answering, heard + more, heard)


class Ragged:
    """The lists of a relation: of each puzzle those of all elements, one behind the other."""

    def __init__(self, relation: Relation, shape: Shape, sheets: Sequence[Sheet]) -> None:
        self.level, self.shape, self.elements = relation.level, shape, elements_of(relation.level, shape)
        filled = [
            _counts_and_heard(relation.level, sheet.shape, shape, sheet.relations[relation.name])
            for sheet in sheets
        ]
        counts = np.concatenate([counts for counts, _ in filled]).astype(np.int64)
        first = np.concatenate([np.zeros(1, np.int64), counts.cumsum()])
        heard = np.concatenate([heard for _, heard in filled]).astype(np.int64)
        check_lists(relation, (first, heard), self.elements, len(sheets))
        self.sum = zlib.crc32(heard.tobytes(), zlib.crc32(first.tobytes()))
        self.most = max(1, int(counts.max(initial=0)))
        self.first = torch.from_numpy(first)
        self.heard = torch.from_numpy(np.append(heard, 0).astype(np.int32))

    def to(self, device: torch.device) -> None:
        self.first, self.heard = self.first.to(device), self.heard.to(device)

    def of(self, rows: Tensor) -> Lists:
        """Those of these puzzles."""
        elements = torch.arange(self.elements, device=rows.device)
        places = rows[:, None] * self.elements + elements
        begin = self.first[places]
        counts = self.first[places + 1] - begin
        nth = torch.arange(self.most, device=rows.device)
        at = torch.where(nth < counts[..., None], begin[..., None] + nth, len(self.heard) - 1)
        return Lists(self.level, self.shape, self.heard[at].long(), counts)


def _row_of(values: np.ndarray, width: int, filling: int) -> np.ndarray:
    return np.concatenate([values, np.full(width - len(values), filling)]).astype(np.int64)


def _matrix(rows: Sequence[np.ndarray], width: int, filling: int) -> Tensor:
    return torch.from_numpy(np.stack([_row_of(row, width, filling) for row in rows]))


class Judge(Protocol):
    """What the rules of a task say: nearest.Rules."""

    searches: bool

    def nearest(self, sheet: Sheet, logits: np.ndarray) -> np.ndarray | None: ...

    def has_several(self, sheet: Sheet) -> bool: ...

    def verify(self, sheet: Sheet, answer: np.ndarray) -> bool | None: ...


class Brought:
    """Puzzles of one shape, to which they are filled up: a source, and what a model is measured on."""

    def __init__(self, model: RelationalModel, shape: Shape, sheets: Sequence[Sheet], rules: Judge) -> None:
        self.shape, self.sheets, self.relations, self.rules = shape, list(sheets), model.relations, rules
        has_fields, first = model.configuration.fields > 1, model.configuration.first_value
        blank = first - 1 if has_fields else 0
        self.values = slice(first, first + shape.fields) if has_fields else slice(None)
        self.questions = _matrix([sheet.question for sheet in sheets], shape.positions, blank)
        self.answers = _matrix([sheet.answer for sheet in sheets], shape.positions, NOT_COUNTED)
        self.helpers = _matrix([sheet.helpers for sheet in sheets], shape.helpers, 0)
        self.counted = self.answers != NOT_COUNTED
        brought = {name for sheet in sheets for name in sheet.relations}
        self.lists = {r.name: Ragged(r, shape, sheets) for r in model.relations if r.name in brought}
        self._to(model.device)

    def _to(self, device: torch.device) -> None:
        for name in ("questions", "answers", "helpers", "counted"):
            setattr(self, name, getattr(self, name).to(device))
        for lists in self.lists.values():
            lists.to(device)

    def __len__(self) -> int:
        return len(self.sheets)

    def draw(self, count: int, use: int, generator: torch.Generator) -> tuple[Tensor, Tensor, Tensor]:
        rows = torch.randint(len(self), (count,), generator=generator, device=generator.device)
        return self.questions[rows], self.answers[rows], rows

    def ask(self, model: RelationalModel, tokens: Tensor, shape: Shape, rows: Tensor) -> Questions:
        nobody: dict[str, Any] = {
            name: ([0] * (lists.elements + 1), []) for name, lists in self.lists.items()
        }
        helpers = self.helpers[rows] if shape.helpers else None
        asked = model.ask(tokens, shape=shape, relations=nobody, helper_tokens=helpers)
        self.bring(asked, rows)
        return asked

    def bring(self, questions: Questions, rows: Tensor) -> None:
        own = {name: lists.of(rows) for name, lists in self.lists.items()}
        pairs = zip(self.relations, questions.tables)
        questions.tables = tuple(own.get(relation.name, table) for relation, table in pairs)
        questions.counted = self.counted[rows]
        if questions.helper_tokens is not None:
            questions.helper_tokens = self.helpers[rows]

    def labels(self, rows: Tensor, answers: Tensor, logits: Tensor) -> Tensor:
        """The set's answers, or where several are right those nearest to what the model says."""
        told = (answers != NOT_COUNTED).any(1).cpu().numpy() & self.rules.searches
        said_of_values = logits[..., self.values]  # of other tokens it is -infinity
        if not told.any() or not bool(torch.isfinite(said_of_values).all()):
            return answers
        labels, said = answers.cpu().numpy().copy(), logits.detach().float().cpu().numpy()
        for place, row in enumerate(rows.tolist()):
            sheet = self.sheets[row]
            positions = sheet.shape.positions
            if told[place] and self.rules.has_several(sheet):
                nearest = self.rules.nearest(sheet, said[place, :positions])
                labels[place, :positions] = labels[place, :positions] if nearest is None else nearest
        return torch.from_numpy(labels).to(answers.device)

    def right(self, rows: Tensor, tokens: Tensor, same: Tensor) -> Tensor:
        """Which answers the rules call right; where they say nothing, those that are the set's."""
        right, said = same.tolist(), tokens.cpu().numpy()
        for place, row in enumerate(rows.tolist()):
            sheet = self.sheets[row]
            verdict = self.rules.verify(sheet, said[place, : sheet.shape.positions])
            right[place] = right[place] if verdict is None else verdict
        return torch.tensor(right, device=tokens.device)

    def checksum(self) -> int:
        whole = sum(lists.sum for lists in self.lists.values())
        for part in (self.questions, self.answers, self.helpers):
            whole = zlib.crc32(part.cpu().numpy().tobytes(), whole & 0xFFFFFFFF)
        return whole


def _stretches(model: RelationalModel, shape: Shape) -> bool:
    """Whether positions can be added that nobody hears: in graphs, unless the shape says who hears whom."""
    own = (r for r in model.relations if r.source == "shape" and r.level == "positions")
    return shape.rows == 0 and next(own, None) is None


def sort_sheets(model: RelationalModel, sheets: Sequence[Sheet], rules: Judge) -> list[Brought]:
    """Puzzles by the shapes that they are filled up to: one for each grid and each number of values."""
    found: dict[tuple[Any, ...], list[Sheet]] = {}
    for sheet in sheets:
        stretches = _stretches(model, sheet.shape)
        alike = replace(sheet.shape, helpers=0, positions=1 if stretches else sheet.shape.positions)
        found.setdefault((alike, *sorted(sheet.relations)), []).append(sheet)
    together = []
    for some in found.values():
        positions = max(sheet.shape.positions for sheet in some)
        helpers = max(sheet.shape.helpers for sheet in some)
        shape = replace(some[0].shape, positions=positions, helpers=helpers)
        together.append(Brought(model, shape, some, rules))
    return together
