#!/usr/bin/env python3
"""An evaluation of the shipped relational Sudoku models on a GPU: plain, compiled, and by trm.torch's fused kernels.

    tests/bench/fused_block.py [BATCH]

BATCH: 9x9 puzzles at once, 1024 by default. Prints milliseconds of an evaluation, forward alone and with its way
back, in float32 and bfloat16, the fastest of a few turns of each; "both" is the fused way with torch.compile around
the kernels. Without a GPU and Triton it says so and exits with status 77, which Meson takes for a test that was
skipped.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "models"))

from checkout import use_checkout  # noqa: E402

use_checkout()
import torch  # noqa: E402
from trm.torch import from_trm  # noqa: E402
from trm.torch.faster import measure  # noqa: E402
from trm.torch.fused import lacks  # noqa: E402
from trm.torch.model import compile_networks  # noqa: E402

SKIPPED = 77
MODELS = ("sudoku", "sudoku-small")
KINDS = {"fp32": torch.float32, "bf16": torch.bfloat16}


def times(name, kind, batch, compiles):
    """Milliseconds of the plain and of the fused way: forward, then forward and backward."""
    model = from_trm(ROOT / f"models/{name}.trm").cuda()
    model.compute = KINDS[kind]
    if compiles:
        compile_networks(model, "default")
    questions = model.ask(torch.zeros(batch, model.configuration.positions, dtype=torch.long))
    state = model.begin(questions, seed=1)
    tables, places = questions.tables, model.places(questions.tables, state.z)
    ways = (
        lambda v, added: model.blocks(v, added, tables),
        lambda v, added: model.blocks.forward_fused(v, added, tables, places),
    )
    weights = list(model.blocks.parameters())
    with torch.no_grad():
        forward = measure(*ways, state.z, state.y, weights)
    return forward, measure(*ways, state.z, state.y, weights)


def main():
    batch = int(sys.argv[1]) if len(sys.argv) > 1 else 1024
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    missing = lacks(torch.zeros(1, 1, 1, device=device))
    if missing or device.type != "cuda":
        print(f"nothing is measured: {missing or 'a GPU is needed'}")
        sys.exit(SKIPPED)
    print(
        f"{torch.cuda.get_device_name()}, PyTorch {torch.__version__}, batch {batch}; milliseconds of an evaluation"
    )
    print(f"{'':30} {'plain':>8} {'compiled':>8} {'fused':>8} {'both':>8}")
    for name in MODELS:
        for kind in KINDS:
            sides = zip(times(name, kind, batch, False), times(name, kind, batch, True))
            for way, (alone, compiled) in zip(("forward", "forward and back"), sides):
                shown = (alone.plain, compiled.plain, alone.fused, compiled.fused)
                print(f"{name:12} {kind} {way:16} " + " ".join(f"{ms:8.3f}" for ms in shown), flush=True)


if __name__ == "__main__":
    main()
