"""What a relational run learns from, and in which order: the parts of its batches."""

from __future__ import annotations

import zlib
from pathlib import PurePath
from typing import NamedTuple, Sequence

import torch
from torch import Tensor

from ..relational import Questions, RelationalModel
from ..shape import Shape, grid
from .brought import Brought, Judge, Sheet, sort_sheets
from .losses import NOT_COUNTED
from .maps import Recipe, right_ways
from .parts import TURNS, Part
from .processes import Team
from .puzzles import Puzzles
from .settings import Settings, SettingsError
from .sources import Files, Maps, Source, read_items, read_sets

LEAST_OF_A_BATCH = 4  # puzzles, where batches have one size each
EXAM_SEED = 1 << 40


class Lesson(NamedTuple):
    """Puzzles of one shape, and their share."""

    shape: Shape
    source: Source
    share: float
    turns: tuple[int, ...]


class Exam(NamedTuple):
    """What is never learnt from; int64 or uint8, and NOT_COUNTED where there is no answer."""

    shape: Shape
    puzzles: Puzzles
    brings: Brought | None = None
    ways: bool = False  # shortest ways on maps, of which there may be several

    def ask(self, model: RelationalModel, rows: Tensor) -> Questions:
        """These of them."""
        tokens = self.puzzles.questions[rows.to(self.puzzles.questions.device)].long()
        if self.brings is None:
            return model.ask(tokens, shape=self.shape)
        return self.brings.ask(model, tokens, self.shape, rows.to(tokens.device))

    def right(self, rows: Tensor, tokens: Tensor) -> tuple[Tensor, Tensor]:
        """Which answers are right, and the share of each that is; B."""
        answers = self.puzzles.answers[rows.to(self.puzzles.answers.device)].to(tokens.device)
        counted = answers != NOT_COUNTED
        hits, whole = ((tokens == answers) & counted).sum(1), counted.sum(1)
        right = hits == whole if self.brings is None else self.brings.right(rows, tokens, hits == whole)
        if self.ways:
            right = right | self._shortest(rows, tokens)
        return right, torch.where(right, whole, hits) / whole

    def _shortest(self, rows: Tensor, tokens: Tensor) -> Tensor:
        questions = self.puzzles.questions[rows.to(self.puzzles.questions.device)].cpu().numpy()
        size = self.shape.rows, self.shape.columns
        return torch.from_numpy(right_ways(size, questions, tokens.cpu().numpy())).to(tokens.device)


class Material(NamedTuple):
    """All that is there."""

    lessons: list[Lesson]
    exams: list[Exam]
    summary: str

    def checksum(self) -> int:
        """By which a run knows its puzzles again."""
        whole = 0
        for lesson in self.lessons:
            whole = zlib.crc32(f"{lesson.shape} {lesson.share} {lesson.source.checksum()}".encode(), whole)
        return whole


def _turns(task: str, shape: Shape, symmetries: bool) -> tuple[int, ...]:
    """Of puzzles from files. Rows, columns and values of a Sudoku are alike to a relational model already."""
    if not symmetries:
        return (0,)
    if task == "sudoku":
        return (0, 1) if shape.box_rows == shape.box_columns else (0,)
    return tuple(range(TURNS)) if shape.rows == shape.columns else (0, 2, 4, 6)


