"""Losses of each puzzle, in double precision, as the published code has them: few numbers, and all of the gradient comes
from them."""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from ..model import Output

NOT_COUNTED = -100


class Loss(NamedTuple):
    """What a batch's answers cost, and how good they are; B numbers each."""

    answer: Tensor
    halt: Tensor
    right: Tensor  # cells
    counted: Tensor  # cells
    exact: Tensor  # bool


def log_stablemax(logits: Tensor) -> Tensor:
    """log(s(v) / sum s(v)) with s(v) = v + 1 above zero, 1 / (1 - v) below: arXiv 2501.04697."""
    masses = torch.where(logits >= 0, logits.clamp(min=0) + 1, 1 / (1 - logits.clamp(max=0) + 1e-30))
    return torch.log(masses / masses.sum(-1, keepdim=True))


def log_likelihood(logits: Tensor, likelihood: str) -> Tensor:
    """The logarithm of each token's probability, in double precision."""
    wide = logits.double()
    return log_stablemax(wide) if likelihood == "stablemax" else F.log_softmax(wide, -1)


def answer_loss(logits: Tensor, labels: Tensor, likelihood: str, smoothing: float) -> Tensor:
    """Mean cross entropy over the counted cells of each puzzle."""
    logs = log_likelihood(logits, likelihood)
    counts = labels != NOT_COUNTED
    chosen = logs.gather(-1, labels.clamp(min=0)[..., None])[..., 0]
    cells = (1 - smoothing) * chosen + smoothing * logs.mean(-1)
    return -torch.where(counts, cells, torch.zeros_like(cells)).sum(-1) / counts.sum(-1).clamp(min=1)


def judge(output: Output, labels: Tensor, likelihood: str, smoothing: float) -> Loss:
    """The losses of a step's answers, and of its belief in them."""
    counts = labels != NOT_COUNTED
    right = ((output.logits.argmax(-1) == labels) & counts).sum(-1)
    counted = counts.sum(-1)
    exact = right == counted
    halt = F.binary_cross_entropy_with_logits(output.halt.double(), exact.double(), reduction="none")
    return Loss(answer_loss(output.logits, labels, likelihood, smoothing), halt, right, counted, exact)
