"""Relational blocks in one pass over rows: what that needs, and where the products of groups belong.

The kernels are Triton's (fused_kernels.py, fused_ops.py), which is looked for when a block first could use them.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from .tables import Axes, Groups, Table

WIDEST = 64  # channels that a tile's registers have room for
KINDS = (torch.float32, torch.bfloat16)


@functools.lru_cache(None)
def _operators() -> Any:
    """The module of the operators, or what is missing, as a sentence."""
    if not hasattr(torch.library, "custom_op"):
        return f"PyTorch 2.4 or newer is needed, this is {torch.__version__}"
    try:
        from . import fused_ops
    except ImportError as error:
        return f"Triton is needed (pip install triton): {error}"
    return fused_ops


def lacks(v: Tensor) -> str:
    """Why a block cannot be fused for such a state; empty where it can."""
    if v.dtype not in KINDS:
        return f"it computes in float32 or bfloat16, not in {str(v.dtype).replace('torch.', '')}"
    if v.shape[-1] > WIDEST:
        return f"it has room for {WIDEST} channels, the model has {v.shape[-1]}"
    operators = _operators()
    if isinstance(operators, str):
        return operators
    if not v.is_cuda and not operators.INTERPRETED:
        return f"a GPU is needed, the model is on {v.device}"
    return ""


@dataclass(frozen=True)
class Places:
    """Where the products of all groups belong, and the other way round. Q: the batch, or 1 where all are alike."""

    index: Tensor  # Q x R x N: the group that a node hears through each grouped relation, or -1
    first: Tensor  # Q x (G + 1): where the members of each group begin
    members: Tensor  # Q x R N: nodes that hear the same, ascending


def _numbered(table: Axes | Groups, nodes: Tensor, first: int) -> tuple[Tensor, int]:
    """The number of the group that each node hears, Q x N, counted from `first`; and how many groups there are."""
    like = table.sum(nodes)
    count = like[0].numel()
    numbers = torch.arange(first + 1, first + 1 + count, device=nodes.device).view(like[:1].shape)
    none = torch.zeros_like(nodes, dtype=torch.long)
    return table.spread(none, numbers.expand(like.shape))[..., 0] - 1, count


def places_of(tables: tuple[Table, ...], v: Tensor) -> Places:
    """Found by having the tables spread the numbers of their groups."""
    grouped = [table for table in tables if isinstance(table, (Axes, Groups))]
    apart = any(isinstance(table, Groups) and len(table.group) > 1 for table in grouped)
    nodes = torch.zeros(len(v) if apart else 1, v.shape[1], 1, device=v.device)
    found, groups = [], 0
    for table in grouped:
        numbers, count = _numbered(table, nodes, groups)
        found.append(numbers)
        groups += count
    index = torch.stack(found, 1) if found else nodes.new_empty(len(nodes), 0, v.shape[1], dtype=torch.long)
    ordered, order = index.flatten(1).sort(stable=True)
    bounds = torch.arange(groups + 1, device=v.device).expand(len(nodes), -1).contiguous()
    first = torch.searchsorted(ordered, bounds)
    return Places(index.int(), first.int(), (order % v.shape[1]).int())


def fused_block(
    heard: list[Tensor],
    weights: list[Tensor],
    groups: list[Tensor],
    places: Places,
    down: Tensor,
    epsilon: float,
) -> Tensor:
    """A block, from what it hears: the node itself first, then by itself, and the products of its groups."""
    v = heard[0].contiguous()
    batch, nodes = v.shape[:2]
    weight = torch.cat(weights, -1).to(v.dtype)
    others = torch.cat(heard[1:], -1) if len(heard) > 1 else v.new_empty(batch, nodes, 0)
    parts = [product.flatten(1, -2) for product in groups]
    products = torch.cat(parts, 1) if parts else v.new_empty(batch, 0, len(weight))
    out: Tensor = torch.ops.trm.relational_block(
        v, others, weight, products, places.index, places.first, places.members, down.to(v.dtype), epsilon
    )
    return out
