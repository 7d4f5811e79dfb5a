"""libtrm against what a user would pick instead: the same weights, in turns, on the same cores.

    python tests/bench/peers BUILD [--turns 5] [--seconds 2] [--block mixer,attention,small] [--batch 1,8] [--threads 1,2]
                                   [--short] [--longest S] [--json FILE] [--chart FILE.svg]

BUILD is the directory of a release build. ONNX Runtime gets the step unrolled into one graph (fp32, and its own dynamic
int8, MatMulInteger), OpenVINO the same graph (and for int8 one that was quantised beforehand), PyTorch the eager module
and the compiled one (torch.compile's default mode, which needs a C++ compiler). What is not installed is left out:

    python3 -m venv build/peers-python && build/peers-python/bin/pip install numpy onnx onnxruntime openvino torch matplotlib

First the answers of all are compared. The first table has the median milliseconds of a step, the median over the turns of
each peer's time by libtrm's of the same precision (above 1, libtrm is faster), and the share of the peak that libtrm
measures beside it; the second one what comes before the first answer of a small model. --short takes steps of one cycle
and one update, 2 evaluations of the network in place of 21 (mixer) and 15: what all of them repeat. --longest leaves out
settings in which libtrm's step takes more seconds.
"""

from __future__ import annotations

import argparse
import itertools
import json
import math
import os
import tempfile

import report
import startup
import steps
from models import SIZES


def numbers(text: str) -> list[int]:
    return [int(word) for word in text.split(",")]


def blocks(text: str) -> list[str]:
    names = text.split(",")
    if not set(names) <= set(SIZES):
        raise argparse.ArgumentTypeError(f"expected {' or '.join(SIZES)}, found {text}")
    return names


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="peers", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("build")
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--block", type=blocks, default=["mixer", "attention"])
    parser.add_argument("--batch", type=numbers, default=[1, 8])
    parser.add_argument("--threads", type=numbers, default=[1, 2])
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--longest", type=float, default=math.inf, metavar="SECONDS")
    parser.add_argument("--json", metavar="FILE")
    parser.add_argument("--chart", metavar="FILE.svg")
    return parser.parse_args()


def measure_steps(trm: str, work: str, options: argparse.Namespace) -> list[dict]:
    """The first table, printed as it is made."""
    effort, rows = steps.Effort(options.turns, options.seconds, options.longest, options.short), []
    print(report.STEP_HEAD)
    for setting in itertools.product(options.block, options.batch, options.threads):
        for row in steps.measure(trm, work, *setting, effort):
            rows.append(row)
            print(report.step_line(row), flush=True)
    return rows


def main() -> None:
    options = arguments()
    trm, library = (os.path.join(options.build, path) for path in ("bindings/cli/trm", "lib/libtrm.so"))
    print(report.head(trm), end="\n\n")
    with tempfile.TemporaryDirectory() as work:
        rows = measure_steps(trm, work, options)
        starts = startup.measure(trm, library, work, options.turns)
    print("\n" + report.start_table(starts))
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump({"where": report.head(trm), "steps": rows, "starts": starts}, file, indent=1)
    if options.chart:
        report.draw(rows, options.chart)


if __name__ == "__main__":
    main()
