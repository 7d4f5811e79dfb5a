"""Pictures, where matplotlib is; a sentence where it is not."""

from __future__ import annotations

import sys

import pytest

import trm
from conftest import SMALL

LOG = """{"event": "begin", "step": 0, "steps": 4}
{"event": "step", "step": 2, "loss": 2.0, "answer_loss": 1.5, "halt_loss": 0.5, "exact": null, "cell": 0.5}
{"event": "validation", "step": 2, "exact": 0.25, "cell": 0.5}
{"event": "step", "step": 4, "loss": 1.0, "answer_loss": 0.5, "halt_loss": 0.5, "exact": 0.5, "cell": 0.75}
{"event": "st"""


def test_without_matplotlib(monkeypatch, small) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    with pytest.raises(ImportError, match="pip install matplotlib"):
        trm.plot.trace(small.stream(SMALL))


def test_curves(tmp_path) -> None:
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    (tmp_path / "log.jsonl").write_text(LOG)
    figure = trm.plot.curves(tmp_path / "log.jsonl")
    assert [axis.get_title() for axis in figure.axes][0] == "loss" and len(figure.axes) == 3
    assert figure.axes[0].lines[0].get_ydata().tolist() == [2.0, 1.0]
    figure.savefig(tmp_path / "curves.png")
    (tmp_path / "log.jsonl").write_text("nonsense\n" + LOG)
    with pytest.raises(trm.FormatError, match="line 1"):
        trm.plot.curves(tmp_path / "log.jsonl")
    (tmp_path / "log.jsonl").write_text("")
    with pytest.raises(trm.FormatError, match="none"):
        trm.plot.curves(tmp_path / "log.jsonl")


def test_trace(small, tmp_path) -> None:
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    figure = trm.plot.trace(small.stream(SMALL, halt=None, steps=5), columns=3)
    drawn = [axis for axis in figure.axes if axis.get_title()]
    assert len(drawn) == 5 and drawn[0].get_title().startswith("step 1")
    assert [text.get_text() for text in drawn[-1].texts] == list(small.solve(SMALL, halt=None, steps=5).text)
    figure.savefig(tmp_path / "trace.png")
