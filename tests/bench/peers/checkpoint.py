"""A model's weights and dimensions, as the peers are given them."""

from __future__ import annotations

import json
import struct

import numpy as np

EPSILON = 1e-5


class Weights:
    """A checkpoint that `trm convert` wrote: tensors by name, and the configuration."""

    def __init__(self, path: str) -> None:
        with open(path, "rb") as file:
            header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
            data = file.read()
        metadata = header.pop("__metadata__")
        self.tensors = {
            name.split("model.inner.")[-1]: np.frombuffer(
                data[entry["data_offsets"][0] : entry["data_offsets"][1]], np.float32
            ).reshape(entry["shape"])
            for name, entry in header.items()
        }
        config = json.loads(metadata["config"])
        self.config = {**config, **config.get("arch", {})}
        self.channels = self.tensors["H_init"].shape[0]
        self.blocks = sum(name.endswith(".mlp.down_proj.weight") for name in self.tensors)
        self.mixes = any("mlp_t" in name for name in self.tensors)
        self.positions = int(self.config["seq_len"])

    def __getitem__(self, name: str) -> np.ndarray:
        return self.tensors[name]

    def layer(self, index: int, name: str) -> np.ndarray:
        return self.tensors[f"L_level.layers.{index}.{name}.weight"]

    @property
    def prefix(self) -> int:
        return self.tensors["embed_registers.weight"].shape[0]

    @property
    def rows(self) -> int:
        return self.prefix + self.positions

    def embedded(self, tokens: np.ndarray) -> np.ndarray:
        prefix = np.broadcast_to(self["embed_registers.weight"], (len(tokens), self.prefix, self.channels))
        rows = np.concatenate((prefix, self["embed_tokens.embedding_weight"][tokens]), 1)
        return (np.sqrt(np.float32(self.channels)) * rows).astype(np.float32)

    def rotary(self) -> tuple[np.ndarray, np.ndarray]:
        width = self.channels // int(self.config["num_heads"])
        angles = np.outer(np.arange(self.rows), 10000.0 ** (-np.arange(0, width, 2) / width))
        angles = np.concatenate((angles, angles), 1)
        return np.cos(angles).astype(np.float32), np.sin(angles).astype(np.float32)


def first_inputs(w: Weights, batch: int, seed: int = 1) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Tokens of random puzzles, and the embedded questions and first states of a step."""
    tokens = np.random.default_rng(seed).integers(0, w["lm_head.weight"].shape[0], (batch, w.positions))
    shape = (batch, w.rows, w.channels)
    return tokens, {
        "x": w.embedded(tokens),
        "y": np.broadcast_to(w["H_init"], shape).copy(),
        "z": np.broadcast_to(w["L_init"], shape).copy(),
    }
