"""Pictures with matplotlib: the curves of a training run, and how a model thinks.

trm.plot.curves("sudoku.trm.jsonl").savefig("curves.png")
trm.plot.trace(model.stream(puzzle)).savefig("trace.png")

`Answer.plot()` and `Trace.plot()` draw here, too.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from .errors import FormatError, PuzzleError
from .native import Path

if TYPE_CHECKING:
    from matplotlib.figure import Figure  # type: ignore[import-untyped, unused-ignore]

    from .answers import Answer

# The panels of curves(): title, the fields of a line of the log, of which kind of line.
_PANELS = [
    ("loss", ("loss", "answer_loss", "halt_loss"), "step"),
    ("accuracy while learning", ("exact", "cell"), "step"),
    ("accuracy on validation puzzles", ("exact", "cell"), "validation"),
]


def curves(log: Path) -> Figure:
    """Draws loss and accuracy from the log of a run (`log=` of trm.train, or of `trm train`)."""
    lines = _read(log)
    panels = [panel for panel in _PANELS if any(line["event"] == panel[2] for line in lines)]
    if not panels:
        raise FormatError(f"{log}: expected the steps of a training run, found none")
    figure: Figure
    figure, axes = _pyplot().subplots(1, len(panels), figsize=(5 * len(panels), 4), squeeze=False)
    for axis, (title, names, event) in zip(axes[0], panels):
        chosen = [line for line in lines if line["event"] == event]
        for name in names:
            values = [np.nan if line.get(name) is None else line[name] for line in chosen]
            axis.plot([line["step"] for line in chosen], values, label=name.replace("_", " "))
        axis.set(title=title, xlabel="step")
        axis.legend()
    figure.tight_layout()
    return figure


class Picture(NamedTuple):
    """A grid after a step, with what the model thinks of its cells."""

    size: "tuple[int, int]"
    """Rows and columns."""
    box: "tuple[int, int]"
    """Those of a box, or of all of the grid."""
    given: Sequence[bool]
    cells: Sequence[str]
    probabilities: Sequence[float]
    step: int
    halt_probability: float


def trace(steps: Iterable[Answer], *, columns: int = 4) -> Figure:
    """Draws the grid after each step, its cells shaded by their probabilities; returns the figure.

    `steps` are those of Model.stream().
    """
    return draw([_picture(answer) for answer in steps], columns)


def answer(answer: Answer) -> Figure:
    """Draws the grid of an answer, its cells shaded by their probabilities; returns the figure."""
    return draw([_picture(answer)], 1)


def draw(pictures: Sequence[Picture], columns: int) -> Figure:
    """A figure of them, so many in a row."""
    if not pictures:
        raise PuzzleError("expected the steps of a solve, found none")
    columns = min(columns, len(pictures))
    rows = -(-len(pictures) // columns)
    figure: Figure
    figure, axes = _pyplot().subplots(rows, columns, figsize=(3 * columns, 3.2 * rows), squeeze=False)
    for axis in axes.flat:
        axis.set_axis_off()
    for axis, picture in zip(axes.flat, pictures):
        _draw(axis, picture)
    figure.tight_layout()
    return figure


def _picture(answer: Answer) -> Picture:
    board = answer.board
    return Picture(
        (board.rows, board.columns),
        board.box,
        board.is_given(answer.question).tolist(),
        board.cells(answer.tokens),
        answer.probabilities.tolist(),
        answer.steps,
        answer.halt_probability,
    )


def _draw(axis: Any, picture: Picture) -> None:
    """One grid: what was given is black, what the model thinks is blue."""
    rows, columns = picture.size
    shade = np.array(picture.probabilities).reshape(rows, columns)
    axis.imshow(shade, cmap="Greens", vmin=0, vmax=1.6)
    for n, (cell, given) in enumerate(zip(picture.cells, picture.given)):
        row, column = divmod(n, columns)
        axis.text(column, row, cell, ha="center", va="center", color="black" if given else "tab:blue")
    height, width = picture.box
    for row in range(0, rows + 1, height):
        axis.axhline(row - 0.5, color="black", linewidth=1)
    for column in range(0, columns + 1, width):
        axis.axvline(column - 0.5, color="black", linewidth=1)
    axis.set_title(f"step {picture.step}: {100 * picture.halt_probability:.0f} % sure", fontsize=9)


def _read(path: Path) -> list[dict[str, Any]]:
    """The lines of a log; half a line at its end belongs to a run that was killed."""
    with open(path, encoding="utf-8") as file:
        texts = [text for text in file.read().splitlines() if text.strip()]
    lines = []
    for number, text in enumerate(texts, start=1):
        try:
            line = json.loads(text)
            lines.append({"event": line["event"], "step": int(line["step"]), **line})
        except (ValueError, TypeError, KeyError):
            if number < len(texts):
                raise FormatError(
                    f"{path}: line {number}: expected a line of `trm train`, found {text[:40]!r}"
                ) from None
    return lines


def _pyplot() -> Any:
    try:
        import matplotlib.pyplot  # type: ignore[import-untyped, unused-ignore]
    except ImportError as reason:
        raise ImportError(
            "trm.plot draws with matplotlib, which is not installed: pip install matplotlib"
        ) from reason
    return matplotlib.pyplot
