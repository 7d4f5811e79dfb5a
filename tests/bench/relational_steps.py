#!/usr/bin/env python3
"""The supervision step of the shipped relational models beside what else runs them, batch 1, one thread, fp32, in turns.

    tests/bench/relational_steps.py BUILD [TURNS [MODEL...]]

BUILD is the directory of a release build; MODEL is sudoku, sudoku-small or path. Beside libtrm are compiled PyTorch (trm.torch,
torch.compile's default mode), ONNX Runtime and OpenVINO with the same step as a graph (relational_onnx.py); of these two, what is not
installed is left out. Seconds are those of the processor, so that a busy machine disturbs little; in each turn (5) all of them take 32
steps, one after another. Prints a row of a table for each question: milliseconds a step (medians), and the median over the turns of
each one's time by libtrm's. First the answers of all after 8 steps are compared.
"""

from __future__ import annotations

import importlib.metadata
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Callable

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "models"))

from checkout import use_checkout  # noqa: E402

use_checkout()
import torch  # noqa: E402
import trm.torch  # noqa: E402
from trm.torch.model import compile_networks  # noqa: E402

SUDOKU = "4.....8.5.3..........7......2.....6.....8.4......1.......6.3.7.5..2.....1.4......"
MAZE = "#" * 30 + ("#" + " " * 28 + "#") * 28 + "#" * 30
MAZE = MAZE[:31] + "S" + MAZE[32:868] + "G" + MAZE[869:]
QUESTIONS = {"sudoku": (SUDOKU, 9), "sudoku-small": (SUDOKU, 9), "path": (MAZE, 30)}
WARM, MEASURED = 8, 32

Run = Callable[[int], "tuple[str, float]"]  # steps: the answer after them, and the processor's milliseconds


def our_run(command: str, model: str, question: str) -> Run:
    words = [command, "solve", "-q", model, "--all-steps", "--threads", "1", question, "--steps"]

    def run(steps: int) -> tuple[str, float]:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        said = subprocess.run([*words, str(steps)], check=True, capture_output=True, text=True).stdout
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return said.rstrip("\n"), 1e3 * (after.ru_utime - before.ru_utime)

    return run


class Question:
    """The model in PyTorch and the question as it takes it: what the graphs are made of, too."""

    def __init__(self, model: str, question: str, side: int) -> None:
        self.model = trm.torch.from_trm(model)
        self.alphabet = bytes(self.model.metadata["task.alphabet"]).decode("latin-1")
        tokens = torch.tensor([[self.alphabet.index(character) for character in question]])
        box = 3 if side == 9 else 0
        fields = self.model.configuration.fields if box else 1
        self.asked = self.model.ask(tokens, shape=trm.torch.Shape(side * side, side, side, box, box, fields))

    def text(self, tokens: list[int]) -> str:
        return "".join(self.alphabet[token] for token in tokens)


def torch_run(question: Question) -> Run:
    """Compiled for this shape of question. The graphs have to be made before."""
    model = question.model
    compile_networks(model, "default")

    @torch.no_grad()
    def run(steps: int) -> tuple[str, float]:
        state = model.begin(question.asked)
        begin = time.process_time()
        for _ in range(steps):
            output = model(question.asked, state)
            state = output.state
        taken = time.process_time() - begin
        return question.text(output.logits.argmax(-1)[0].tolist()), 1e3 * taken

    return run


def write_graph(question: Question, path: str) -> None:
    from relational_onnx import write_model

    model = question.model
    parameters = {name: tensor.detach().numpy() for name, tensor in model.state_dict().items()}
    write_model(path, question.asked.tables, parameters, model.configuration)


def graph_run(question: Question, take: Callable) -> Run:
    """`take` maps arrays x, y, z by name to logits, beliefs, y, z."""
    model, asked = question.model, question.asked
    with torch.no_grad():
        x = model.embed_questions(asked)[0].numpy()
        first = {name: state[0].contiguous().numpy() for name, state in model.begin(asked)._asdict().items()}
    own = model.configuration.first_value if model.configuration.fields > 1 else 0

    def run(steps: int) -> tuple[str, float]:
        y, z = first["y"], first["z"]
        begin = time.process_time()
        for _ in range(steps):
            logits, _, y, z = take({"x": x, "y": y, "z": z})
        taken = time.process_time() - begin
        return question.text(own + logits.reshape(asked.shape.positions, -1).argmax(-1)), 1e3 * taken

    return run


