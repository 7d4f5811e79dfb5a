"""Accuracy on puzzles that are never learnt from."""

from __future__ import annotations

import time
from typing import NamedTuple

import torch

from ..model import Model
from ..relational import RelationalModel
from ..solve import solve
from ..task import Task
from .course import Course, Exam
from .maps import right_ways
from .processes import Team
from .puzzles import Puzzles


class Score(NamedTuple):
    """Of the averaged weights, each puzzle solved until the model halts."""

    puzzles: int
    exact: float  # share of the puzzles
    cell: float  # share of the cells
    mean_steps: float
    seconds: float


def right_cells(task: Task, puzzles: Puzzles, rows: torch.Tensor, tokens: torch.Tensor) -> torch.Tensor:
    """Of these puzzles; all cells of a shortest way, whichever the list has."""
    right = tokens == puzzles.answers[rows].to(tokens.device)
    if task.name == "path":  # its alphabet begins with a token without a character
        questions, said = puzzles.questions[rows].long().cpu().numpy() - 1, tokens.cpu().numpy() - 1
        ways = torch.from_numpy(right_ways((task.rows, task.columns), questions, said))
        right = right | ways.to(right.device)[:, None]
    return right.double()


def validate(model: Model, task: Task, puzzles: Puzzles, batch: int, team: Team) -> Score:
    """Each process solves its share, in batches of one size, so that a compiled model need not be compiled
    again."""
    begin = time.monotonic()
    sums = torch.zeros(3, dtype=torch.float64, device=model.device)
    mine = torch.arange(team.rank, len(puzzles), team.count)
    for part in mine.split(batch):
        filled = part.repeat(-(-batch // len(part)))[:batch]
        answers = solve(model, puzzles.questions[filled].long())
        right = right_cells(task, puzzles, part, answers.tokens[: len(part)])
        sums[0] += right.prod(1).sum()
        sums[1] += right.mean(1).sum()
        sums[2] += answers.steps[: len(part)].sum()
    team.sum([sums])
    exact, cell, steps = (sums / len(puzzles)).tolist()
    return Score(len(puzzles), exact, cell, steps, time.monotonic() - begin)


def validate_shapes(model: RelationalModel, exams: list[Exam], course: Course, team: Team) -> Score:
    """The same of puzzles of several shapes, each in batches as they are learnt from."""
    begin, sums, count = time.monotonic(), torch.zeros(3, dtype=torch.float64, device=model.device), 0
    for exam in exams:
        mine = torch.arange(team.rank, len(exam.puzzles), team.count)
        batch = course.batch_of(exam.shape)
        for part in mine.split(batch):
            filled = part.repeat(-(-batch // len(part)))[:batch]
            answers = solve(model, exam.ask(model, filled), seed=0)
            exact, cells = exam.right(part, answers.tokens[: len(part)])
            sums += torch.stack([one.double().sum() for one in (exact, cells, answers.steps[: len(part)])])
        count += len(exam.puzzles)
    team.sum([sums])
    exact_of_all, cell, steps = (sums / count).tolist()
    return Score(count, exact_of_all, cell, steps, time.monotonic() - begin)
