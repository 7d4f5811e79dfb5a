"""Losses of each puzzle, in double precision, as the published code has them: few numbers, and all of the
gradient comes from them."""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from ..model import Output

NOT_COUNTED = -100
NO_ANSWER = float("-inf")  # the logit of a token that cannot be one


class Loss(NamedTuple):
    """What a batch's answers cost, and how good they are; B numbers each."""

    answer: Tensor
    halt: Tensor
    right: Tensor  # cells
    counted: Tensor  # cells
    exact: Tensor  # bool
    cells: Tensor  # what confidence in single cells costs; 0 where a model has none


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
    cells = logs.gather(-1, labels.clamp(min=0)[..., None])[..., 0]
    if smoothing > 0:
        can_be = logits > NO_ANSWER
        whole = torch.where(can_be, logs, torch.zeros_like(logs)).sum(-1) / can_be.sum(-1)
        cells = (1 - smoothing) * cells + smoothing * whole
    return -torch.where(counts, cells, torch.zeros_like(cells)).sum(-1) / counts.sum(-1).clamp(min=1)


def cell_loss(confidence: Tensor, right: Tensor, counts: Tensor) -> Tensor:
    """Mean binary cross entropy of the confidence in each counted cell."""
    costs = F.binary_cross_entropy_with_logits(confidence.double(), right.double(), reduction="none")
    return torch.where(counts, costs, torch.zeros_like(costs)).sum(-1) / counts.sum(-1).clamp(min=1)


def judge(
    output: Output, labels: Tensor, likelihood: str, smoothing: float, never: Tensor | None = None
) -> Loss:
    """The losses of a step's answers, and of its belief in them. never: puzzles that no answer is right for."""
    counts = labels != NOT_COUNTED
    hits = (output.logits.argmax(-1) == labels) & counts
    right, counted = hits.sum(-1), counts.sum(-1)
    exact = right == counted if never is None else (right == counted) & ~never
    halt = F.binary_cross_entropy_with_logits(output.halt.double(), exact.double(), reduction="none")
    cells = torch.zeros_like(halt) if output.cells is None else cell_loss(output.cells, hits, counts)
    answer = answer_loss(output.logits, labels, likelihood, smoothing)
    return Loss(answer, halt, right, counted, exact, cells)
