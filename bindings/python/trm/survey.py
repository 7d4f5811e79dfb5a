"""What lists of puzzles tell of themselves, before anybody says what they are about."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Union

from ._library import ffi, lib
from .errors import ArgumentError
from .native import Path, call, fill, new, path_bytes, words_of


@dataclass(frozen=True)
class Survey:
    """What was found, and what it makes sense to train. `print(survey)` says it in sentences."""

    puzzles: int
    """that were looked at"""
    repeated: int
    """of these: the same question with the same answer stood before"""
    cells: int
    """of each; 0: they differ"""
    grid: "tuple[int, int] | None"
    boxes: "tuple[int, int] | None"
    groups: "tuple[str, ...]"
    """of `rows`, `columns`, `boxes`, `regions`: no value stands twice in any of these in any answer"""
    keeps_givens: bool
    has_blank: bool
    """The alphabet begins with the character of an open cell."""
    fields: int
    """values that are alike as far as the lists can tell; 1: they are not"""
    alphabet: str
    task: str
    """proposed, as the options are"""
    options: "dict[str, Any]"
    """dimensions and training options, as keywords of trm.train"""
    findings: "tuple[str, ...]"
    """Sentences: what was found, what follows, what is not known."""

    def __str__(self) -> str:
        return "\n".join(self.findings)


_GROUPS = ("rows", "columns", "boxes", "regions")


def survey(
    data: Union[Path, Sequence[Path]], *, question: str | None = None, answer: str | None = None
) -> Survey:
    """Looks at lists of puzzles (doc/lists.md) of a task that nobody has named: `print(trm.survey("mine.csv"))`.

    Answers that contradict their questions or each other are a PuzzleError that names lines. `question` and `answer` name
    the columns of tables, where these are not the usual ones.
    """
    paths = [data] if isinstance(data, (str, os.PathLike)) else list(data)
    if len(paths) == 0:
        raise ArgumentError("expected a list of puzzles, found none")
    names = [ffi.new("char[]", path_bytes(path)) for path in paths]
    options, found = new("trm_csv_options"), new("trm_survey")
    kept = fill(options, {"question": question, "answer": answer})
    call(lib.trm_csv_survey, ffi.new("char *[]", names), len(names), options, found)
    del kept
    return _of(found)


def _of(found: Any) -> Survey:
    text = {
        name: ffi.string(getattr(found, name)).decode()
        for name in ("alphabet", "task", "relations", "findings")
    }
    return Survey(
        found.puzzles,
        found.repeated,
        found.cells,
        (found.grid_rows, found.grid_columns) if found.grid_rows > 0 else None,
        (found.box_rows, found.box_columns) if found.box_rows > 0 else None,
        tuple(name for bit, name in enumerate(_GROUPS) if found.groups >> bit & 1),
        bool(found.keeps_givens),
        bool(found.has_blank),
        found.fields,
        text["alphabet"],
        text["task"],
        _options(found, text["relations"]),
        tuple(text["findings"].splitlines()),
    )


def _options(found: Any, relations: str) -> dict[str, Any]:
    numbers = ("channels", "channel_hidden", "cycles", "updates", "batch", "steps")
    options = {name: getattr(found, name) for name in numbers if getattr(found, name) > 0}
    options["block"] = words_of("trm_block")[found.block]
    if options["block"] == "relational":
        options.update(staggered=True, fields=found.fields)
        options.update(helper_tokens=found.helper_tokens, start_noise=found.start_noise)
        options.update({"relations": relations} if relations else {})
        options.update({"replacement": 0.3, "halt_weight": 0.05} if found.fields == 1 else {})
    return options
