"""Milliseconds of a supervision step, in turns."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from typing import Callable, NamedTuple

import numpy as np

from checkpoint import Weights, first_inputs
from models import ALPHABET, files_of, lines_of
from programs import installed, module_of

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
    for program in installed():
        module = module_of(program)
        module.prepare(w, folder)
        for precision in module.PRECISIONS:
            peers[f"{program.name} {precision}"] = module.step(w, folder, inputs, threads, precision)
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


class Effort(NamedTuple):
    """How much is measured."""

    turns: int
    seconds: float  # of a program in a turn, and at least a step
    longest: float  # seconds of a step: settings in which libtrm takes more are left out
    short: bool  # steps of one update and one cycle


def measure(trm: str, work: str, block: str, batch: int, threads: int, effort: Effort) -> list[dict]:
    """A row for each program and precision; none where a step takes too long."""
    model, checkpoint = files_of(trm, block, work, effort.short)
    if our_bench(trm, model, "fp32", 1, threads, 0.1)["step_ms_median"] * batch > 1e3 * effort.longest:
        return []
    w = Weights(checkpoint)
    tokens, inputs = first_inputs(w, batch)
    peers = peers_of(w, os.path.join(work, block), inputs, threads)
    check_answers(trm, model, peers, tokens)
    times: dict[str, list[float]] = {}
    peaks: dict[str, list[float]] = {}
    for _ in range(effort.turns):
        for precision in ("fp32", "int8"):
            ours = our_bench(trm, model, precision, batch, threads, effort.seconds)
            times.setdefault(f"libtrm {precision}", []).append(ours["step_ms_median"])
            peaks.setdefault(f"libtrm {precision}", []).append(ours["peak_fraction"])
            for name, step in peers.items():
                if name.endswith(precision):
                    times.setdefault(name, []).append(milliseconds(step, effort.seconds))
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
