"""Models by their names."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

import trm

MODELS = Path(__file__).resolve().parents[3] / "models"


@pytest.fixture(autouse=True)
def folders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LOCALAPPDATA" if os.name == "nt" else "XDG_DATA_HOME", str(tmp_path))
    monkeypatch.delenv("TRM_MODELS", raising=False)


def test_the_package_brings_models_along() -> None:
    assert {"sudoku", "sudoku-4x4", "sudoku-small", "path", "path-small", "colouring"} <= set(trm.models())
    with trm.Model("sudoku-4x4") as model:
        assert model.solve("1.3..4.2.3.12.4.").text == "1234341243212143"


def test_the_users_folders_come_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "trm/models").mkdir(parents=True)
    shutil.copy(MODELS / "path.trm", tmp_path / "trm/models/sudoku.trm")
    assert trm.Model("sudoku").info.task == "path"
    assert Path(trm.models()["sudoku"]) == tmp_path / "trm/models/sudoku.trm"
    monkeypatch.setenv("TRM_MODELS", str(MODELS))
    assert trm.Model("sudoku").info.task == "sudoku"
    assert "sudoku-int8" in trm.models()


def test_a_name_that_nobody_has() -> None:
    with pytest.raises(
        trm.FileError, match="sudokus: expected a file, or the name of a model in .*, found neither"
    ):
        trm.Model("sudokus")
