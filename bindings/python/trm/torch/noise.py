"""Random starts that the library draws, too (doc/numerics.md, "Random starts"): Philox 4x32-10 and the normal
distribution's inverse, of which nothing depends on the batch."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

ROUNDS, WORDS = 10, 4
MULTIPLIERS = (0xD2511F53, 0xCD9E8D57)
STEPS = (0x9E3779B9, 0xBB67AE85)
LOW = np.uint64(0xFFFFFFFF)
HALF = np.uint64(32)
QUANTILE = (
    "0x1.a2d448p+4",
    "-0x1.00b98cp+5",
    "0x1.4609bap+4",
    "-0x1.923310p+2",
    "0x1.dbe596p+1",
    "0x1.36f326p-5",
)


def philox(counter: np.ndarray, seed: int) -> np.ndarray:
    """Four words for each counter of four; both in 64 bits."""
    a, b, c, d = (counter[..., i].astype(np.uint64) for i in range(WORDS))
    keys = [seed & 0xFFFFFFFF, seed >> 32 & 0xFFFFFFFF]
    for _ in range(ROUNDS):
        first, second = np.uint64(MULTIPLIERS[0]) * a, np.uint64(MULTIPLIERS[1]) * c
        a, b = (second >> HALF) ^ b ^ np.uint64(keys[0]), second & LOW
        c, d = (first >> HALF) ^ d ^ np.uint64(keys[1]), first & LOW
        keys = [(key + step) & 0xFFFFFFFF for key, step in zip(keys, STEPS)]
    return np.stack((a, b, c, d), -1)


def normal(bits: np.ndarray) -> np.ndarray:
    """The top bit is the sign, the others a probability of which the magnitude is the quantile."""
    half = np.float32(0.5)
    p = ((bits & np.uint64(0x7FFFFFFF)).astype(np.float32) + half) * np.float32(2.0**-32)
    t = np.sqrt(np.float32(-2) * np.log(p))
    u = np.float32(1) / (t + np.float32(1.5))
    y = np.zeros_like(t)
    for coefficient in QUANTILE:
        y = y * u + np.float32(float.fromhex(coefficient))
    return np.where(bits >> np.uint64(31) == 1, y - t, t - y)


def noise(seed: int, run: int, nodes: int, channels: int) -> Tensor:
    """N x D deviates of a run, the same for every question."""
    words = -(-channels // WORDS)
    counter = np.zeros((nodes, words, WORDS), np.uint64)
    counter[..., 0] = np.arange(words)
    counter[..., 1] = np.arange(nodes)[:, None]
    counter[..., 2] = run
    drawn = normal(philox(counter, seed)).reshape(nodes, -1)[:, :channels]
    return torch.from_numpy(np.ascontiguousarray(drawn))
