"""The comparison as Markdown and as a picture."""

from __future__ import annotations

COLOURS = {"libtrm": "#2a9d5c", "ONNX Runtime": "#8da0cb", "PyTorch": "#fc8d62"}


def step_line(row: dict) -> str:
    peak = "" if row["peak_fraction"] is None else f"{100 * row['peak_fraction']:.0f} %"
    return (
        f"| {row['block']} | {row['batch']} | {row['threads']} | {row['what']} | {row['step_ms_median']:.0f} | "
        f"{row['by_libtrm']:.2f} | {peak} |"
    )


STEP_HEAD = "| block | batch | threads | | ms a step | its time by libtrm's | of the peak |\n|---|---|---|---|---|---|---|"


def start_table(rows: list[dict]) -> str:
    lines = ["| | to the first answer, beyond the arithmetic | peak memory | library |", "|---|---|---|---|"]
    lines += [
        f"| {row['what']} | {row['start_ms']:.1f} ms | {row['peak_mb']:.0f} MB | {row['library_mb']:.2g} MB |"
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
