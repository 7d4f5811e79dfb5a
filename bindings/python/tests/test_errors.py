"""Bad input: an exception with the sentence, of a class that says what kind it is."""

from __future__ import annotations

import numpy as np
import pytest

import trm
from conftest import SMALL, TASK, TINY

TOKENS = np.ones(16, np.int32)
BAD_PUZZLES = [
    (SMALL[:-1], trm.PuzzleError, "15"),
    (SMALL[:-1] + "x", trm.PuzzleError, "'x'"),
    (SMALL[:-1] + "\u20ac", trm.PuzzleError, "\u20ac"),
    ([SMALL, SMALL[:-1]], trm.PuzzleError, "puzzle 1: expected a puzzle of 16 characters, found 15"),
    (SMALL[:-1] + "λ", trm.PuzzleError, "character 16: no alphabet has 'λ'"),
    ([SMALL, 7], trm.PuzzleError, "puzzle 1: expected text as in the others, found 7"),
    (np.full(16, 5), trm.PuzzleError, "^cell 1: expected a digit from 0 to 4, found 5"),
    ([[0] * 16, [0] * 15 + [5]], trm.PuzzleError, "puzzle 1, cell 16: .* found 5"),
    (None, TypeError, "object"),
    ([None], TypeError, "object"),
    ({}, TypeError, "object"),
]
BAD_NUMBERS = [
    (TOKENS[:-1], trm.PuzzleError, r"\(15,\)"),
    (np.ones((2, 15), int), trm.PuzzleError, r"\(2, 15\)"),
    (np.ones((2, 2, 2, 4), int), trm.PuzzleError, "shape"),
    (np.array(3), trm.PuzzleError, "shape"),
    (TOKENS * 6, trm.PuzzleError, "6"),
    (TOKENS * -1, trm.PuzzleError, "-1"),
    (TOKENS.astype(np.int64) + 2**32, trm.PuzzleError, "4294967297"),
    (TOKENS.astype(np.uint64) + 2**63, trm.PuzzleError, "9223372036854775809"),
    (TOKENS.astype(float), TypeError, "float64"),
    (TOKENS.astype(bool), TypeError, "bool"),
    (np.ma.array(TOKENS, mask=True).filled(99), trm.PuzzleError, "99"),
    ([[1, 2], [3]], (TypeError, ValueError), "shape|object"),
]
BAD_OPTIONS = [
    ({"steps": -1}, "steps"),
    ({"steps": 65537}, "65537"),
    ({"steps": "3"}, "steps"),
    ({"steps": 2**40}, "steps"),
    ({"halt": "never"}, "never"),
    ({"halt": "stable", "stable_steps": 1}, "stable_steps"),
    ({"halt_probability": 1.0}, "halt_probability"),
    ({"halt_probability": float("nan")}, "halt_probability"),
    ({"batch": 0}, "batch"),
    ({"batch": 2.5}, "batch"),
    ({"threads": 5000}, "threads"),
    ({"threads": -1}, "threads"),
    ({"threads": "all"}, "threads"),
    ({"seconds": -1}, "seconds"),
    ({"seconds": float("nan")}, "seconds"),
    ({"identifiers": [0, 1]}, "identifiers"),
    ({"identifiers": 0.5}, "identifiers"),
    ({"identifiers": -1}, "identifiers"),
]


@pytest.mark.parametrize("puzzle, kind, words", BAD_PUZZLES)
def test_bad_puzzles(small, puzzle, kind, words) -> None:
    for method in (small.solve, small.stream):
        with pytest.raises(kind, match=words):
            list(method(puzzle))


@pytest.mark.parametrize("numbers, kind, words", BAD_NUMBERS)
def test_bad_numbers(small, numbers, kind, words) -> None:
    for method in (small.solve, small.stream):
        with pytest.raises(kind, match=words):
            list(method(numbers))
        with pytest.raises(kind, match=words):
            list(method(tokens=numbers))
    with pytest.raises(trm.ArgumentError, match="both"):
        small.solve(SMALL, tokens=TOKENS)


