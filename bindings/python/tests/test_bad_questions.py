"""What no model can answer, or this one cannot: an exception of the right kind, in the user's words, before any
step. The same table as tests/property/bad_questions_test.c, as far as Python lets one ask it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import trm
from conftest import ROOT

PATH = {"edge": [[1], [0, 2], [1]]}


def models() -> Iterator[str]:
    yield from ("sudoku-small", "path", "colouring", "sudoku-4x4", "sudoku")


@pytest.fixture(scope="module")
def opened() -> Iterator[dict[str, trm.Model]]:
    found = {name: trm.Model(ROOT / f"models/{name}.trm") for name in models()}
    yield found
    for model in found.values():
        model.close()


def edge(lists: Any) -> dict[str, Any]:
    return {"relations": {"edge": lists}, "fields": 3}


# fmt: off
CASES = [
    # a shape outside the model's bounds
    ("sudoku-small", "." * 9, {"shape": (3, 3)}, "shape: expected 4 to 9 rows and columns, .* found 3 x 3"),
    ("sudoku-small", "." * 256, {}, "a square of 4 to 9 rows and columns, .* found 256 characters"),
    ("sudoku", "." * 80, {}, "^expected 81 characters, 9 x 9 characters, found 80 characters"),
    ("sudoku-small", np.zeros((3, 3), int), {}, r"found an array of shape \(3, 3\)"),
    ("colouring", "." * 20000, {"relations": {"edge": [[]] * 20000}}, "expected 1 to 10000 characters, found 20000"),
    # one that contradicts the text's length
    ("path", " " * 41, {"shape": (6, 7)}, "expected 42 characters, 6 x 7|expected a puzzle of 42 characters, found 41"),
    ("path", " " * 41, {}, r"or shape=\(rows, columns\), found 41 characters"),
    # boxes that do not divide the grid
    ("sudoku-small", "." * 36, {"boxes": (4, 2)}, "^shape: expected boxes that divide the grid, found boxes of 4 x 2 in 6 x 6"),
    # a relation that the shape cannot have
    ("sudoku-small", "." * 49, {}, "^relation box: expected a shape with boxes, or lists with the question, found 49"),
    # fields beyond the alphabet
    ("colouring", "12.", {**edge(PATH["edge"]), "fields": 5}, "^fields: expected 2 to 4, as this model takes, found 5"),
    ("sudoku-small", "." * 36, {"fields": 10}, "^fields: expected 4 to 9, as this model takes, found 10"),
    # lists that point outside, are too few, or are missing
    ("colouring", "12.", edge([[1], [0, 3], [1]]), r"relations\['edge'\]: expected numbers from 0 to 2, found 3"),
    ("colouring", "12.", edge([[1], [-1], [1]]), "expected numbers from 0 to 2, found -1"),
    ("colouring", "12.", edge([[1], [0]]), "expected 3, as many as the question has, found 2 lists"),
    ("colouring", "12.", {"fields": 3}, "^relation edge: expected lists with the question, found none"),
    ("colouring", "12.", {"relations": {"egde": [[], [], []]}}, r"relations \(edge, cell\), found 'egde'"),
    # helpers and features that the model does not know
    ("colouring", "12.", {**edge(PATH["edge"]), "helpers": [0]}, "^helpers: expected none"),
    ("colouring", "12.", {**edge(PATH["edge"]), "features": [[0.5]] * 3}, "^features: expected none"),
    # another size, for a model of one
    ("sudoku-4x4", "." * 36, {}, "expected a puzzle of 16 characters, found 36"),
    ("sudoku-4x4", "." * 36, {"shape": (6, 6)}, "^shape: expected 4 x 4, as this model has one size, found 6 x 6"),
    # several sizes in one call
    ("sudoku-small", ["." * 16, "." * 36], {}, "expected puzzles of one shape in a call, found 4 x 4 and, puzzle 1, 6 x 6"),
]
# fmt: on


@pytest.mark.parametrize("name, puzzle, how, words", CASES)
def test_each_is_refused_in_words(opened, name, puzzle, how, words) -> None:
    seen: list[Any] = []
    with pytest.raises(trm.PuzzleError, match=words) as refusal:
        opened[name].solve(puzzle, watcher=seen.append, **how)
    assert seen == [] and "trm_" not in str(refusal.value)
    with pytest.raises(trm.PuzzleError, match=words):
        next(opened[name].stream(puzzle, **how))


def test_empty_lists_are_lists(opened) -> None:
    answer = opened["colouring"].solve("12.", **edge([[], [], []]))
    assert answer.text[:2] == "12" and answer.stop != "running"


def test_lists_in_any_order(opened) -> None:
    """Those of a program that does not sort them are the same lists."""
    one, other = edge([[1], [0, 2], [1]]), edge([[1], [2, 0, 2], [1]])
    bits = [opened["colouring"].solve("12.", **how).probabilities.tobytes() for how in (one, other)]
    assert bits[0] == bits[1]


def test_jigsaws_of_a_side_without_boxes(opened) -> None:
    for question, answer, _, brought in trm.Puzzles("jigsaw", grid=(7, 7)).generate(3, seed=5):
        assert opened["sudoku-small"].solve(question, relations=brought["relations"]).text == answer
