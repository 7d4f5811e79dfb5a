"""The comparison as Markdown and as a picture."""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess

from programs import PROGRAMS, versions

COLOURS = {"libtrm": "#2a9d5c", **{program.name: program.colour for program in PROGRAMS}}


def processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            said = file.read()
    except OSError:
        return platform.machine()
    fields = dict(re.findall(r"^(model name|cpu family|model)\s*: (.*)$", said, re.MULTILINE))
    family = f"family {fields.get('cpu family', '?')}, model {fields.get('model', '?')}"
    return f"{fields.get('model name', platform.machine())} ({family})"


def head(trm: str) -> str:
    """Where and with what this is measured."""
    bench = [trm, "bench", "--seconds", "0.01", "--json"]
    said = subprocess.run(bench, check=True, capture_output=True, text=True).stdout
    kernels = json.loads(said.splitlines()[-1])["instruction_set"]
    ours = subprocess.run([trm, "--version"], check=True, capture_output=True, text=True).stdout.split("\n")[
        0
    ]
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    what = ", ".join([ours, *versions(), f"Python {platform.python_version()}"])
    return f"{processor()}, {cores} cores; libtrm's instruction set: {kernels}; {what}"


def step_line(row: dict) -> str:
    peak = "" if row["peak_fraction"] is None else f"{100 * row['peak_fraction']:.0f} %"
    return (
        f"| {row['block']} | {row['batch']} | {row['threads']} | {row['what']} | {row['step_ms_median']:.0f} | "
        f"{row['by_libtrm']:.2f} | {peak} |"
    )


STEP_HEAD = "| block | batch | threads | | ms a step | its time by libtrm's | of the peak |\n|---|---|---|---|---|---|---|"


def short(megabytes: float) -> str:
    return f"{megabytes:.0f}" if megabytes >= 10 else f"{megabytes:.2g}"


def start_table(rows: list[dict]) -> str:
    lines = ["| | to the first answer, beyond the arithmetic | peak memory | library |", "|---|---|---|---|"]
    lines += [
        f"| {row['what']} | {row['start_ms']:.1f} ms | {row['peak_mb']:.0f} MB | {short(row['library_mb'])} MB |"
        for row in rows
    ]
    return "\n".join(lines)


def draw(rows: list[dict], path: str) -> None:
    """Bars of each peer's time by libtrm's, for every setting."""
    import matplotlib

    matplotlib.use("svg")
    import matplotlib.pyplot as plt

    settings = sorted(
        {(row["block"], row["what"][-4:], row["batch"], row["threads"]) for row in rows}, reverse=True
    )
    figure, axes = plt.subplots(figsize=(8, 0.9 + 0.55 * len(settings)))
    for at, (block, precision, batch, threads) in enumerate(settings):
        here = [
            r
            for r in rows
            if (r["block"], r["what"][-4:], r["batch"], r["threads"]) == (block, precision, batch, threads)
        ]
        for place, row in enumerate(here):
            name, height = row["what"][:-5], 0.8 / len(here)
            y = at + 0.4 - height * (place + 0.5)
            axes.barh(y, row["by_libtrm"], height, color=COLOURS[name], label=name)
            axes.text(row["by_libtrm"], y, f" {row['by_libtrm']:.2f}", va="center", fontsize=7)
    axes.set_yticks(range(len(settings)))
    axes.set_yticklabels([f"{b}, {p}, batch {n}, {t} thread{'s' * (t > 1)}" for b, p, n, t in settings])
    axes.set_xlabel("time of a step, libtrm's being 1 (less is faster)")
    axes.axvline(1, color="#888", linewidth=0.8)
    named = dict(zip(*reversed(axes.get_legend_handles_labels())))
    axes.legend(named.values(), named.keys(), frameon=False)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})
