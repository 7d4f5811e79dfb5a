"""Several right answers: which of them to learn, and whether an answer is right, as the rules say.

An answer that was drawn from many would teach an average of them. The label of a step is the right one that
the library's bounded search finds when it tries first what the model is surest of; where the model's own
answer is right, that is the one, so that halting learns what the rules call right. Needs the library."""

from __future__ import annotations

import os
import tempfile
from typing import Any

import numpy as np

from ..._library import ffi, lib
from ...errors import UnsupportedError
from ...native import call, new, owned
from ...puzzles import Puzzles
from ..relational import RelationalModel
from ..trm_model import to_trm
from .brought import Sheet
from .own_task import question_of


def _opened(model: RelationalModel) -> Any:
    """The library's own, whose rules count."""
    place, options = ffi.new("trm_model **"), new("trm_open_options")
    with tempfile.TemporaryDirectory(prefix="trm-") as folder:
        path = os.path.join(folder, "rules.trm")
        to_trm(model, path)
        options.flags = lib.TRM_OPEN_READ
        call(lib.trm_model_open, os.fsencode(path), options, place)
    return owned(place[0], lib.trm_model_close)


class Rules:
    """What the rules of a model say of a set of puzzles."""

    def __init__(self, model: RelationalModel, puzzles: Puzzles) -> None:
        self.puzzles, self.pointer = puzzles, _opened(model)
        self.vocabulary, self.has_fields = model.configuration.vocabulary, model.configuration.fields > 1
        self.several: dict[int, bool] = {}  # of each puzzle that was asked about
        self.searches = True

    def _question(self, sheet: Sheet) -> tuple[Any, Any]:
        """A puzzle as the library takes it, and what must live as long."""
        question, shape, own = question_of(self.puzzles, sheet.number), new("trm_shape"), sheet.shape
        names = ("rows", "columns", "box_rows", "box_columns") if own.rows else ("positions",)
        for name in (*names, "helpers", *(("fields",) if self.has_fields else ())):
            setattr(shape, name, getattr(own, name))
        tokens = np.ascontiguousarray(sheet.question, np.int32)
        kept = (shape, ffi.from_buffer("int32_t[]", tokens))
        question.count, question.shapes, question.shape_count, question.tokens = 1, shape, 1, kept[1]
        return question, kept

    def nearest(self, sheet: Sheet, logits: np.ndarray) -> np.ndarray | None:
        """The right answer that S x V logits are nearest to; None where a bounded search found none, or knows
        no such rules."""
        answer, found = np.zeros(len(sheet.question), np.int32), ffi.new("uint32_t *")
        said = np.ascontiguousarray(logits, np.float32)
        question, kept = self._question(sheet)
        numbers, to = ffi.from_buffer("float[]", said), ffi.from_buffer("int32_t[]", answer)
        try:
            call(lib.trm_model_nearest, self.pointer, question, numbers, to, found)
        except UnsupportedError:
            self.searches = False
        del kept
        return answer if found[0] else None

    def has_several(self, sheet: Sheet) -> bool:
        """Whether the search finds another right answer than the set's, when it tries all else first."""
        if sheet.number not in self.several:
            others = np.ones((len(sheet.question), self.vocabulary), np.float32)
            others[np.arange(len(sheet.answer)), sheet.answer] = 0
            other = self.nearest(sheet, others)
            self.several[sheet.number] = other is not None and not np.array_equal(other, sheet.answer)
        return self.several[sheet.number]

    def verify(self, sheet: Sheet, answer: np.ndarray) -> bool | None:
        """Whether the rules call an answer right; None where there are none."""
        verdict, said = ffi.new("uint32_t *"), np.ascontiguousarray(answer, np.int32)
        question, kept = self._question(sheet)
        call(lib.trm_model_verify, self.pointer, question, ffi.from_buffer("int32_t[]", said), verdict)
        del kept
        unknown = verdict[0] == lib.TRM_VERDICT_UNVERIFIED
        return None if unknown else bool(verdict[0] == lib.TRM_VERDICT_VERIFIED)
