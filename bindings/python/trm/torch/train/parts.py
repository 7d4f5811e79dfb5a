"""The puzzles of one shape on their way: as slots.py for models of one shape, for relational ones.

Each slot holds a puzzle, with its state, until a rule has another take its place.
"""

from __future__ import annotations

import torch
from torch import Tensor

from ..model import State
from ..relational import Questions, RelationalModel
from ..shape import Shape
from .losses import NOT_COUNTED
from .settings import Settings
from .slots import STEPS_OF_A_SEED
from .sources import Source

SEEDS_OF_A_STEP = 1009
TURNS = 8  # of a square: four, each of them mirrored or not


def turn(puzzles: Tensor, shape: Shape, turns: Tensor) -> Tensor:
    """B x S puzzles on a grid, each turned by its own number: 1 transposes, 2 and 4 reverse rows and columns."""
    rows, columns = shape.rows, shape.columns
    places = torch.arange(shape.positions, device=puzzles.device).view(rows, columns)
    row = places // columns
    column = places % columns
    r, c = row.expand(len(turns), -1, -1), column.expand(len(turns), -1, -1)
    down, across = (turns & 2 > 0)[:, None, None], (turns & 4 > 0)[:, None, None]
    r, c = torch.where(down, rows - 1 - r, r), torch.where(across, columns - 1 - c, c)
    swapped = (turns & 1 > 0)[:, None, None]
    r, c = torch.where(swapped, c, r), torch.where(swapped, r, c)
    return puzzles.gather(1, (r * columns + c).flatten(1))


class Part:
    """`count` slots for puzzles of one shape, of which a process has its share."""

    def __init__(
        self,
        model: RelationalModel,
        shape: Shape,
        source: Source,
        count: int,
        settings: Settings,
        share: slice,
        number: int,
        turns: tuple[int, ...] = (0,),
    ) -> None:
        self.model, self.shape, self.source, self.settings = model, shape, source, settings
        self.count, self.share, self.number = count, share, number
        self.generator = torch.Generator(model.device)
        self.turns = torch.tensor(turns, device=model.device)
        mine = share.stop - share.start
        empty = torch.zeros(mine, shape.positions, dtype=torch.long, device=model.device)
        self.rows = torch.zeros(mine, dtype=torch.long, device=model.device)
        self.questions: Questions = source.ask(model, empty, shape, self.rows)
        self.labels = empty.clone()
        self.state = State(*(part.clone() for part in model.begin(self.questions)))
        self.steps = torch.zeros(mine, dtype=torch.long, device=model.device)
        self.least = torch.zeros_like(self.steps)
        self.clear()

    def clear(self) -> None:
        """Every puzzle gives way to another."""
        self.empty = torch.ones_like(self.steps, dtype=torch.bool)
        self.staggers = self.settings.stagger

    def _chance(self, probability: float) -> Tensor:
        drawn = torch.rand(self.count, generator=self.generator, device=self.generator.device)
        return drawn < probability

    def _below(self, end: int, begin: int = 0) -> Tensor:
        shape = (self.count,)
        return torch.randint(begin, end, shape, generator=self.generator, device=self.generator.device)

    def _spoil(self, questions: Tensor, answers: Tensor) -> tuple[Tensor, Tensor]:
        """Some with a given that is wrong, and nothing to learn from it but that it is not right."""
        c = self.model.configuration
        spoilt = self._chance(self.settings.wrong_givens) & (questions >= c.first_value).any(1)
        weights = (questions >= c.first_value).float() + 1e-9
        cell = torch.multinomial(weights, 1, generator=self.generator)
        old = questions.gather(1, cell) - c.first_value
        other = (old + self._below(max(2, self.shape.fields), 1)[:, None]) % self.shape.fields
        wrong = questions.scatter(1, cell, other + c.first_value)
        mask = spoilt[:, None]
        return torch.where(mask, wrong, questions), torch.where(mask, NOT_COUNTED, answers)

    def _draw(self, use: int) -> tuple[Tensor, ...]:
        """For the whole batch: questions, answers, their numbers, the least steps, those at the beginning."""
        s = self.settings
        questions, answers, rows = self.source.draw(self.count, use, self.generator)
        if len(self.turns) > 1:
            turns = self.turns[self._below(len(self.turns))]
            questions, answers = (turn(side, self.shape, turns) for side in (questions, answers))
        if s.wrong_givens > 0 and self.model.configuration.fields > 1:
            questions, answers = self._spoil(questions, answers)
        explores = self._chance(s.exploration)
        least = self._below(max(s.maximum_steps, 2) + 1, 2)
        begun = self._below(s.maximum_steps)
        return questions, answers, rows, torch.where(explores, least, torch.ones_like(least)), begun

    def _noise(self) -> Tensor:
        """First thoughts of the share."""
        c = self.model.configuration
        z = self.model.z0.expand(self.count, self.shape.nodes, -1)
        if c.start_noise > 0:
            device = self.generator.device
            z = z + c.start_noise * torch.randn(z.shape, generator=self.generator, device=device)
        return z[self.share].to(self.model.compute)

    def fill(self, step: int, use: int) -> None:
        """Puts new puzzles where there are none."""
        seed = (self.settings.seed * STEPS_OF_A_SEED + step) * SEEDS_OF_A_STEP + self.number
        self.generator.manual_seed(seed % (1 << 63))
        questions, answers, rows, least, begun = (drawn[self.share] for drawn in self._draw(use))
        new, mask = self.empty, self.empty[:, None]
        self.rows = torch.where(new, rows, self.rows)
        self.source.bring(self.questions, self.rows)
        self.questions.tokens = torch.where(mask, questions, self.questions.tokens)
        self.labels = torch.where(mask, answers, self.labels)
        self.least = torch.where(new, least, self.least)
        first = begun if self.staggers else torch.zeros_like(begun)
        self.steps = torch.where(new, first, self.steps)
        y = self.model.y0.to(self.model.compute)
        self.state = State(
            torch.where(mask[..., None], y, self.state.y),
            torch.where(mask[..., None], self._noise(), self.state.z),
        )
        self.staggers = False

    @property
    def spoilt(self) -> Tensor:
        """Puzzles that no answer is right for."""
        return (self.labels == NOT_COUNTED).all(1)

    def advance(self, state: State, halt: Tensor, exact: Tensor) -> Tensor:
        """Takes a step's states; tells which puzzles are over."""
        s = self.settings
        self.state = State(*(part.detach() for part in state))
        self.steps = self.steps + 1
        if s.replacement == "right":
            goes = exact & self._chance(s.replacement_share)[self.share]
        else:
            goes = (halt > 0) & (self.steps >= self.least)
        self.empty = goes | (self.steps >= s.maximum_steps)
        return self.empty
