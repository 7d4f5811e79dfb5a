"""The step as an eager PyTorch program, or with its network compiled."""

from __future__ import annotations

from typing import Callable

import numpy as np

from checkpoint import EPSILON, Weights

PRECISIONS = ("fp32",)


def prepare(w: Weights, folder: str) -> None:
    """It has the weights as they are."""


def step(
    w: Weights, folder: str, inputs: dict[str, np.ndarray], threads: int, precision: str
) -> Callable[[], np.ndarray]:
    return torch_step(w, inputs, threads, lambda network: network)


def torch_step(
    w: Weights, inputs: dict[str, np.ndarray], threads: int, made: Callable
) -> Callable[[], np.ndarray]:
    """A step with what `made` makes of the function that evaluates the network."""
    import torch
    from torch.nn.functional import linear, silu

    torch.set_num_threads(threads)
    t = {name: torch.from_numpy(tensor.copy()) for name, tensor in w.tensors.items()}
    x, y0, z0 = (torch.from_numpy(inputs[name]) for name in ("x", "y", "z"))

    turns = [] if w.mixes else [torch.from_numpy(value) for value in w.rotary()]

    def norm(v: "torch.Tensor") -> "torch.Tensor":
        return v * torch.rsqrt(v.square().mean(-1, keepdim=True) + EPSILON)

    def unit(layer: int, name: str, v: "torch.Tensor") -> "torch.Tensor":
        base = f"L_level.layers.{layer}.{name}."
        gate, up = linear(v, t[base + "gate_up_proj.weight"]).chunk(2, -1)
        return linear(silu(gate) * up, t[base + "down_proj.weight"])

    def attend(layer: int, v: "torch.Tensor") -> "torch.Tensor":
        heads, base = int(w.config["num_heads"]), f"L_level.layers.{layer}.self_attn."
        qkv = linear(v, t[base + "qkv_proj.weight"]).unflatten(-1, (3 * heads, -1)).transpose(1, 2)
        query, key, value = qkv.chunk(3, 1)

        def turn(part: "torch.Tensor") -> "torch.Tensor":
            cosines, sines = turns
            first, second = part.chunk(2, -1)
            return part * cosines + torch.cat((-second, first), -1) * sines

        scores = turn(query) @ turn(key).transpose(-1, -2) * query.shape[-1] ** -0.5
        return linear((scores.softmax(-1) @ value).transpose(1, 2).flatten(-2), t[base + "o_proj.weight"])

    def net(v: "torch.Tensor") -> "torch.Tensor":
        for layer in range(w.blocks):
            if w.mixes:
                v = v.transpose(1, 2)
                v = norm(v + unit(layer, "mlp_t", v)).transpose(1, 2)
            else:
                v = norm(v + attend(layer, v))
            v = norm(v + unit(layer, "mlp", v))
        return v

    evaluate = made(net)

    def take() -> np.ndarray:
        with torch.no_grad():
            y, z = y0, z0
            for _ in range(int(w.config["H_cycles"])):
                for _ in range(int(w.config["L_cycles"])):
                    z = evaluate(z + y + x)
                y = evaluate(y + z)
            return linear(y[:, w.prefix :], t["lm_head.weight"]).numpy()

    return take