def onnx_runtime(path: str) -> Callable:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    return lambda inputs: session.run(None, inputs)


def openvino(path: str) -> Callable:
    import openvino as vino

    settings = {"INFERENCE_NUM_THREADS": 1, "NUM_STREAMS": 1, "INFERENCE_PRECISION_HINT": "f32"}
    request = vino.Core().compile_model(path, "CPU", settings).create_infer_request()

    def take(inputs: dict) -> list:
        results = request.infer(inputs)
        return [results[n].copy() for n in range(4)]  # the next step writes where these lie

    return take


def installed() -> dict[str, tuple[str, Callable]]:
    """Who takes a graph: package and maker, by name."""
    found = {"ONNX Runtime": ("onnxruntime", onnx_runtime), "OpenVINO": ("openvino", openvino)}
    for name, (package, _) in list(found.items()):
        for needed in ("onnx", package):
            try:
                importlib.metadata.version(needed)
            except importlib.metadata.PackageNotFoundError:
                print(f"{name} is left out: {needed} is not installed here", file=sys.stderr)
                found.pop(name, None)
    return found


def runs_of(command: str, name: str, folder: str, takers: dict[str, tuple[str, Callable]]) -> dict[str, Run]:
    model, (line, side) = str(ROOT / "models" / f"{name}.trm"), QUESTIONS[name]
    question, graph = Question(model, line, side), os.path.join(folder, f"{name}.onnx")
    if takers:
        write_graph(question, graph)
    graphs = {who: graph_run(question, make(graph)) for who, (_, make) in takers.items()}
    return {"libtrm": our_run(command, model, line), "PyTorch": torch_run(question), **graphs}


def measure(runs: dict[str, Run], turns: int) -> dict[str, list[float]]:
    """Milliseconds a step in each turn. What comes before and after the steps is taken off."""
    times: dict[str, list[float]] = {who: [] for who in runs}
    for _ in range(turns):
        for who, run in runs.items():
            few, many = (run(steps)[1] for steps in (WARM, WARM + MEASURED))
            times[who].append((many - few) / MEASURED)
    return times


def row(name: str, times: dict[str, list[float]]) -> str:
    cells = [f"{statistics.median(times['libtrm']):.2f}"]
    for who, taken in times.items():
        if who != "libtrm":
            ratio = statistics.median(other / mine for other, mine in zip(taken, times["libtrm"]))
            cells += [f"{statistics.median(taken):.2f}", f"{ratio:.2f}"]
    side = QUESTIONS[name][1]
    return " | ".join([f"| {name}", f"{side} x {side}", *cells]) + " |"


def head(takers: dict[str, tuple[str, Callable]]) -> str:
    torch_version = f"PyTorch {torch.__version__.split('+')[0]}, compiled"
    others = [torch_version, *(f"{who} {importlib.metadata.version(p)}" for who, (p, _) in takers.items())]
    cells = ["model", "question", "libtrm, ms", *(c for who in others for c in (f"{who}, ms", "by libtrm's"))]
    return f"| {' | '.join(cells)} |\n{'|---' * len(cells)}|"


def main() -> None:
    command, turns = f"{sys.argv[1]}/bindings/cli/trm", int(sys.argv[2]) if len(sys.argv) > 2 else 5
    torch.set_num_threads(1)
    takers = installed()
    print(
        f"{platform.machine()}, {torch.backends.cpu.get_cpu_capability()} in PyTorch\n\n{head(takers)}",
        flush=True,
    )
    with tempfile.TemporaryDirectory() as folder:
        for name in sys.argv[3:] or QUESTIONS:
            runs = runs_of(command, name, folder, takers)
            answers = {who: run(WARM)[0] for who, run in runs.items()}
            others = [who for who, answer in answers.items() if answer != answers["libtrm"]]
            if others:
                sys.exit(f"{name}: the answer of {', '.join(others)} is another; is it the same model?")
            print(row(name, measure(runs, turns)), flush=True)


if __name__ == "__main__":
    main()