def _from_files(settings: Settings, device: torch.device) -> Material:
    """Of each file the last puzzles are kept for the exam."""
    sets: dict[Shape, list[tuple[float, Puzzles]]] = {}
    exams, said = [], []
    for item in read_items(settings.data, settings.folder):
        found = read_sets(item, settings.task)
        whole = sum(len(puzzles) for puzzles in found.values())
        for shape, puzzles in found.items():
            kept = len(puzzles) - min(settings.validation_puzzles, len(puzzles) // 2)
            if kept < len(puzzles):
                exams.append(Exam(shape, puzzles[kept:], ways=settings.task == "path"))
            share = item.share * len(puzzles) / whole
            sets.setdefault(shape, []).append((share, puzzles[:kept]))
        said.append(f"{PurePath(item.path).name} {item.source}".strip() + f": {whole} puzzles")
    lessons = [
        Lesson(
            shape,
            Files(some, device),
            sum(share for share, _ in some),
            _turns(settings.task, shape, settings.symmetries),
        )
        for shape, some in sets.items()
    ]
    return Material(lessons, exams, ", ".join(said))


def _sizes(text: str) -> list[tuple[int, int]]:
    try:
        pairs = [tuple(map(int, word.strip().split("x"))) for word in text.split(",") if word.strip()]
        return [(rows, columns) for rows, columns in pairs if min(rows, columns) >= 2]
    except ValueError:
        raise SettingsError(f"--grids: expected sizes such as 8x8,10x12, found {text!r}") from None


def _made(settings: Settings, device: torch.device) -> Material:
    """Grids that are made up."""
    s, lessons, exams = settings, [], []
    sizes = _sizes(s.grids)
    for rows, columns in sizes:
        shape, count = grid(rows, columns), _count(s, rows * columns)
        recipe = Recipe(rows, columns, s.seed, s.open_maps, s.unreachable)
        source = Maps(recipe, 4 * count, s.fresh * count, device)
        lessons.append(Lesson(shape, source, s.made / len(sizes), (0,)))
    for rows, columns in sizes[:: max(1, len(sizes) // 4)] if s.validation_puzzles else []:
        recipe = Recipe(rows, columns, s.seed + EXAM_SEED, s.open_maps, s.unreachable)
        sides = zip(*(recipe.make(number) for number in range(min(50, s.validation_puzzles))))
        questions, answers = (torch.stack([torch.from_numpy(one) for one in side]) for side in sides)
        exams.append(Exam(grid(rows, columns), Puzzles(questions, answers), ways=True))
    return Material(lessons, exams, f"made up: {s.grids}" if sizes else "")


def collect(settings: Settings, device: torch.device) -> Material:
    """From files and made up."""
    if settings.task != "path" and settings.grids:
        raise SettingsError("--grids: only paths are made up")
    files, made = _from_files(settings, device), _made(settings, device)
    lessons = [*files.lessons, *made.lessons]
    if not lessons:
        raise SettingsError("--data is missing")
    summary = "; ".join(said for said in (files.summary, made.summary) if said)
    return Material(lessons, [*files.exams, *made.exams], summary)


class Sheets(NamedTuple):
    """Puzzles that bring something, and what the rules say of them."""

    sheets: Sequence[Sheet]
    rules: Judge


def collect_sheets(model: RelationalModel, lessons: Sheets, exams: Sheets, summary: str) -> Material:
    """From puzzles that bring something."""
    sets = sort_sheets(model, *lessons)
    measured = [
        Exam(one.shape, Puzzles(one.questions, one.answers), one) for one in sort_sheets(model, *exams)
    ]
    return Material([Lesson(one.shape, one, len(one), (0,)) for one in sets], measured, summary)


def _count(settings: Settings, positions: int) -> int:
    """Puzzles of a batch that has one size."""
    return max(LEAST_OF_A_BATCH, round(settings.cells / positions))


class Course:
    """Parts, and which of them a step learns from: all of them, or one after the other."""

    def __init__(self, model: RelationalModel, material: Material, settings: Settings, team: Team) -> None:
        self.settings, self.team, self.model = settings, team, model
        self.mixed = settings.batches == "mixed"
        self.parts: list[Part] = []
        self.order: list[int] = []
        whole = sum(lesson.share for lesson in material.lessons)
        for lesson in material.lessons:
            share = lesson.share / whole
            for _ in range(1 if self.mixed else max(1, round(share * settings.rounds))):
                self._add(lesson, share)

    def _add(self, lesson: Lesson, share: float) -> None:
        count = (
            round(share * self.settings.batch)
            if self.mixed
            else _count(self.settings, lesson.shape.positions)
        )
        processes = self.team.count
        count = max(1, round(count / processes)) * processes
        number = len(self.parts)
        part = Part(
            self.model,
            lesson.shape,
            lesson.source,
            count,
            self.settings,
            self.team.share(count),
            number,
            lesson.turns,
        )
        self.parts.append(part)

    def at(self, step: int) -> list[tuple[Part, int]]:
        """The parts of a step, and how often each has been learnt from before."""
        if self.mixed:
            return [(part, step) for part in self.parts]
        # Neighbours in the list are alike: a stride that has no factor in common with its length mixes them.
        count = len(self.parts)
        return [(self.parts[step * self._stride(count) % count], step // count)]

    @staticmethod
    def _stride(count: int) -> int:
        stride = max(1, round(0.618 * count))
        while any(count % factor == stride % factor == 0 for factor in range(2, stride + 1)):
            stride += 1
        return stride

    def batch_of(self, shape: Shape) -> int:
        """Puzzles of this shape that a process learns from at once."""
        counts = (part.share.stop - part.share.start for part in self.parts if part.shape == shape)
        return next(counts, max(1, self.settings.batch // self.team.count))

    def clear(self) -> None:
        """Every puzzle gives way to another."""
        for part in self.parts:
            part.clear()
