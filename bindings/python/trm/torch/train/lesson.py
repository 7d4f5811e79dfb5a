"""A supervision step of a batch: think without gradient, learn in the last cycle; with several states of each puzzle, only
the one with the lowest loss learns, and its answer goes on with every thought (arXiv 2601.19085)."""

from __future__ import annotations

import torch
from torch import Tensor

from ..model import Model, Output, State
from .losses import answer_loss
from .settings import Settings
from .slots import Slots


def _flat(state: State) -> State:
    return State(*(part.flatten(0, 1) for part in state))


def _pick(state: State, best: Tensor) -> State:
    """Of B x K x N x D states, the one of each puzzle."""
    rows = torch.arange(len(best), device=best.device)
    return State(state.y[rows, best], state.z[rows, best])


def _think(model: Model, x: Tensor, state: State, depth: tuple[int, int]) -> State:
    """All cycles but the last, for all K states of each puzzle."""
    cycles, updates = depth
    thought = model.think(x, _flat(state), cycles - 1, updates)
    return State(*(part.view_as(whole) for part, whole in zip(thought, state)))


@torch.no_grad()
def _best(
    model: Model, x: Tensor, state: State, labels: Tensor, updates: int, settings: Settings
) -> tuple[Tensor, Tensor]:
    """Which state's answer costs least, and all thoughts after the last cycle."""
    batch, states = state.y.shape[:2]
    output = model.heads(model.learn(x, _flat(state), updates))
    repeated = labels.repeat_interleave(states, 0)
    likelihood = model.configuration.likelihood
    costs = answer_loss(output.logits, repeated, likelihood, settings.smoothing)
    return costs.view(batch, states).argmin(1), output.state.z.view_as(state.z)


def take_step(model: Model, slots: Slots, depth: tuple[int, int], settings: Settings) -> tuple[Output, State]:
    """What the learning states say, with gradient, and the states of the next step."""
    x, states = model.embed(slots.tokens, slots.identifiers), settings.states
    wide = x.detach().repeat_interleave(states, 0)
    thought = _think(model, wide, slots.state, depth)
    if states == 1:
        output = model.heads(model.learn(x, _flat(thought), depth[1]))
        return output, State(*(part.detach()[:, None] for part in output.state))
    best, thoughts = _best(model, wide, thought, slots.labels, depth[1], settings)
    output = model.heads(model.learn(x, _pick(thought, best), depth[1]))
    answer = output.state.y.detach()[:, None].expand_as(thoughts)
    return output, State(answer, thoughts)
