"""What people have puzzles in: Series, arrays, generators, bytes, data frames; and what is said when it is wrong."""

from __future__ import annotations

import re

import numpy as np
import pytest

import trm
from conftest import ROOT, SMALL
from trm.frames import _NAMES

OTHER = "....2...3..2..4."
ANSWERS = ["1234341243212143", "4321213434121243"]


class Frame(dict):
    """The least that a data frame has."""

    columns = property(lambda self: list(self))


def objects(*values: object) -> np.ndarray:
    array = np.empty(len(values), object)
    array[:] = values
    return array


@pytest.mark.parametrize(
    "given",
    [
        (one for one in [SMALL, OTHER]),
        iter([SMALL, OTHER]),
        [SMALL.encode(), OTHER.encode()],
        np.array([SMALL, OTHER]),
        np.array([SMALL, OTHER], "S"),
        objects(SMALL, OTHER),
        Frame(Quizzes=[SMALL, OTHER], solutions=ANSWERS),
        Frame({" puzzle ": objects(SMALL, OTHER)}),
    ],
)
def test_texts(small, given) -> None:
    assert small.solve(given).texts == ANSWERS


def test_one_text_as_bytes(small) -> None:
    assert small.solve(SMALL.encode()).text == ANSWERS[0]


def test_columns_of_arrays(small) -> None:
    digits = [[int(c) for c in text.replace(".", "0")] for text in (SMALL, OTHER)]
    assert small.solve(objects(*map(np.array, digits))).texts == ANSWERS
    assert small.solve(np.array(digits[0]) for _ in range(1)).texts == ANSWERS[:1]


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_frames_and_series(small, library) -> None:
    module = pytest.importorskip(library)
    frame = module.DataFrame({"puzzle": [SMALL, OTHER], "solution": ANSWERS, "difficulty": [1.0, 2.0]})
    assert small.solve(frame).texts == small.solve(frame["puzzle"]).texts == ANSWERS
    assert small.solve(module.Series([int(c) for c in SMALL.replace(".", "0")])).text == ANSWERS[0]
    puzzles = trm.Puzzles("sudoku", boxes="2x2").add(frame)
    assert [one.rating for one in puzzles] == [1, 2] and puzzles[1].answer == ANSWERS[1]
    assert trm.evaluate(small, frame).total.exact_puzzles == 2


def test_columns_have_the_names_of_lists(small, tmp_path) -> None:
    """The same ones as in a CSV file, which the library reads."""
    for kind in ("question", "answer"):
        for name in _NAMES[kind]:
            other = "answer" if kind == "question" else "question"
            texts = {
                kind: SMALL if kind == "question" else ANSWERS[0],
                other: SMALL if other == "question" else ANSWERS[0],
            }
            header, row = f"{name},{other}", f"{texts[kind]},{texts[other]}"
            (tmp_path / "list.csv").write_text(f"{header}\n{row}\n")
            listed = trm.Puzzles("sudoku", boxes="2x2").read(tmp_path / "list.csv")
            framed = trm.Puzzles("sudoku", boxes="2x2").add(
                Frame({name: [texts[kind]], other: [texts[other]]})
            )
            assert list(listed) == list(framed), name


def test_numpy_integers(small) -> None:
    assert (
        small.solve([SMALL, OTHER], batch=np.int64(1), steps=np.int32(4), threads=np.uint8(1)).texts
        == ANSWERS
    )
    assert len(small.candidates(SMALL, count=np.int64(1))) == 1
    assert len(small.hint(SMALL, count=np.int16(2))) == 2
    for wrong in (0, 1.5, "2", -1):
        with pytest.raises(
            trm.ArgumentError, match=re.escape(f"count: expected 1 to 65536, found {wrong!r}")
        ):
            small.candidates(SMALL, count=wrong)
        with pytest.raises(trm.ArgumentError, match="count: expected 1 or more, or None for all, found"):
            small.hint(SMALL, count=wrong)
        with pytest.raises(
            trm.ArgumentError, match=re.escape(f"batch: expected 1 to 65536, found {wrong!r}")
        ):
            small.solve(SMALL, batch=wrong)


