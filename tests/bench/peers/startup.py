"""From the start of a process to its first answer, beyond the arithmetic: each program once more for every turn.

A peer is timed from before it is imported: its interpreter's own start is not held against it, its memory is. The least of
all turns counts, so that what a compiler keeps on the disk is there already. Memory is the process's largest resident set; Debian's `time` tells libtrm's.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

from checkpoint import Weights, first_inputs
from models import files_of, lines_of
from programs import PROGRAMS, Program, installed, libraries, module_of


def first_answer(name: str, folder: str, checkpoint: str) -> None:
    """Run in a process of its own: prints milliseconds of the start and of a later step, and the peak of memory."""
    w = Weights(checkpoint)
    _, inputs = first_inputs(w, 1)
    begin = time.perf_counter()
    program = next(program for program in PROGRAMS if program.name == name)
    step = module_of(program).step(w, folder, inputs, 1, "fp32")
    step()
    took = time.perf_counter() - begin
    later = []
    for _ in range(3):
        begin = time.perf_counter()
        step()
        later.append(time.perf_counter() - begin)
    print(json.dumps({"start_ms": 1e3 * (took - statistics.median(later)), "peak_mb": own_peak()}))


def own_peak() -> float:
    with open("/proc/self/status", encoding="ascii") as file:
        return int(re.search(r"VmHWM:\s*(\d+) kB", file.read())[1]) / 1024


def timed(words: list[str]) -> float:
    """Milliseconds of a process."""
    begin = time.perf_counter()
    subprocess.run(words, stdout=subprocess.DEVNULL, check=True)
    return 1e3 * (time.perf_counter() - begin)


def peak_of(words: list[str]) -> float:
    """Megabytes. A child's own figure would begin with what this interpreter had when it forked."""
    if shutil.which("time") is None:
        return float("nan")
    return (
        float(subprocess.run(["time", "-f", "%M", *words], check=True, capture_output=True, text=True).stderr)
        / 1024
    )


def ours(trm: str, model: str, line: str, turns: int) -> dict:
    """A process that takes one step, less a step: what two steps take more."""
    solve = [trm, "solve", "-q", model, "--all-steps", line, "--steps"]
    pairs = [(timed([*solve, "1"]), timed([*solve, "2"])) for _ in range(10 * turns)]
    one, two = (min(times) for times in zip(*pairs))
    return {"start_ms": one - (two - one), "peak_mb": peak_of([*solve, "1"])}


def stripped_size(library: str) -> float:
    """Megabytes of a shared object without its symbols, which some are shipped with and others are not."""
    with tempfile.NamedTemporaryFile() as file:
        subprocess.run(["strip", "-o", file.name, library], check=True)
        return os.path.getsize(file.name) / 1e6


def library_size(program: Program) -> float:
    return sum(stripped_size(path) for path in libraries(program))


def measure(trm: str, library: str, work: str, turns: int) -> list[dict]:
    """With a small model, whose step is short beside what comes before it."""
    model, checkpoint = files_of(trm, "small", work)
    w = Weights(checkpoint)
    line = lines_of(first_inputs(w, 1)[0])[0]
    for program in installed():
        module_of(program).prepare(w, work)
    found: dict[str, list[dict]] = {}
    found["libtrm"] = [ours(trm, model, line, turns)]
    for _ in range(turns):
        for program in installed():
            words = [sys.executable, __file__, program.name, work, checkpoint]
            said = subprocess.run(words, check=True, capture_output=True, text=True).stdout
            found.setdefault(program.name, []).append(json.loads(said.splitlines()[-1]))
    sizes = {"libtrm": stripped_size(library), **{p.name: library_size(p) for p in installed()}}
    return [
        {
            "what": name,
            "library_mb": sizes[name],
            **{key: min(one[key] for one in measured) for key in ("start_ms", "peak_mb")},
        }
        for name, measured in found.items()
    ]


if __name__ == "__main__":
    first_answer(*sys.argv[1:])
