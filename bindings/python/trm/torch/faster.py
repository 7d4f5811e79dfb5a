"""Which of two ways to evaluate the blocks is the faster one: measured where it is first asked, and kept.

Measured are evaluations of their own, on copies without a history: answers, gradients and random numbers of the model
are what they were.
"""

from __future__ import annotations

import math
from typing import Callable, NamedTuple, Sequence

import torch
from torch import Tensor

from .tables import Table

Way = Callable[[Tensor, Tensor], Tensor]
Run = Callable[[], "list[Tensor]"]
WARM, TURNS, TIMES = 2, 3, 4
APART = 0.05  # of the largest number: more than rounding to bfloat16 does in a network


class Kind(NamedTuple):
    """What evaluations are alike in."""

    rows: int  # the next power of two
    type: torch.dtype
    device: torch.device
    learns: bool  # forward and backward
    grouped: tuple[bool, ...]  # by relation: lists that were given may be of groups in one batch and not in the next


class Times(NamedTuple):
    """Milliseconds an evaluation; infinity: that way failed, or said something else."""

    plain: float  # NaN: not measured, as there was no choice
    fused: float


def has_way_back(weights: Sequence[Tensor]) -> bool:
    return torch.is_grad_enabled() and any(weight.requires_grad for weight in weights)


def kind_of(state: Tensor, weights: Sequence[Tensor], tables: Sequence[Table]) -> Kind:
    rows = 1 << (state.shape[0] * state.shape[1] - 1).bit_length()
    grouped = tuple(table.grouped for table in tables)
    return Kind(rows, state.dtype, state.device, has_way_back(weights), grouped)


def milliseconds(run: Run) -> float:
    """On the current CUDA device, the waiting between kernels included."""
    begin, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
    begin.record()
    for _ in range(TIMES):
        run()
    end.record()
    end.synchronize()
    total: float = begin.elapsed_time(end)
    return total / TIMES


def evaluation(way: Way, state: Tensor, injection: Tensor, weights: Sequence[Tensor]) -> Run:
    """One that leaves nothing behind, with its way back where there is one: what it says, then gradients."""
    learns = has_way_back(weights)
    inputs = [part.detach().clone().requires_grad_(learns) for part in (state, injection)]
    wanted = [*inputs, *(weight for weight in weights if weight.requires_grad)]

    def run() -> list[Tensor]:
        out = way(*inputs)
        gradients = torch.autograd.grad(out, wanted, out.detach(), allow_unused=True) if learns else ()
        return [out.detach(), *(part for part in gradients if part is not None)]

    return run


def agree(ones: Sequence[Tensor], others: Sequence[Tensor]) -> bool:
    """Whether both ways say the same, but for rounding."""
    pairs = [(one.double(), other.double()) for one, other in zip(ones, others)]
    near = ((one - other).abs().max() <= APART * one.abs().max() for one, other in pairs if one.numel())
    return len(ones) == len(others) and all(bool(is_near) for is_near in near)


def measure(plain: Way, fused: Way, state: Tensor, injection: Tensor, weights: Sequence[Tensor]) -> Times:
    """The fastest of a few turns of each way. Where kernels cannot be built (no C compiler, a GPU that is too old) or
    say something else, the plain way is right all the same."""
    runs = [evaluation(way, state, injection, weights) for way in (plain, fused)]
    try:
        same = all([agree(runs[0](), runs[1]()) for _ in range(WARM)])
    except Exception:
        runs[0]()  # what fails there is no matter of the kernels
        same = False
    if not same:
        return Times(math.nan, math.inf)
    turns = [[milliseconds(run) for run in runs] for _ in range(TURNS)]
    return Times(*(min(times) for times in zip(*turns)))
