"""How time and memory grow: a supervision step over batches, positions and channels, with the fitted exponents; of
relational models over nodes and over what they hear.

    python tests/bench/cost.py BUILD [--block mixer,attention,relational] [--seconds 1] [--turns 3] [--precision fp32|int8] [--json FILE]

BUILD is the directory of a release build. Time is the least of the turns, memory the workspace that a solve needs; the
exponents are the slopes of straight lines through their logarithms, over all sizes, and over the upper half of them,
where what a step costs anyway no longer counts. Operations are those of the products: where they grow with the square of
a dimension, time must, too, and the last column tells how time grows with them: 1 is linear. Relational models are
measured as relational_cost.py has it, in so many turns; over what is heard, the line tells: what a step costs anyway, and
an entry.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import tempfile

import relational_cost

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
        return exponents([r[by] for r in rows], [r[of] for r in rows])

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


def exponents(x: list[float], y: list[float]) -> str:
    """Over all sizes, and over the upper half."""
    half = len(x) // 2
    return f"{slope(x, y):.2f} and {slope(x[half:], y[half:]):.2f}"


def line(x: list[float], y: list[float]) -> tuple[float, float, float]:
    """Of least squares: where it begins, how steep it is, and the farthest that one lies from it, as a share."""
    mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
    steep = sum((p - mean_x) * (q - mean_y) for p, q in zip(x, y)) / sum((p - mean_x) ** 2 for p in x)
    begin = mean_y - steep * mean_x
    return begin, steep, max(abs(q / (begin + steep * p) - 1) for p, q in zip(x, y))


def relational_fits(rows: list[dict]) -> str:
    times = [r["step_ms"] for r in rows]
    if rows[0]["dimension"] != "nodes":
        begin, steep, far = line([r["entries"] for r in rows], times)
        return (
            f"A straight line: {begin:.2f} ms and {1e6 * steep:.1f} ns for each entry; the farthest is "
            f"{100 * far:.0f} % from it."
        )
    nodes, memory = [r["nodes"] for r in rows], [r["workspace_mb"] for r in rows]
    of_memory = "" if math.isnan(memory[0]) else f", memory {exponents(nodes, memory)}"
    return f"Exponents over all sizes and over the upper half: time {exponents(nodes, times)}{of_memory}."


def print_relational(trm: str, work: str, options: argparse.Namespace) -> list[dict]:
    everything = []
    for cases in relational_cost.cases_of(trm, work):
        rows = relational_cost.measure(trm, work, cases, options.precision, options.seconds, options.turns)
        everything += rows
        print(relational_cost.table(rows), "", relational_fits(rows), "", sep="\n", flush=True)
    return everything


def blocks(text: str) -> list[str]:
    names = text.split(",")
    if not set(names) <= {*BLOCKS, "relational"}:
        raise argparse.ArgumentTypeError(f"expected {', '.join(BLOCKS)} or relational, found {text}")
    return names


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("build")
    parser.add_argument("--block", type=blocks, default=[*BLOCKS, "relational"])
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--precision", choices=("fp32", "int8"), default="fp32")
    parser.add_argument("--json", metavar="FILE")
    options, everything = parser.parse_args(), []
    trm = os.path.join(options.build, "bindings/cli/trm")
    with tempfile.TemporaryDirectory() as work:
        for block in options.block:
            if block == "relational":
                everything += print_relational(trm, work, options)
                continue
            for dimension in POWERS:
                rows = measure(trm, block, dimension, options, work)
                everything += rows
                print(table(rows), "", fits(rows), "", sep="\n", flush=True)
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(everything, file, indent=1)


if __name__ == "__main__":
    main()
