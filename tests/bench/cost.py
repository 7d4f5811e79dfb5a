"""How time and memory grow: a supervision step over batches, positions and channels, with the fitted exponents.

    python tests/bench/cost.py BUILD [--seconds 1] [--precision fp32|int8] [--json FILE]

BUILD is the directory of a release build. Time is the least of the turns, memory the workspace that a solve needs; the
exponents are the slopes of straight lines through their logarithms, over all sizes, and over the upper half of them,
where what a step costs anyway no longer counts. Operations are those of the products: where they grow with the square of
a dimension, time must, too, and the last column tells how time grows with them: 1 is linear.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import tempfile

POWERS = {
    "batch": (1, 2, 4, 8, 16, 32, 64, 128, 256),
    "positions": (16, 32, 64, 128, 256, 512, 1024),
    "channels": (64, 128, 256, 512, 1024),
}
USUAL = {"batch": 1, "positions": 64, "channels": 128}
BLOCKS = {
    "mixer": ["--block", "mixer"],
    "attention": ["--block", "attention", "--heads", "4", "--position-encoding", "rotary"],
}


def slope(x: list[float], y: list[float]) -> float:
    """Of the line of least squares through the logarithms."""
    a, b = [math.log(v) for v in x], [math.log(v) for v in y]
    mean_a, mean_b = sum(a) / len(a), sum(b) / len(b)
    return sum((p - mean_a) * (q - mean_b) for p, q in zip(a, b)) / sum((p - mean_a) ** 2 for p in a)


def bench(trm: str, block: str, size: dict[str, int], options: argparse.Namespace, work: str) -> dict:
    model = os.path.join(work, "model.trm")
    shape = ["--channels", str(size["channels"]), "--positions", str(size["positions"]), "--prefix", "0"]
    subprocess.run([trm, "init", "-q", model, *BLOCKS[block], *shape, "--vocabulary", "11"], check=True)
    words = [
        trm,
        "bench",
        model,
        "--batch",
        str(size["batch"]),
        "--precision",
        options.precision,
        "--threads",
        "1",
        "--seconds",
        str(options.seconds),
        "--json",
    ]
    return json.loads(
        subprocess.run(words, check=True, capture_output=True, text=True).stdout.splitlines()[-1]
    )


def measure(trm: str, block: str, dimension: str, options: argparse.Namespace, work: str) -> list[dict]:
    rows = []
    for value in POWERS[dimension]:
        said = bench(trm, block, {**USUAL, dimension: value}, options, work)
        rows.append(
            {
                "block": block,
                "dimension": dimension,
                "value": value,
                "step_ms": said["step_ms_min"],
                "workspace_mb": said["workspace_bytes"] / 1e6,
                "gflop": said["gflops"] * said["step_ms_median"] / 1e3,
            }
        )
    return rows


def fits(rows: list[dict]) -> str:
    """The exponents of one table."""

    def pair(of: str, by: str) -> str:
        upper = rows[len(rows) // 2 :]
        return " and ".join(
            f"{slope([r[by] for r in part], [r[of] for r in part]):.2f}" for part in (rows, upper)
        )

    return (
        f"Exponents over all sizes and over the upper half: time {pair('step_ms', 'value')}, memory "
        f"{pair('workspace_mb', 'value')}; time over operations {pair('step_ms', 'gflop')}."
    )


def table(rows: list[dict]) -> str:
    lines = [
        f"| {rows[0]['block']}: {rows[0]['dimension']} | ms a step | MB of workspace | GFLOP |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| {r['value']} | {r['step_ms']:.2f} | {r['workspace_mb']:.2f} | {r['gflop']:.3f} |" for r in rows
    ]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("build")
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--precision", choices=("fp32", "int8"), default="fp32")
    parser.add_argument("--json", metavar="FILE")
    options, everything = parser.parse_args(), []
    trm = os.path.join(options.build, "bindings/cli/trm")
    with tempfile.TemporaryDirectory() as work:
        for block in BLOCKS:
            for dimension in POWERS:
                rows = measure(trm, block, dimension, options, work)
                everything += rows
                print(table(rows), "", fits(rows), "", sep="\n", flush=True)
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(everything, file, indent=1)


if __name__ == "__main__":
    main()
