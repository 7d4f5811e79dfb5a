"""Answers: supervision steps until the model halts."""

from __future__ import annotations

from typing import Callable, NamedTuple, cast

import torch
from torch import Tensor

from .model import Model, Output, State
from .relational import Questions, RelationalModel


class Answers(NamedTuple):
    """What a model says to each question of a batch."""

    tokens: Tensor  # B x S, int64
    halt_probabilities: Tensor  # B: how sure it was that the answer is right
    steps: Tensor  # B, int64: supervision steps taken


def _stepper(
    model: Model | RelationalModel,
    questions: Tensor | Questions,
    identifiers: Tensor | None,
    start: tuple[int | None, int],
) -> Callable[[State | None], Output]:
    """What takes a supervision step of these questions."""
    if isinstance(model, Model):
        tokens = cast(Tensor, questions).to(model.device)
        return lambda state: model(tokens, state, identifiers)
    asked = model.ask(questions) if isinstance(questions, Tensor) else questions
    begin = model.begin(asked, *start)
    return lambda state: model(asked, begin if state is None else state)


def _threshold(model: Model | RelationalModel) -> float:
    """The model's own, or one half."""
    return model.configuration.halt_threshold or 0.5


@torch.no_grad()
def solve(
    model: Model | RelationalModel,
    questions: Tensor | Questions,
    *,
    identifiers: Tensor | None = None,
    steps: int | None = None,
    halt_probability: float | None = 0.0,
    seed: int | None = None,
    run: int = 0,
) -> Answers:
    """Answers to B x S tokens, or to what RelationalModel.ask() made of questions. A question stops when its halt
    probability is above the given one (0: the model's own, one half where it has none; None: never), or after so
    many steps, by default those that the model was trained for.

    seed: a relational model with start noise begins from random states, those of the library's attempt number `run`
    with this seed; None: without noise.
    """
    if halt_probability == 0.0:
        halt_probability = _threshold(model)
    step = _stepper(model, questions, identifiers, (seed, run))
    count = len(questions)
    trust = torch.zeros(count, device=model.device)
    taken = torch.zeros(count, dtype=torch.long, device=model.device)
    going = torch.ones(count, dtype=torch.bool, device=model.device)
    best, state = None, None
    for _ in range(steps or model.configuration.maximum_steps):
        output = step(state)
        against = output.proceed if model.configuration.halting == "difference" else 0.0
        state, sure = output.state, torch.sigmoid(output.halt - against).float()
        said = output.logits.argmax(-1)
        best = said if best is None else torch.where(going[:, None], said, best)
        trust = torch.where(going, sure, trust)
        taken += going
        if halt_probability is not None:
            going = going & (sure <= halt_probability)
        if not going.any():
            break
    assert best is not None
    return Answers(best, trust, taken)
