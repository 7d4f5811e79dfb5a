"""The step in PyTorch with its network compiled by torch.compile in its default mode, for this batch alone."""

from __future__ import annotations

from typing import Callable

import numpy as np

from checkpoint import Weights
from torch_peer import PRECISIONS, prepare, torch_step

__all__ = ["PRECISIONS", "prepare", "step"]


def step(
    w: Weights, folder: str, inputs: dict[str, np.ndarray], threads: int, precision: str
) -> Callable[[], np.ndarray]:
    import torch

    torch.compiler.reset()  # of the batch before
    return torch_step(w, inputs, threads, lambda network: torch.compile(network, dynamic=False))
