"""Traces: every step of every run of a solve, as numbers, as a page that plays them and as a picture."""

from __future__ import annotations

import json
import os
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any

from ._library import ffi, lib
from . import plot
from .errors import ArgumentError, Error, FileError, error_of
from .files import whole_file
from .keywords import SolveOptions, check, names_of
from .model import Model, One
from .native import Path, call, owned
from .questions import Questions

if TYPE_CHECKING:
    from matplotlib.figure import Figure  # type: ignore[import-untyped, unused-ignore]
    from typing_extensions import Unpack

_ENDINGS = {".json": lib.TRACE_JSON, ".html": lib.TRACE_PAGE, ".svg": lib.TRACE_PICTURE}
_HEIGHT = 760  # of the page in a notebook, until it says its own

# Makes the frame as high as its page, which gets higher as it gets wider: measured without a scroll bar.
_FIT = (
    "const root = this.contentDocument.documentElement, fit = () => { root.style.overflow = 'hidden'; "
    "this.style.height = root.querySelector('body').offsetHeight + 4 + 'px'; root.style.overflow = ''; }; "
    "fit(); this.contentWindow.onresize = fit"
)


class Trace:
    """A solve with every step of every run, made by `trm.trace()` or read by `Trace.load()`. In a notebook it is a page
    that plays them, with the mouse or keys; `save()` writes the numbers, the page or a picture.
    """

    def __init__(self, text: str | bytes) -> None:
        """Reads what doc/trace.md describes; what is none is refused."""
        given = text.encode() if isinstance(text, str) else bytes(text)
        place = ffi.new("traced **")
        call(lib.trace_read, given, len(given), place)
        self._pointer = owned(place[0], lib.trace_free)

    @classmethod
    def load(cls, path: Path) -> Trace:
        """Reads a trace that was saved as JSON, here or by `trm trace`."""
        name = os.fsdecode(path)
        try:
            with open(path, "rb") as file:
                return cls(file.read(lib.TRACE_MOST_BYTES + 1))
        except OSError as reason:
            raise FileError(f"{name}: {reason.strerror}") from None
        except Error as reason:
            raise error_of(reason.status, f"{name}: {reason}") from None

    @classmethod
    def _of(cls, pointer: Any) -> Trace:
        trace = cls.__new__(cls)
        trace._pointer = owned(pointer, lib.trace_free)
        return trace

    def to_json(self) -> str:
        """The numbers, on one line, as doc/trace.md has them; the bytes that `trm trace` writes."""
        return self._text(lib.TRACE_JSON)

    @cached_property
    def data(self) -> dict[str, Any]:
        """The numbers as Python has them."""
        data: dict[str, Any] = json.loads(self.to_json())
        return data

    @property
    def html(self) -> str:
        """A page that plays the steps, needs nothing else and works offline."""
        return self._text(lib.TRACE_PAGE)

    @property
    def svg(self) -> str:
        """A picture: some steps of the run that answers, and its curves. The same trace gives the same picture."""
        return self._text(lib.TRACE_PICTURE)

    def save(self, path: Path) -> None:
        """Writes the numbers, the page or the picture, by the file's ending: `.json`, `.html` or `.svg`."""
        ending = os.path.splitext(os.fsdecode(path))[1]
        if ending not in _ENDINGS:
            raise ArgumentError(
                f"expected a name that ends in .json, .html or .svg, found {os.fsdecode(path)!r}"
            )
        text = self._text(_ENDINGS[ending]).encode()
        try:
            with whole_file(path) as file:
                file.write(text)
        except OSError as reason:
            raise FileError(f"{os.fsdecode(path)}: {reason.strerror}") from None

    def plot(self, *, columns: int = 4) -> Figure:
        """Draws the grid after each step of the run that answers with matplotlib; returns the figure."""
        return plot.draw(_pictures(self.data), columns)

    def _text(self, kind: int) -> str:
        text, size = ffi.new("char **"), ffi.new("size_t *")
        call(lib.trace_write, self._pointer, kind, text, size)
        try:
            return bytes(ffi.buffer(text[0], size[0])).decode()
        finally:
            lib.trace_text_free(text[0])

    def __repr__(self) -> str:
        answer, runs = self.data["answer"], self.data["runs"]
        steps = sum(len(run["steps"]) for run in runs)
        return f"<trm.Trace: {self.data['model']}, {steps} steps of {len(runs)} runs, {answer['verdict']}>"

    def _repr_html_(self) -> str:
        style = f"width: 100%; height: {_HEIGHT}px; border: 0"
        page = escape(self.html)
        return (
            f'<iframe title="How a network thinks" style="{style}" onload="{_FIT}" srcdoc="{page}"></iframe>'
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return Trace, (self.to_json(),)


def trace(model: Model, puzzle: Questions = None, **how: Unpack[SolveOptions]) -> Trace:
    """Solves one puzzle, and keeps every step of every run; the answer is the same to the bit. The keywords are those of
    Model.solve(), without `batch` and `seconds`.

        trm.trace(model, puzzle, runs=8, views=model.views()).save("thinking.html")
    """
    check("trace", how, names_of(SolveOptions))
    pointer, one = model._opened(), One(model, puzzle, how)
    questions, _kept = one.asked.questions(0, 1)
    place = ffi.new("traced **")
    try:
        call(lib.trace_solve, pointer, model._file_name(), questions, one.options, place)
    finally:
        one.callbacks.raise_what_was_raised()
    return Trace._of(place[0])


def _pictures(data: dict[str, Any]) -> list[plot.Picture]:
    """The steps of the run that answers, or of the first where no single one does."""
    grid = data["grid"] or {"rows": 1, "columns": data["positions"], "box_rows": 0}
    size = grid["rows"], grid["columns"]
    box = (grid["box_rows"], grid["box_columns"]) if grid["box_rows"] else size
    given = [data["blank"] is not None and character != data["blank"] for character in data["question"]]
    run = next((run for run in data["runs"] if run["run"] == data["answer"]["run"]), data["runs"][0])
    return [
        plot.Picture(
            size,
            box,
            given,
            list(step["text"]),
            step["probabilities"],
            step["step"],
            step["halt_probability"],
        )
        for step in run["steps"]
    ]
