"""From what nodes believe to what is believed of a whole: the rules that a relational model's file names."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

CLAMP = -1e-6  # of the logarithm of a product of probabilities


def softmin(logits: Tensor) -> Tensor:
    """The odds of "wrong" are the sum of the nodes' odds, over the last dimension."""
    return -torch.logsumexp(-logits, -1)


def product(logits: Tensor) -> Tensor:
    """The probability of "right" is the product of the nodes' probabilities."""
    whole = F.logsigmoid(logits).sum(-1).clamp(max=CLAMP)
    return whole - torch.log(-torch.expm1(whole))


RULES = {"softmin": softmin, "product": product}