@pytest.mark.parametrize("options, words", BAD_OPTIONS)
def test_bad_options(small, options, words) -> None:
    with pytest.raises(trm.ArgumentError, match=words):
        small.solve(SMALL, **options)


def test_files_that_are_no_models(small_path, tmp_path) -> None:
    with pytest.raises(trm.FileError, match="missing.trm") as caught:
        trm.Model(tmp_path / "missing.trm")
    assert isinstance(caught.value, OSError) and caught.value.status_name == "TRM_ERROR_FILE"
    with pytest.raises(trm.FileError):
        trm.Model(tmp_path)
    with pytest.raises(trm.FormatError):
        trm.Model(__file__)
    whole = bytearray(open(small_path, "rb").read())
    for data in (b"", b"x", whole[:100], whole[:-1], np.zeros(1000, np.uint8)):
        with pytest.raises(ValueError) as caught:
            trm.Model.from_bytes(data)
        assert isinstance(caught.value, trm.Error), data
    whole[-1] ^= 1
    with pytest.raises(trm.ChecksumError):
        trm.Model.from_bytes(whole)
    for nothing in (None, 3, "text"):
        with pytest.raises(TypeError):
            trm.Model.from_bytes(nothing)
    with pytest.raises(trm.ArgumentError, match="zero"):
        trm.Model(small_path + "\0.trm")
    with pytest.raises(trm.ArgumentError, match="half"):
        trm.Model(small_path, precision="half")


def test_a_closed_model_raises(small_path) -> None:
    model = trm.Model(small_path)
    with model:
        steps = model.stream(SMALL, halt=None)
        next(steps)
    for call in (model.solve, model.stream, model.encode, model.decode):
        with pytest.raises(trm.ArgumentError, match="closed"):
            call(SMALL)
    with pytest.raises(trm.ArgumentError, match="closed"):
        model.__enter__()
    assert model.closed and "closed" in repr(model) and model.info.positions == 16
    assert len(list(steps)) == 15  # what was begun before goes on
    model.close()


def test_a_model_without_an_alphabet(tmp_path) -> None:
    trm.init(tmp_path / "m.trm", **TINY, positions=16, vocabulary=6)
    with trm.Model(tmp_path / "m.trm") as model:
        with pytest.raises(trm.PuzzleError, match="tokens by their name"):
            model.solve(TOKENS)
        answer = model.solve(tokens=TOKENS)
        assert len(repr(answer).splitlines()) == 2 and answer._repr_html_().count("<td") == 16
        for call in (lambda: answer.text, lambda: model.solve(SMALL), lambda: model.decode(TOKENS)):
            with pytest.raises(trm.UnsupportedError, match="alphabet"):
                call()


def test_bad_keywords(tmp_path) -> None:
    for call in (trm.init, lambda path, **more: trm.convert(path, path, **more)):
        with pytest.raises(TypeError, match="colour"):
            call(tmp_path / "m.trm", colour="red")
    with pytest.raises(trm.ArgumentError, match="mixer or attention"):
        trm.init(tmp_path / "m.trm", block="transformer")
    with pytest.raises(trm.ArgumentError, match="channels"):
        trm.init(tmp_path / "m.trm", channels=-1)
    with pytest.raises(trm.ArgumentError, match="grid"):
        trm.init(tmp_path / "m.trm", **{**TASK, "grid": "4"})
    with pytest.raises(trm.FileError):
        trm.init(tmp_path / "nowhere" / "m.trm", **TINY, **TASK)
    assert list(tmp_path.iterdir()) == []


def test_every_error_is_natural() -> None:
    bases = {
        trm.ArgumentError: ValueError,
        trm.OutOfMemoryError: MemoryError,
        trm.FileError: OSError,
        trm.FormatError: ValueError,
        trm.VersionError: ValueError,
        trm.ChecksumError: ValueError,
        trm.PuzzleError: ValueError,
        trm.UnsupportedError: RuntimeError,
    }
    assert all(issubclass(kind, (trm.Error, base)) and issubclass(kind, base) for kind, base in bases.items())
