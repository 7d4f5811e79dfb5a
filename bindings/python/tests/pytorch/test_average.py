"""models/average: the shipped averages are what it makes of their parts, and what it cannot average it says."""

import subprocess
import sys
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from trm.torch import from_trm  # noqa: E402

MODELS = Path(__file__).resolve().parents[4] / "models"
PARTS = {
    "path": ("0.3", "path-open", "0.3", "path-cluttered", "0.4", "path-first"),
    "sudoku-small": ("0.5", "sudoku-small-doubt", "0.5", "sudoku-small-more"),
}


def average(output: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    paths = [word if word[0].isdigit() else str((MODELS / "parts" / word).with_suffix(Path(word).suffix or ".trm")) for word in words]
    return subprocess.run([sys.executable, str(MODELS / "average"), str(output), *paths], capture_output=True, text=True)


@pytest.mark.parametrize("name", PARTS)
def test_the_shipped_models_are_their_parts(name: str, tmp_path: Path) -> None:
    made = average(tmp_path / "average.trm", *PARTS[name])
    assert made.returncode == 0, made.stderr
    ours, shipped = from_trm(tmp_path / "average.trm"), from_trm(MODELS / f"{name}.trm")
    assert ours.metadata["provenance.average"] == shipped.metadata["provenance.average"]
    for key, tensor in ours.state_dict().items():
        assert torch.equal(tensor, shipped.state_dict()[key]), key


@pytest.mark.parametrize(
    "words, said",
    [
        ((), "expected at least two pairs"),
        (("0.5", "path-open", "0.6", "path-first"), "shares that add up to 1"),
        (("path-open", "0.5", "path-first", "0.5"), "expected at least two pairs"),
        (("0.5", "path-open", "0.5", "sudoku-small-more"), "models of one configuration"),
        (("0.5", "path-open", "0.5", "missing"), "missing.trm"),
        (("0.5", "path-open", "0.5", "README.md"), "README.md"),
    ],
)
def test_says_what_it_expects(words: "tuple[str, ...]", said: str, tmp_path: Path) -> None:
    made = average(tmp_path / "average.trm", *words)
    assert made.returncode == 1 and said in made.stderr and "Traceback" not in made.stderr, made.stderr
    assert not (tmp_path / "average.trm").exists()
