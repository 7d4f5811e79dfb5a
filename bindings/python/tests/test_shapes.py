"""Puzzles of any shape that a relational model takes."""

from __future__ import annotations

import json
from collections.abc import Iterator

import numpy as np
import pytest

import trm
from conftest import LARGE, ROOT, SMALL

MAP = ["S  #  G ", " # # ## ", " #      ", " ### ## ", "     #  "]  # 5 x 8


@pytest.fixture(scope="module")
def sudoku() -> Iterator[trm.Model]:
    """For 4x4 to 9x9."""
    with trm.Model(ROOT / "models/sudoku-small.trm") as model:
        yield model


@pytest.fixture(scope="module")
def path() -> Iterator[trm.Model]:
    with trm.Model(ROOT / "models/path.trm") as model:
        yield model


@pytest.fixture(scope="module")
def six() -> trm.Puzzle:
    return trm.generate("sudoku", 1, boxes="2x3", seed=3)[0]


def digits(text: str) -> np.ndarray:
    side = int(len(text) ** 0.5)
    return np.array([int(c) for c in text.replace(".", "0")]).reshape(side, side)


def test_square_texts_tell_their_shape(sudoku, six) -> None:
    for text in (SMALL, six.question, LARGE):
        side = int(len(text) ** 0.5)
        answer = sudoku.solve(text)
        assert answer.grid.shape == (side, side) and answer.question.shape == (side * side,)
        assert all(set(row) == set(range(1, side + 1)) for row in answer.grid.tolist())
        assert sudoku.decode(sudoku.encode(text)) == text
    answer = sudoku.solve(six.question)
    assert answer.text == six.answer
    assert [n for n, line in enumerate(repr(answer).splitlines()) if line[0] == "+"] == [0, 3, 6, 9]  # 2 x 3
    assert repr(answer).splitlines()[0] == "+-------+-------+"
    assert answer._repr_html_().count("<tr>") == 6


def test_answers_are_those_of_the_command(command, sudoku, six) -> None:
    said = json.loads(command("solve", "--json", "-q", ROOT / "models/sudoku-small.trm", six.question))
    answer, other = sudoku.solve(six.question), said["puzzles"][0]
    assert (answer.text, answer.steps) == (other["answer"], other["steps"])
    assert float(f"{answer.halt_probability:.6g}") == other["halt_probability"]


def test_arrays_tell_their_shape(sudoku, six) -> None:
    expected = sudoku.solve(six.question)
    grid = digits(six.question)
    characters = np.array(list(six.question)).reshape(6, 6)
    for form in (grid, grid.tolist(), grid.ravel(), characters, characters.tolist()):
        answer = sudoku.solve(form)
        assert isinstance(answer, trm.Answer) and answer.grid.tolist() == expected.grid.tolist()
    for form in (
        np.array([grid] * 2),
        [grid, grid],
        grid.reshape(1, 36).repeat(2, 0),
        np.array([characters] * 2),
    ):
        answers = sudoku.solve(form)
        assert answers.grids.shape == (2, 6, 6) and answers[1].text == expected.text
    assert sudoku.solve(tokens=sudoku.encode(six.question)).text == expected.text
    *_, last = sudoku.stream(grid)
    assert last.text == expected.text and last.grid.shape == (6, 6)


def test_other_shapes_are_named(path) -> None:
    text = "".join(MAP)
    answer = path.solve(text, shape=(5, 8))
    assert answer.grid.shape == (5, 8) and answer.text.count("o") == 9
    characters = np.array([list(row) for row in MAP])
    assert path.solve(characters).text == answer.text
    tokens = path.encode(text, shape=(5, 8))
    assert path.decode(tokens, shape=(5, 8)) == text and path.decode(tokens.reshape(5, 8)) == text
    assert path.solve(tokens=tokens.reshape(5, 8)).text == answer.text
    answers = path.solve([text] * 3, shape=(5, 8), batch=2)
    assert answers.texts == [answer.text] * 3 and answers.grids.shape == (3, 5, 8)
    assert str(answer).splitlines()[0] == answer.text[:8]


def test_boxes_can_be_named(sudoku) -> None:
    tall = trm.generate("sudoku", 1, boxes="3x2", seed=4)[0]
    answer = sudoku.solve(tall.question, boxes="3x2")
    assert answer.text == tall.answer and repr(answer).splitlines()[0] == "+-----+-----+-----+"


def test_what_a_seed_and_a_start_decide(sudoku) -> None:
    def bits(**how) -> bytes:
        return sudoku.solve(LARGE, halt=None, steps=2, **how).probabilities.tobytes()

    assert bits() == bits(seed=0, start="random") != bits(seed=1)
    assert bits(start="fixed") == bits(start="fixed", seed=1) != bits()
    *_, last = sudoku.stream(LARGE, halt=None, steps=2, seed=1)
    assert last.probabilities.tobytes() == bits(seed=1)


def test_confidence_in_cells(sudoku, small) -> None:
    answer = sudoku.solve(LARGE, halt=None, steps=1)
    assert (answer.cell_confidences > 0).all() and (answer.cell_confidences <= 1).all()
    assert answer.cell_confidences.tolist() != answer.probabilities.tolist()
    assert sudoku.info.cell_confidence and not small.info.cell_confidence
    answers = small.solve([SMALL])
    assert answers.cell_confidences.tolist() == answers.probabilities.tolist()
    assert answers[:1].cell_confidences.shape == (1, 16)


