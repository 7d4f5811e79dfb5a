"""Random weights by the published rules; the same on every device, as they are drawn on the CPU."""

from __future__ import annotations

import math

import torch

from .model import Model

HALT_BIAS = -5.0  # at first nobody halts


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


@torch.no_grad()
def initialise(model: Model, seed: int = 0) -> Model:
    """Sets all weights: matrices and embeddings with deviation 1 / sqrt(inputs), initial states with 1."""
    generator = torch.Generator().manual_seed(seed)
    for name, tensor in model.state_dict().items():
        deviation = _deviation(name, tensor)
        tensor.copy_(deviation * _cut_normal(tensor.shape, generator))
    model.q_head.bias.fill_(HALT_BIAS)
    return model
