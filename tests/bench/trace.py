"""How much processor time a trace adds to a solve.

`trm solve` and `trm trace` make all steps of the same puzzle, in turns; the medians of their processor time in user mode are
compared, which other work on the machine disturbs less than the clock.

    python tests/bench/trace.py build/main/bindings/cli/trm models/sudoku.trm [RUNS]
"""

import os
import statistics
import subprocess
import sys
import tempfile

HARD = "8..........36......7..9.2...5...7.......457.....1...3...1....68..85...1..9....4.."
KINDS = ("json", "html", "svg")


def seconds(*words):
    """Processor time of a command, in user mode."""
    child = subprocess.Popen(words, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    if status != 0:
        sys.exit(f"{' '.join(words)}: failed")
    return used.ru_utime


def measure(trm, model, steps, runs):
    """Medians of the seconds of a solve, and of a trace of each kind."""
    same = [model, HARD, "--all-steps", "--steps", str(steps)]
    with tempfile.TemporaryDirectory() as folder:
        lines = {"solve": [trm, "solve", "-q", *same]}
        lines.update({kind: [trm, "trace", "-q", *same, "-o", f"{folder}/x.{kind}"] for kind in KINDS})
        times = {name: [] for name in lines}
        for _ in range(runs):
            for name, words in lines.items():
                times[name].append(seconds(*words))
    return {name: statistics.median(all_of) for name, all_of in times.items()}


def main(trm, model, runs="9"):
    for steps in (64, 256):
        medians = measure(trm, model, steps, int(runs))
        base = medians["solve"]
        added = ", ".join(f"{kind} {100 * (medians[kind] / base - 1):+.1f} %" for kind in KINDS)
        print(f"{steps} steps: solve {base:.3f} s, {added}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
