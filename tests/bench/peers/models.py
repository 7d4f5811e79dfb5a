"""The models that are compared: random weights of the published sizes, as libtrm's file and as a checkpoint."""

from __future__ import annotations

import os
import subprocess

SIZES = {  # the published settings: Sudoku-Extreme, and Maze-Hard; and a small one
    "mixer": ["--block", "mixer"],
    "attention": [
        "--block",
        "attention",
        "--positions",
        "900",
        "--vocabulary",
        "6",
        "--updates",
        "4",
        "--position-encoding",
        "rotary",
        "--grid",
        "30x30",
    ],
    "small": [
        "--block",
        "mixer",
        "--channels",
        "128",
        "--token-hidden",
        "256",
        "--channel-hidden",
        "384",
        "--prefix",
        "1",
    ],
}
SHORT = ["--cycles", "1", "--updates", "1"]  # a step of two evaluations, in place of 21, and 15
ALPHABET = "abcdefghijklmnop"


def files_of(trm: str, block: str, work: str, short: bool = False) -> tuple[str, str]:
    """MODEL.trm and CHECKPOINT.safetensors, made where they are not there."""
    model, checkpoint = os.path.join(work, f"{block}.trm"), os.path.join(work, f"{block}.safetensors")
    if not os.path.exists(checkpoint):
        alphabet = ALPHABET[: 6 if block == "attention" else 11]
        size = [*SIZES[block], *(SHORT if short else [])]
        subprocess.run([trm, "init", "-q", model, *size, "--alphabet", alphabet], check=True)
        subprocess.run([trm, "convert", "-q", model, checkpoint], check=True)
    return model, checkpoint


def lines_of(tokens) -> list[str]:
    """Puzzles as `trm solve` takes them."""
    return ["".join(ALPHABET[token] for token in row) for row in tokens]
