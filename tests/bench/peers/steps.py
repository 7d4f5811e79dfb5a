"""Milliseconds of a supervision step, in turns."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from typing import Callable

import numpy as np

from checkpoint import Weights, first_inputs
from models import ALPHABET, files_of, lines_of
from onnx_peer import onnx_step, write_graphs
from torch_peer import torch_step

Step = Callable[[], np.ndarray]


def milliseconds(step: Step, seconds: float) -> float:
    times, end = [], time.perf_counter() + seconds
    while not times or time.perf_counter() < end:
        begin = time.perf_counter()
        step()
        times.append((time.perf_counter() - begin) * 1e3)
    return statistics.median(times)


def our_bench(trm: str, model: str, precision: str, batch: int, threads: int, seconds: float) -> dict:
    words = [
        trm,
        "bench",
        model,
        "--precision",
        precision,
        "--batch",
        str(batch),
        "--threads",
        str(threads),
        "--seconds",
        str(seconds),
        "--json",
    ]
    return json.loads(
        subprocess.run(words, check=True, capture_output=True, text=True).stdout.splitlines()[-1]
    )


def peers_of(w: Weights, folder: str, inputs: dict[str, np.ndarray], threads: int) -> dict[str, Step]:
    """What is installed, by name and precision."""
    peers: dict[str, Step] = {}
    os.makedirs(folder, exist_ok=True)
    try:
        for precision, path in write_graphs(w, folder).items():
            peers[f"ONNX Runtime {precision}"] = onnx_step(path, inputs, threads)
    except ImportError:
        print("ONNX Runtime is not installed here", file=sys.stderr)
    try:
        peers["PyTorch fp32"] = torch_step(w, inputs, threads)
    except ImportError:
        print("PyTorch is not installed here", file=sys.stderr)
    return peers


def check_answers(trm: str, model: str, peers: dict[str, Step], tokens: np.ndarray) -> None:
    """The likeliest tokens of one step are those of `trm solve`. (Random weights amplify what int8 rounds away.)"""
    words = [trm, "solve", "-q", model, "--steps", "1", "--all-steps", *lines_of(tokens)]
    said = subprocess.run(words, check=True, capture_output=True, text=True).stdout.split()
    wanted = np.array([[ALPHABET.index(c) for c in line] for line in said])
    for name, step in peers.items():
        same = float((step().argmax(-1) == wanted).mean())
        if "fp32" in name and same < 0.999:
            sys.exit(f"{name} answers {100 * same:.1f} % of the cells as libtrm does; is it the same model?")


def measure(
    trm: str, work: str, block: str, batch: int, threads: int, turns: int, seconds: float
) -> list[dict]:
    """A row for each program and precision."""
    model, checkpoint = files_of(trm, block, work)
    w = Weights(checkpoint)
    tokens, inputs = first_inputs(w, batch)
    peers = peers_of(w, os.path.join(work, block), inputs, threads)
    check_answers(trm, model, peers, tokens)
    times: dict[str, list[float]] = {}
    peaks: dict[str, list[float]] = {}
    for _ in range(turns):
        for precision in ("fp32", "int8"):
            ours = our_bench(trm, model, precision, batch, threads, seconds)
            times.setdefault(f"libtrm {precision}", []).append(ours["step_ms_median"])
            peaks.setdefault(f"libtrm {precision}", []).append(ours["peak_fraction"])
            for name, step in peers.items():
                if name.endswith(precision):
                    times.setdefault(name, []).append(milliseconds(step, seconds))
    rows = []
    for name, taken in times.items():
        ratio = statistics.median(a / b for a, b in zip(taken, times[f"libtrm {name[-4:]}"]))
        peak = statistics.median(peaks[name]) if name in peaks else None
        rows.append(
            {
                "block": block,
                "batch": batch,
                "threads": threads,
                "what": name,
                "peak_fraction": peak,
                "step_ms_median": statistics.median(taken),
                "by_libtrm": ratio,
            }
        )
    return rows
