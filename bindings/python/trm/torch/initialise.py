"""Random weights by the published rules; the same on every device, as they are drawn on the CPU."""

from __future__ import annotations

import math
from typing import TypeVar

import torch

from .model import Model
from .relational import RelationalModel

HALT_BIAS = -5.0  # at first nobody halts
NODE_BIAS = 5.0  # of relational models: each node is rather sure, all of them together are not


def _cut_normal(shape: torch.Size, generator: torch.Generator) -> torch.Tensor:
    """Normal numbers cut at two deviations, scaled so that their own deviation is 1."""
    most = math.erf(2.0 / math.sqrt(2.0))
    drawn = torch.empty(shape).uniform_(-most, most, generator=generator).erfinv_() * math.sqrt(2.0)
    return drawn.clamp_(-2.0, 2.0) / 0.87962566


def _deviation(name: str, tensor: torch.Tensor) -> float:
    if name in ("H_init", "L_init"):
        return 1.0
    if name == "puzzle_emb.weights" or name.startswith("q_head") or name == "lm_head.bias":
        return 0.0
    return 1.0 / math.sqrt(tensor.shape[-1])


def _relational_deviation(model: RelationalModel, name: str, tensor: torch.Tensor) -> float:
    """A block's matrices over channels are parts of one whose inputs are all that a node hears."""
    if name in ("y0", "z0"):
        return 1.0
    if name.startswith("halt.") or name == "head.b":
        return 0.0
    heard = sum(len(relation.aggregates) for relation in model.relations)
    whole = name.startswith("blocks.") and not name.endswith(".down")
    return 1.0 / math.sqrt(tensor.shape[-1] * (1 + heard if whole else 1))


def _initialise_relational(model: RelationalModel, generator: torch.Generator) -> None:
    for name, tensor in model.state_dict().items():
        drawn = _cut_normal(tensor.shape, generator)
        tensor.copy_(_relational_deviation(model, name, tensor) * drawn)
    model.halt.b.fill_(NODE_BIAS)


Either = TypeVar("Either", Model, RelationalModel)


@torch.no_grad()
def initialise(model: Either, seed: int = 0) -> Either:
    """Sets all weights: matrices and embeddings with deviation 1 / sqrt(inputs), initial states with 1."""
    generator = torch.Generator().manual_seed(seed)
    if isinstance(model, RelationalModel):
        _initialise_relational(model, generator)
        return model
    for name, tensor in model.state_dict().items():
        deviation = _deviation(name, tensor)
        tensor.copy_(deviation * _cut_normal(tensor.shape, generator))
    model.q_head.bias.fill_(HALT_BIAS)
    return model
