"""A training run: a step takes one supervision step of each puzzle of the batch, and then one of the
optimiser."""

from __future__ import annotations

import contextlib
from typing import Iterator

import torch
from torch import Tensor

from ..model import Model
from ..relational import RelationalModel
from ..task import Task
from . import schedule
from .course import Course
from .lesson import take_step
from .losses import Loss, judge
from .optimiser import PUZZLES, Optimiser, gradient_of
from .parts import Part
from .processes import Team
from .puzzles import Puzzles
from .settings import Settings
from .slots import Slots

TALLIED = ("answer_loss", "halt_loss", "right", "counted", "halted", "exact", "halted_steps", "puzzles")


class Weights:
    """Weights, their averages and moments, and what is told about them: what trainers have in common."""

    def __init__(self, model: Model | RelationalModel, settings: Settings, team: Team) -> None:
        self.model, self.settings, self.team, self.step = model, settings, team, 0
        self.optimiser = Optimiser(model, settings)
        self.averages = {name: p.detach().clone() for name, p in self.averaged_parameters().items()}
        self.tallies = torch.zeros(len(TALLIED), dtype=torch.float64, device=model.device)
        self.norms = torch.zeros((), dtype=torch.float64, device=model.device)

    def averaged_parameters(self) -> dict[str, torch.nn.Parameter]:
        """All but puzzle embeddings, as in the published code."""
        return {name: p for name, p in self.model.named_parameters() if name != PUZZLES}

    def _forget(self) -> None:
        """Gradients of the step before."""
        for parameter in self.model.parameters():
            parameter.grad = None

    def _learn(self) -> None:
        """A step of the optimiser, from the gradients that are there."""
        self.team.sum([gradient_of(p) for p in self.model.parameters()])
        norm = torch.stack([gradient_of(p).norm() for p in self.averaged_parameters().values()]).norm()
        clip = self.settings.clip
        factor = (clip / norm).clamp(max=1.0) if clip > 0 else torch.ones_like(norm)
        self.optimiser.step(schedule.rate(self.settings, self.step), factor)
        self.norms += norm
        self.step += 1
        self._average()

    @torch.no_grad()
    def _average(self) -> None:
        s = self.settings
        decay = s.average if self.step > s.average_begin else 0.0
        decay = min(decay, (1 + self.step) / (10 + self.step)) if s.average_ramp else decay
        for name, parameter in self.averaged_parameters().items():
            self.averages[name].mul_(decay).add_(parameter, alpha=1 - decay)

    @torch.no_grad()
    def _tally(self, loss: Loss, halted: Tensor, taken: Tensor) -> None:
        exact, steps = halted & loss.exact, torch.where(halted, taken, torch.zeros_like(taken))
        ones = torch.ones_like(loss.halt)
        parts = (loss.answer, loss.halt, loss.right, loss.counted, halted, exact, steps, ones)
        self.tallies += torch.stack([part.double().sum() for part in parts])

    def take_tallies(self) -> dict[str, float]:
        """The sums since the last call over all processes; the norms are the same in each. Waits for the
        device."""
        self.team.sum([self.tallies])
        taken = dict(zip(TALLIED, self.tallies.tolist()), gradient_norm=self.norms.item())
        self.tallies.zero_()
        self.norms.zero_()
        return taken

    @contextlib.contextmanager
    def averaged(self) -> Iterator[Model | RelationalModel]:
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


class Trainer(Weights):
    """For models of one shape."""

    model: Model

    def __init__(self, model: Model, task: Task, puzzles: Puzzles, settings: Settings, team: Team) -> None:
        super().__init__(model, settings, team)
        self.slots = Slots(model, task, puzzles, settings, team.share(settings.batch))

    def advance(self) -> None:
        """One step."""
        slots, settings = self.slots, self.settings
        slots.fill(self.step)
        depth = schedule.depth(settings, self.model.configuration, self.step)
        output, state = take_step(self.model, slots, depth, settings)
        loss = judge(output, slots.labels, self.model.configuration.likelihood, settings.smoothing)
        self._forget()
        whole = loss.answer.sum() + settings.halt_weight * loss.halt.sum()
        (whole / settings.batch).backward()
        self._learn()
        halted = slots.advance(state, output.halt.detach())
        self._tally(loss, halted, slots.steps)


class RelationalTrainer(Weights):
    """For models that answer every shape: a step learns from one or several parts of a course."""

    model: RelationalModel

    def __init__(self, model: RelationalModel, course: Course, settings: Settings, team: Team) -> None:
        super().__init__(model, settings, team)
        self.slots = course

    def advance(self) -> None:
        """One step."""
        parts = self.slots.at(self.step)
        whole = sum(part.count for part, _ in parts)
        self._forget()
        for part, use in parts:
            part.fill(self.step, use)
            self._study(part, whole)
        self._learn()

    def _study(self, part: Part, whole: int) -> None:
        """A supervision step of a part; its gradient joins that of the others."""
        model, s = self.model, self.settings
        x = model.embed_questions(part.questions)
        thought = model.think(x.detach(), part.state, part.questions, model.configuration.cycles - 1)
        state = model.cycle(x, thought, part.questions, model.configuration.updates)
        output = model.heads(state, part.questions)
        labels = part.source.labels(part.rows, part.labels, output.logits)
        loss = judge(output, labels, "softmax", s.smoothing, part.spoilt)
        costs = loss.answer + s.halt_weight * loss.halt + s.cell_weight * loss.cells
        (costs.sum() / whole).backward()
        halted = part.advance(output.state, output.halt.detach(), loss.exact)
        self._tally(loss, halted, part.steps)
