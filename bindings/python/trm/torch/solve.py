"""Answers: supervision steps until the model halts."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from .model import Model


class Answers(NamedTuple):
    """What a model says to each question of a batch."""

    tokens: Tensor  # B x S, int64
    halt_probabilities: Tensor  # B: how sure it was that the answer is right
    steps: Tensor  # B, int64: supervision steps taken


@torch.no_grad()
def solve(
    model: Model,
    tokens: Tensor,
    *,
    identifiers: Tensor | None = None,
    steps: int | None = None,
    halt_probability: float | None = 0.5,
) -> Answers:
    """Answers to B x S tokens. A question stops when its halt probability is above the given one (None: never), or after
    so many steps, by default those that the model was trained for."""
    tokens = tokens.to(model.device)
    most = steps or model.configuration.maximum_steps
    best = torch.zeros_like(tokens, dtype=torch.long)
    trust = torch.zeros(len(tokens), device=model.device)
    taken = torch.zeros(len(tokens), dtype=torch.long, device=model.device)
    going = torch.ones(len(tokens), dtype=torch.bool, device=model.device)
    state = None
    for _ in range(most):
        output = model(tokens, state, identifiers)
        state, sure = output.state, torch.sigmoid(output.halt)
        best = torch.where(going[:, None], output.logits.argmax(-1), best)
        trust = torch.where(going, sure, trust)
        taken += going
        if halt_probability is not None:
            going = going & (sure <= halt_probability)
        if not going.any():
            break
    return Answers(best, trust, taken)