def test_a_frame_without_puzzles(small) -> None:
    frame = Frame(task=["x"], other=["y"])
    sentence = r"expected a column question \(or questions, quiz, ...\), found the columns task, other"
    with pytest.raises(trm.PuzzleError, match=sentence):
        small.solve(frame)
    with pytest.raises(trm.PuzzleError, match=sentence):
        trm.Puzzles("sudoku", boxes="2x2").add(frame)
    with pytest.raises(trm.PuzzleError, match=sentence):
        trm.evaluate(small, frame)
    with pytest.raises(trm.PuzzleError, match="expected a column asked, found the columns task, other"):
        trm.evaluate(small, frame, question="asked")
    with pytest.raises(trm.PuzzleError, match=r"expected a column answer \(or answers, solution, ...\)"):
        trm.Puzzles("sudoku", boxes="2x2").add(Frame(question=[SMALL]))


@pytest.mark.parametrize(
    "wrong, sentence",
    [
        (
            (SMALL.replace("1", "9", 1), ANSWERS[0]),
            r"^puzzle 1 \(question\): expected one of '.1234', found '9'",
        ),
        ((SMALL, ANSWERS[0][1:]), r"^puzzle 1 \(answer\): "),
        ((SMALL, "2" + ANSWERS[0][1:]), "^puzzle 1"),
        (
            (SMALL, ANSWERS[0], float("nan")),
            r"^puzzle 1 \(rating\): expected a whole number from 0, found nan",
        ),
        ((SMALL, ANSWERS[0], 1.9), r"^puzzle 1 \(rating\): expected a whole number from 0, found 1.9"),
        ((SMALL, ANSWERS[0], -1), r"^puzzle 1 \(rating\): expected a whole number from 0, found -1"),
        ((SMALL, None), r"^puzzle 1 \(answer\): expected text, found None"),
        (("1,3" + SMALL[3:], ANSWERS[0]), r"^puzzle 1 \(question\): character 2: no alphabet has ','"),
        (
            ("\u0142" + SMALL[1:], ANSWERS[0]),
            r"^puzzle 1 \(question\): character 1: no alphabet has '\u0142'",
        ),
        ((SMALL,), "^puzzle 1: expected a question and an answer, found"),
        ((SMALL.replace("1", "9", 1), ANSWERS[0], 0, {"rows": 4, "columns": 4}), "^puzzle 1"),
    ],
)
def test_a_wrong_puzzle_is_named(wrong, sentence) -> None:
    puzzles = trm.Puzzles("sudoku", boxes="2x2")
    with pytest.raises(trm.Error, match=sentence) as caught:
        puzzles.add([(SMALL, ANSWERS[0]), wrong])
    assert "/" not in str(caught.value) and len(puzzles) == 0


def test_ratings_that_became_floats() -> None:
    puzzles = trm.Puzzles("sudoku", boxes="2x2").add(
        [(SMALL, ANSWERS[0], 3.0), (OTHER, ANSWERS[1], np.int64(4))]
    )
    assert [one.rating for one in puzzles] == [3, 4]
    assert len(puzzles.add([])) == 2


def test_misspelt_options() -> None:
    with pytest.raises(TypeError, match="unexpected keyword argument 'chanels'; did you mean 'channels'"):
        trm.train(task="sudoku", generate=10, chanels=16)
    with pytest.raises(TypeError, match="unexpected keyword argument 'generat'; did you mean 'generate'"):
        trm.train(task="sudoku", generat=10)
    with pytest.raises(TypeError, match="unexpected keyword argument 'zzz'$"):
        trm.train(task="sudoku", generate=10, zzz=16)


def test_columns_have_the_names_that_lists_have() -> None:
    """Frames are read in Python and lists in C: the two tables of names are one."""
    source = (ROOT / "lib/puzzles/table_columns.c").read_text()
    for kind in ("source", "question", "answer", "rating"):
        names = re.search(rf"\b{kind}_names\[\] = \{{(.*?)NULL", source, re.S)
        assert names is not None
        assert tuple(re.findall(r'"(\w+)"', names[1])) == _NAMES[kind]
