"""The same answers as the library gives."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

import trm  # noqa: E402
import trm.torch  # noqa: E402

MODELS = Path(__file__).resolve().parents[4] / "models"


@pytest.mark.parametrize("halt_probability", [0.5, 0.99])
@pytest.mark.parametrize("name", ["sudoku-4x4", "sudoku-4x4-int8"])
def test_answers(name: str, halt_probability: float) -> None:
    puzzles = trm.generate("sudoku", 24, boxes="2x2", seed=9)
    task = trm.torch.Task("sudoku", boxes="2x2")
    tokens = torch.stack([task.encode(puzzle.question) for puzzle in puzzles])
    answers = trm.torch.solve(
        trm.torch.from_trm(MODELS / f"{name}.trm"), tokens, halt_probability=halt_probability
    )
    with trm.Model(MODELS / f"{name}.trm") as model:
        expected = model.solve([puzzle.question for puzzle in puzzles], halt_probability=halt_probability)
    if "int8" in name:  # the library rounds activations, too
        assert (answers.tokens.numpy() == expected.tokens).mean() > 0.99
        return
    np.testing.assert_array_equal(answers.tokens.numpy(), expected.tokens)
    np.testing.assert_array_equal(answers.steps.numpy(), expected.steps)
    np.testing.assert_allclose(answers.halt_probabilities.numpy(), expected.halt_probabilities, atol=1e-3)


def test_a_described_model_is_asked_in_text(tmp_path: Path) -> None:
    source = MODELS / "sudoku-4x4.trm"
    trm.convert(source, tmp_path / "checkpoint.safetensors")
    model = trm.torch.load_checkpoint(tmp_path / "checkpoint.safetensors")
    for key in ("task.name", "task.alphabet", "task.symmetries"):
        del model.metadata[key]
    model.configuration.grid_rows = model.configuration.grid_columns = 0
    trm.torch.to_trm(trm.torch.Task("sudoku", boxes="2x2").describe(model), tmp_path / "model.trm")
    told, known = trm.torch.from_trm(tmp_path / "model.trm").metadata, trm.torch.from_trm(source).metadata
    for key in ("task.name", "task.alphabet", "task.symmetries"):
        assert told[key] == known[key]
    with trm.Model(tmp_path / "model.trm") as described, trm.Model(source) as expected:
        puzzle = "41........323..4"
        assert described.solve(puzzle).text == expected.solve(puzzle).text == "4123234114323214"


def test_tasks() -> None:
    task = trm.torch.Task("sudoku", boxes="3x4")
    assert (task.rows, task.columns, task.vocabulary) == (12, 12, 14)
    assert trm.torch.Task("sudoku", grid="6x6").boxes == "2x3"
    path = trm.torch.Task("path", grid="2x3")
    assert path.decode(path.encode("S # oG")) == "S # oG"
    with pytest.raises(ValueError, match="the task has no token for the character 'x'"):
        path.encode("x")
    with pytest.raises(ValueError, match="boxes of 2x2 do not fit a grid of 9x9"):
        trm.torch.Task("sudoku", grid="9x9", boxes="2x2")
    with pytest.raises(ValueError, match="its alphabet is missing"):
        trm.torch.Task("colours", grid="3x3")
    with pytest.raises(ValueError, match="do not fit a model with 16 positions and 6 tokens"):
        task.describe(trm.torch.from_trm(MODELS / "sudoku-4x4.trm"))
