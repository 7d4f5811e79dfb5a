"""A training run: a step takes one supervision step of each puzzle of the batch, and then one of the optimiser."""

from __future__ import annotations

import contextlib
from typing import Iterator

import torch
from torch import Tensor

from ..model import Model
from ..task import Task
from . import schedule
from .lesson import take_step
from .losses import Loss, judge
from .optimiser import PUZZLES, Optimiser
from .processes import Team
from .puzzles import Puzzles
from .settings import Settings
from .slots import Slots

TALLIED = ("answer_loss", "halt_loss", "right", "counted", "halted", "exact", "halted_steps")


class Trainer:
    """Weights, their averages and moments, and the puzzles on their way."""

    def __init__(self, model: Model, task: Task, puzzles: Puzzles, settings: Settings, team: Team) -> None:
        self.model, self.settings, self.team, self.step = model, settings, team, 0
        self.optimiser = Optimiser(model, settings)
        self.averages = {name: p.detach().clone() for name, p in self.averaged_parameters().items()}
        self.slots = Slots(model, task, puzzles, settings, team.share(settings.batch))
        self.tallies = torch.zeros(len(TALLIED), dtype=torch.float64, device=model.device)
        self.norms = torch.zeros((), dtype=torch.float64, device=model.device)

    def averaged_parameters(self) -> dict[str, torch.nn.Parameter]:
        """All but puzzle embeddings, as in the published code."""
        return {name: p for name, p in self.model.named_parameters() if name != PUZZLES}

    def advance(self) -> None:
        """One step."""
        slots, settings = self.slots, self.settings
        slots.fill(self.step)
        depth = schedule.depth(settings, self.model.configuration, self.step)
        output, state = take_step(self.model, slots, depth, settings)
        loss = judge(output, slots.labels, self.model.configuration.likelihood, settings.smoothing)
        self._learn(loss)
        halted = slots.advance(state, output.halt.detach())
        self._tally(loss, halted)

    def _learn(self, loss: Loss) -> None:
        for parameter in self.model.parameters():
            parameter.grad = None
        whole = loss.answer.sum() + self.settings.halt_weight * loss.halt.sum()
        (whole / self.settings.batch).backward()
        gradients = [p.grad for p in self.model.parameters()]
        self.team.sum(gradients)
        norm = torch.stack([p.grad.norm() for p in self.averaged_parameters().values()]).norm()
        factor = (self.settings.clip / norm).clamp(max=1.0) if self.settings.clip > 0 else 1.0
        self.optimiser.step(schedule.rate(self.settings, self.step), factor)
        self.norms += norm
        self.step += 1
        self._average()

    @torch.no_grad()
    def _average(self) -> None:
        decay = self.settings.average if self.step > self.settings.average_begin else 0.0
        for name, parameter in self.averaged_parameters().items():
            self.averages[name].mul_(decay).add_(parameter, alpha=1 - decay)

    @torch.no_grad()
    def _tally(self, loss: Loss, halted: Tensor) -> None:
        exact, steps = halted & loss.exact, torch.where(halted, self.slots.steps, torch.zeros_like(self.slots.steps))
        parts = (loss.answer, loss.halt, loss.right, loss.counted, halted, exact, steps)
        self.tallies += torch.stack([part.double().sum() for part in parts])

    def take_tallies(self) -> dict[str, float]:
        """The sums since the last call over all processes; the norms are the same in each. Waits for the device."""
        self.team.sum([self.tallies])
        taken = dict(zip(TALLIED, self.tallies.tolist()), gradient_norm=self.norms.item())
        self.tallies.zero_()
        self.norms.zero_()
        return taken

    @contextlib.contextmanager
    def averaged(self) -> Iterator[Model]:
        """The model with the averaged weights, for as long as it is looked at."""
        kept = {name: p.detach().clone() for name, p in self.averaged_parameters().items()}
        try:
            self._set(self.averages)
            yield self.model
        finally:
            self._set(kept)

    @torch.no_grad()
    def _set(self, values: dict[str, Tensor]) -> None:
        for name, parameter in self.averaged_parameters().items():
            parameter.copy_(values[name])