def test_a_model_tells_what_it_takes(sudoku, path, small) -> None:
    info = sudoku.info
    assert (info.least_rows, info.most_rows, info.most_positions, info.fields) == (4, 9, 81, 9)
    assert info.halting == "softmin" and info.start_noise == 1
    assert list(info.relations) == ["row", "column", "box", "cell"]
    assert info.relations["box"] == ("shape", "positions", ("sum", "max"))
    assert path.info.most_columns == 100 and path.info.relations["up"].aggregates == ("node",)
    assert small.info.relations == {} and small.info.halting == "logit"


def test_an_evaluation_of_several_sizes(sudoku, six, tmp_path) -> None:
    lines = ["source,question,answer,rating"]
    for puzzle in (six, trm.generate("sudoku", 1, boxes="2x2", seed=3)[0], six):
        lines.append(f"{len(puzzle.question)},{puzzle.question},{puzzle.answer},0")
    (tmp_path / "p.csv").write_text("\n".join(lines))
    evaluation = trm.evaluate(sudoku, tmp_path / "p.csv")
    assert evaluation.total.puzzles == evaluation.total.exact_puzzles == 3
    assert evaluation.sources["36"].cells == 72
    (tmp_path / "p.csv").write_text("\n".join([*lines, "x,12345,12345,0"]))
    with pytest.raises(trm.PuzzleError, match=r"line 5 \(question\): .* found 5 characters"):
        trm.evaluate(sudoku, tmp_path / "p.csv")


def test_bad_shapes(sudoku, path, small, six) -> None:
    grid = digits(six.question)
    bad = [
        (
            sudoku,
            SMALL[:-1],
            {},
            trm.PuzzleError,
            "a square of 4 to 9 rows and columns, or shape=.* found 15",
        ),
        (sudoku, [six.question, SMALL], {}, trm.PuzzleError, "one shape .* 6 x 6 and, puzzle 1, 4 x 4"),
        (
            sudoku,
            [grid, digits(SMALL)],
            {},
            trm.PuzzleError,
            r"one shape .* \(6, 6\) and, puzzle 1, \(4, 4\)",
        ),
        (sudoku, np.zeros((3, 3), int), {}, trm.PuzzleError, r"square of 4 to 9 .*shape \(3, 3\)"),
        (sudoku, six.question, {"shape": (4, 9)}, ValueError, r'one of "\.1234"|shape with boxes'),
        (
            sudoku,
            six.question,
            {"shape": (10, 10)},
            trm.PuzzleError,
            "4 to 9 rows and columns.* found 10 x 10",
        ),
        (sudoku, six.question, {"shape": (5, 5)}, trm.PuzzleError, "25 characters, found 36"),
        (sudoku, six.question, {"shape": "6x6"}, trm.ArgumentError, "rows, columns"),
        (sudoku, six.question, {"shape": (6, 0)}, trm.ArgumentError, "rows, columns"),
        (sudoku, six.question, {"boxes": "2"}, trm.ArgumentError, "boxes: expected two numbers"),
        (sudoku, grid * 0 + 7, {}, trm.PuzzleError, "expected a token from 0 to 6, found 7"),
        (path, np.ones((20, 100), int), {}, trm.PuzzleError, "one grid or 20 puzzles of 10 x 10"),
        (path, "S" * 41, {"shape": (5, 8)}, trm.PuzzleError, "40 characters, found 41"),
        (path, "S" * 40, {"shape": 40}, trm.PuzzleError, "rows and columns"),
        (
            sudoku,
            six.question,
            {"boxes": (4, 4)},
            trm.PuzzleError,
            "^shape: expected boxes that divide the grid",
        ),
        (sudoku, six.question, {"fields": 12}, trm.PuzzleError, "^fields: expected 4 to 9"),
        (sudoku, six.question, {"helpers": [0]}, trm.PuzzleError, "helpers: expected none"),
        (sudoku, six.question, {"features": [1.0]}, trm.PuzzleError, "features: expected none"),
        (small, SMALL, {"shape": (6, 6)}, trm.PuzzleError, "one size, found 6 x 6"),
        (small, SMALL, {"seed": -1}, trm.ArgumentError, "seed"),
        (small, SMALL, {"start": "random"}, trm.ArgumentError, "start: .* taught without"),
        (small, SMALL, {"start": "anew"}, trm.ArgumentError, "model or fixed or random, found 'anew'"),
        (small, SMALL, {"relations": {"row": []}}, trm.PuzzleError, r"relations \(none\), found 'row'"),
    ]
    for model, puzzle, how, kind, words in bad:
        for method in (model.solve, model.stream):
            with pytest.raises(kind, match=words):
                list(method(puzzle, **how))
    with pytest.raises(trm.PuzzleError, match="one grid or 20 puzzles of 10 x 10"):
        path.solve(tokens=np.ones((20, 100), int))
    assert small.solve(SMALL, shape=(4, 4)).text == small.solve(SMALL).text
