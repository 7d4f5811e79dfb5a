"""The training options: those of the library's table, here and in trm.torch."""

from __future__ import annotations

from typing import Any, get_type_hints

import pytest
from trm._library import ffi, lib
from trm.keywords import TrainerOptions
from trm.native import call, new

KINDS = {
    lib.TRM_OPTION_SWITCH: bool,
    lib.TRM_OPTION_WORD: str,
    lib.TRM_OPTION_COUNT: int,
    lib.TRM_OPTION_LONG: int,
    lib.TRM_OPTION_REAL: float,
}


def table() -> list[Any]:
    rows = []
    while True:
        row = new("trm_option_info")
        call(lib.trm_train_option, len(rows), row)
        if row.name == ffi.NULL:
            return rows
        rows.append(row)


def name_of(row: Any) -> str:
    """Here `symmetries` is the opposite of `plain`."""
    name = ffi.string(row.name).decode()
    return "symmetries" if name == "plain" else name


def usual_of(row: Any) -> Any:
    if row.kind == lib.TRM_OPTION_WORD:
        return ffi.string(row.words).decode().split()[max(int(row.usual), 1) - 1]
    value = KINDS[row.kind](row.usual)
    return not value if name_of(row) == "symmetries" else value


def test_keywords_are_those_of_the_library() -> None:
    assert {name_of(row): KINDS[row.kind] for row in table()} == get_type_hints(TrainerOptions)


def test_pytorch_has_the_same_defaults() -> None:
    pytest.importorskip("torch")
    from trm.torch.train.settings import Settings

    settings = Settings()
    own = {"replacement", "precision"}  # words for what else it does
    shared = [row for row in table() if hasattr(settings, name_of(row)) and name_of(row) not in own]
    assert len(shared) == 25
    for row in shared:
        assert getattr(settings, name_of(row)) == usual_of(row), name_of(row)
