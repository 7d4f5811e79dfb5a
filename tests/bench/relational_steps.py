#!/usr/bin/env python3
"""The supervision step of the shipped relational models, libtrm beside compiled PyTorch (trm.torch), batch 1, one thread, fp32.

    tests/bench/relational_steps.py BUILD [TURNS]

BUILD is the directory of a release build. Seconds are those of the processor, so that a busy machine disturbs little; the two take
turns. Prints a row of a table for each question: milliseconds a step of either, and the median over the turns (5) of PyTorch's
time by libtrm's. First the answers of both after 8 steps are compared.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

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
QUESTIONS = [("sudoku", SUDOKU, 9), ("sudoku-small", SUDOKU, 9), ("path", MAZE, 30)]
WARM, MEASURED = 8, 32


def ours(trm: str, model: str, question: str, steps: int) -> tuple[str, float]:
    """The answer after so many steps, and the processor's seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    words = [trm, "solve", "-q", model, "--all-steps", "--threads", "1", "--steps", str(steps), question]
    said = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return said.rstrip("\n"), after.ru_utime - before.ru_utime


def our_milliseconds(trm: str, model: str, question: str) -> float:
    """What comes before and after the steps is taken off."""
    few, many = (ours(trm, model, question, steps)[1] for steps in (WARM, WARM + MEASURED))
    return 1e3 * (many - few) / MEASURED


class Peer:
    """The model in PyTorch, compiled for this shape of question."""

    def __init__(self, model: str, question: str, side: int) -> None:
        self.model = trm.torch.from_trm(model)
        alphabet = bytes(self.model.metadata["task.alphabet"]).decode("latin-1")
        tokens = torch.tensor([[alphabet.index(character) for character in question]])
        box = 3 if side == 9 else 0
        fields = self.model.configuration.fields if box else 1
        shape = trm.torch.Shape(side * side, side, side, box, box, fields)
        self.asked = self.model.ask(tokens, shape=shape)
        self.alphabet = alphabet
        compile_networks(self.model, "default")

    @torch.no_grad()
    def run(self, steps: int) -> tuple[str, float]:
        state = self.model.begin(self.asked)
        begin = time.process_time()
        for _ in range(steps):
            output = self.model(self.asked, state)
            state = output.state
        taken = time.process_time() - begin
        return "".join(self.alphabet[token] for token in output.logits.argmax(-1)[0].tolist()), taken


def measure(command: str, name: str, question: str, side: int, turns: int) -> str:
    model = str(ROOT / "models" / f"{name}.trm")
    peer = Peer(model, question, side)
    said, _ = peer.run(WARM)
    if said != ours(command, model, question, WARM)[0]:
        sys.exit(f"{name}: PyTorch's answer is another; is it the same model?")
    pairs = [(our_milliseconds(command, model, question), 1e3 * peer.run(MEASURED)[1] / MEASURED) for _ in range(turns)]
    mine, theirs = (statistics.median(pair[i] for pair in pairs) for i in (0, 1))
    ratio = statistics.median(b / a for a, b in pairs)
    return f"| {name} | {side} x {side} | {mine:.2f} | {theirs:.2f} | {ratio:.2f} |"


def main() -> None:
    command, turns = f"{sys.argv[1]}/bindings/cli/trm", int(sys.argv[2]) if len(sys.argv) > 2 else 5
    torch.set_num_threads(1)
    print(f"| model | question | libtrm, ms | PyTorch {torch.__version__.split('+')[0]}, compiled, ms | by libtrm's |\n|---|---|---|---|---|")
    for name, question, side in QUESTIONS:
        print(measure(command, name, question, side, turns), flush=True)


if __name__ == "__main__":
    main()
