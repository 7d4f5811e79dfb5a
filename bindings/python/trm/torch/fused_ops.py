"""The fused relational block as an operator of PyTorch, with its gradient: trm::relational_block.

An operator, so that torch.compile takes it as it is. It keeps its inputs for the way back and nothing of what is
between them. Sums over rows are matrix products, sums over a group's nodes run in their order: no atomics, so the same
question has the same gradients again.
"""

from typing import Any, Tuple

import torch
import triton  # type: ignore
from torch import Tensor
from triton.runtime.interpreter import InterpretedFunction  # type: ignore

from .fused_kernels import backward_kernel, collect_kernel, forward_kernel

INTERPRETED = isinstance(
    forward_kernel, InterpretedFunction
)  # TRITON_INTERPRET=1: to be tested without a GPU
# rows and hidden channels of a tile: no more fit the registers
TILES = {torch.bfloat16: (32, 16), torch.float32: (16, 16)}
WARPS = 4
LEAST = 16  # of a product's sides
GROUP_NODES = 8  # of a group that are added at once


def width(count: int) -> int:
    """A power of two with room for them."""
    wide: int = triton.next_power_of_2(count)
    return max(LEAST, wide)


def precision(kind: torch.dtype) -> str:
    """Of products: as exact as PyTorch's own are told to be."""
    exact = kind != torch.float32 or torch.get_float32_matmul_precision() == "highest"
    return "ieee" if exact else "tf32"


def constants(kind: torch.dtype, channels: int, hidden: int, heard: int, relations: int) -> dict[str, Any]:
    """What a kernel is compiled for."""
    rows, wide = TILES[kind]
    return {
        "D": channels,
        "H": hidden,
        "K": heard,
        "R": relations,
        "ROWS": rows,
        "WIDE_D": width(channels),
        "WIDE_H": wide,
        "WIDE_K": width(channels),
        "PRECISION": precision(kind),
    }


def step_of(numbers: Tensor) -> int:
    """From a question's numbers to the next one's; 0 where all have the same."""
    return numbers[0].numel() if len(numbers) > 1 else 0


def launch(kernel: Any, tensors: tuple[Tensor, ...], groups: Tensor, index: Tensor, epsilon: float) -> None:
    """One program a tile of rows. tensors: the kernel's, of which the first are v, heard, weight."""
    v, heard, weight = tensors[:3]
    (batch, nodes, channels), hidden = v.shape, len(weight) // 2
    fixed = constants(v.dtype, channels, hidden, heard.shape[2], index.shape[1])
    rows = batch * nodes
    with torch.cuda.device_of(v):
        kernel[(triton.cdiv(rows, fixed["ROWS"]),)](
            *tensors,
            rows,
            nodes,
            groups.shape[1],
            step_of(index),
            epsilon,
            **fixed,
            num_warps=WARPS,
            num_stages=1,
        )


@torch.library.custom_op("trm::relational_block", mutates_args=())
def block(
    v: Tensor,
    heard: Tensor,
    weight: Tensor,
    groups: Tensor,
    index: Tensor,
    first: Tensor,
    members: Tensor,
    down: Tensor,
    epsilon: float,
) -> Tensor:
    """v: B x N x D. heard: B x N x K. weight: 2H x (D + K). groups: B x G x 2H. index, first, members: as in Places."""
    out = torch.empty_like(v)
    launch(forward_kernel, (v, heard, weight, groups, index, down, out), groups, index, epsilon)
    return out


@block.register_fake
def _(v: Tensor, *rest: Any) -> Tensor:
    return torch.empty_like(v)


def collect(inner_gradient: Tensor, groups: Tensor, first: Tensor, members: Tensor) -> Tensor:
    """The gradient of the groups' products."""
    gradient = torch.empty_like(groups)
    (batch, nodes, wide), count = inner_gradient.shape, groups.shape[1]
    if count:
        with torch.cuda.device_of(groups):
            collect_kernel[(count, batch)](
                *(inner_gradient, first, members, gradient, nodes, count, step_of(first), step_of(members)),
                **dict(WIDTH=wide, WIDE=width(wide), AT_ONCE=GROUP_NODES),
            )
    return gradient


@torch.library.custom_op("trm::relational_block_backward", mutates_args=())
def block_backward(
    gradient: Tensor,
    v: Tensor,
    heard: Tensor,
    weight: Tensor,
    groups: Tensor,
    index: Tensor,
    first: Tensor,
    members: Tensor,
    down: Tensor,
    epsilon: float,
) -> Tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    """The gradients of v, heard, weight, groups and down."""
    v_gradient, total = torch.empty_like(v), torch.empty_like(v)
    inner = v.new_empty(*v.shape[:2], down.shape[1])
    double = v.new_empty(*v.shape[:2], len(weight))
    given = (v, heard, weight, groups, index, down, gradient.contiguous())
    launch(backward_kernel, (*given, v_gradient, double, total, inner), groups, index, epsilon)
    rows = double.flatten(0, 1)
    parts = [rows.t() @ part.flatten(0, 1) for part in (v, heard) if part.shape[2]]
    heard_gradient = double @ weight[:, v.shape[2] :] if heard.shape[2] else torch.empty_like(heard)
    groups_gradient = collect(double, groups, first, members)
    return (
        v_gradient,
        heard_gradient,
        torch.cat(parts, 1),
        groups_gradient,
        total.flatten(0, 1).t() @ inner.flatten(0, 1),
    )


@block_backward.register_fake
def _(gradient: Tensor, v: Tensor, heard: Tensor, weight: Tensor, groups: Tensor, *rest: Any) -> Any:
    down = rest[3]
    return tuple(torch.empty_like(part) for part in (v, heard, weight, groups, down))


def _keep(ctx: Any, inputs: Any, output: Tensor) -> None:
    *tensors, ctx.epsilon = inputs
    ctx.save_for_backward(*tensors)


def _differentiate(ctx: Any, gradient: Tensor) -> Any:
    v, heard, weight, groups, down = block_backward(gradient, *ctx.saved_tensors, ctx.epsilon)
    return v, heard, weight, groups, None, None, None, down, None


block.register_autograd(_differentiate, setup_context=_keep)
