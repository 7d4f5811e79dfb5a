"""The puzzles on their way: each slot of the batch holds one, with its states, until it halts and another takes its place.

What is drawn at a step depends on the seed and the step alone, so that a run can be resumed and processes agree: each
draws for the whole batch and takes its share. Nothing here waits for the device.
"""

from __future__ import annotations

import torch
from torch import Tensor

from ..model import Model, State
from ..task import Task
from .puzzles import Puzzles
from .settings import Settings
from .symmetry import Symmetries

STEPS_OF_A_SEED = 1 << 32  # each step of a run has a seed of its own


def draw_starts(model: Model, states: int, seed: int) -> State:
    """K x 1 x D: the model's own first state, and further ones drawn."""
    generator = torch.Generator().manual_seed(seed)
    shape = (states - 1, model.configuration.channels)
    drawn = [torch.randn(shape, generator=generator).to(model.device) for _ in range(2)]
    y, z = (torch.cat((own[None], more))[:, None] for own, more in zip((model.H_init, model.L_init), drawn))
    return State(y.to(model.compute), z.to(model.compute))


class Slots:
    """`count` of them, the share of a process; their states are count x K x N x D."""

    def __init__(self, model: Model, task: Task, puzzles: Puzzles, settings: Settings, share: slice) -> None:
        self.settings, self.puzzles, self.share = settings, puzzles, share
        self.generator = torch.Generator(model.device)
        self.symmetries = Symmetries(task, self.generator)
        count, cells = share.stop - share.start, model.configuration.positions
        self.starts = draw_starts(model, settings.states, settings.seed)
        shape = (count, settings.states, model.configuration.rows, model.configuration.channels)
        self.state = State(*(torch.zeros(shape, dtype=model.compute, device=model.device) for _ in range(2)))
        self.tokens = torch.zeros(count, cells, dtype=torch.long, device=model.device)
        self.labels = torch.zeros_like(self.tokens)
        self.identifiers = torch.zeros(count, dtype=torch.long, device=model.device)  # files have none
        self.steps = torch.zeros(count, dtype=torch.long, device=model.device)
        self.least = torch.zeros_like(self.steps)
        self.empty = torch.ones(count, dtype=torch.bool, device=model.device)

    def clear(self) -> None:
        """Every puzzle gives way to another."""
        self.empty.fill_(True)

    def _draw(self) -> tuple[Tensor, Tensor, Tensor]:
        """For the whole batch: questions, answers, and the least steps before a puzzle may halt."""
        batch, s, device = self.settings.batch, self.settings, self.tokens.device
        chosen = torch.randint(len(self.puzzles), (batch,), generator=self.generator, device=device)
        questions, answers = self.puzzles.questions[chosen].long(), self.puzzles.answers[chosen].long()
        if s.symmetries:
            questions, answers = self.symmetries.apply(questions, answers)
        explores = torch.rand(batch, generator=self.generator, device=device) < s.exploration
        most = max(s.maximum_steps, 2)
        least = torch.randint(2, most + 1, (batch,), generator=self.generator, device=device)
        return questions, answers, torch.where(explores, least, torch.ones_like(least))

    def fill(self, step: int) -> None:
        """Puts new puzzles where there are none."""
        self.generator.manual_seed(self.settings.seed * STEPS_OF_A_SEED + step)
        questions, answers, least = (drawn[self.share] for drawn in self._draw())
        new = self.empty
        self.tokens = torch.where(new[:, None], questions, self.tokens)
        self.labels = torch.where(new[:, None], answers, self.labels)
        self.least = torch.where(new, least, self.least)
        self.steps = torch.where(new, torch.zeros_like(self.steps), self.steps)
        mask = new[:, None, None, None]
        self.state = State(*(torch.where(mask, start, old) for start, old in zip(self.starts, self.state)))

    def advance(self, state: State, halt: Tensor) -> Tensor:
        """Takes a step's states; tells which puzzles halted."""
        self.state = state
        self.steps = self.steps + 1
        believes = (halt > 0) & (self.steps >= self.least)
        self.empty = believes | (self.steps >= self.settings.maximum_steps)
        return self.empty
