"""libtrm against what a user would pick instead: the same weights, in turns, on the same cores.

    python tests/bench/peers BUILD [--turns 5] [--seconds 2] [--block mixer,attention,small] [--batch 1,8] [--threads 1,2]
                                   [--json FILE] [--chart FILE.svg]

BUILD is the directory of a release build. ONNX Runtime gets the step unrolled into one graph (fp32, and its own dynamic
int8, MatMulInteger), PyTorch the eager module; either is left out when it is not installed. First the answers of all are
compared. The first table has the median milliseconds of a step, the median over the turns of each peer's time by
libtrm's of the same precision (above 1, libtrm is faster), and the share of the peak that libtrm measures beside it;
the second one what comes before the first answer of a small model.
"""

from __future__ import annotations

import argparse
import json
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
    parser.add_argument("--json", metavar="FILE")
    parser.add_argument("--chart", metavar="FILE.svg")
    return parser.parse_args()


def main() -> None:
    options, rows = arguments(), []
    trm, library = (os.path.join(options.build, path) for path in ("bindings/cli/trm", "lib/libtrm.so"))
    print(report.STEP_HEAD)
    with tempfile.TemporaryDirectory() as work:
        for block in options.block:
            for batch in options.batch:
                for threads in options.threads:
                    found = steps.measure(trm, work, block, batch, threads, options.turns, options.seconds)
                    rows += found
                    print(*map(report.step_line, found), sep="\n", flush=True)
        starts = startup.measure(trm, library, work, options.turns)
    print("\n" + report.start_table(starts))
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump({"steps": rows, "starts": starts}, file, indent=1)
    if options.chart:
        report.draw(rows, options.chart)


if __name__ == "__main__":
    main()
