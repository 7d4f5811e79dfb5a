"""Model.solve() and Model.stream(): the bits of the C library, from every form of input."""

from __future__ import annotations

import ctypes
import json
from types import SimpleNamespace

import numpy as np
import pytest

import trm
from conftest import COMMAND, LARGE, ROOT, SMALL, TASK, TINY

ARRAYS = ("tokens", "probabilities", "halt_probabilities", "steps", "stops")


def same_bits(a, b) -> bool:
    return all(getattr(a, name).tobytes() == getattr(b, name).tobytes() for name in ARRAYS)


def test_answers_are_those_of_the_command(command, puzzles) -> None:
    for name, texts in {"sudoku-4x4": [puzzle.question for puzzle in puzzles], "sudoku": [LARGE]}.items():
        path = ROOT / f"models/{name}.trm"
        said = json.loads(command("solve", "--json", "-q", path, *texts))["puzzles"]
        with trm.Model(path) as model:
            answers = model.solve(texts)
        assert [one["answer"] for one in said] == answers.texts
        assert [one["steps"] for one in said] == answers.steps.tolist()
        assert [one["stop"] for one in said] == [answer.stop for answer in answers]
        halts = [float(f"{halt:.6g}") for halt in answers.halt_probabilities.tolist()]
        assert [one["halt_probability"] for one in said] == halts


class Questions(ctypes.Structure):
    _fields_ = [(name, ctypes.c_size_t) for name in ("size", "count", "tokens", "identifiers")]


class Answers(ctypes.Structure):
    _fields_ = [
        (name, ctypes.c_size_t)
        for name in (
            "size",
            "tokens",
            "probabilities",
            "logits",
            "halt_probabilities",
            "halt_logits",
            "continue_logits",
            "steps",
            "stops",
        )
    ]


def test_bits_are_those_of_the_c_library(small, small_path, puzzles) -> None:
    """Of the shared library that C programs link, called as they call it."""
    path = COMMAND.parents[2] / "lib/libtrm.so"
    if not path.exists():
        pytest.skip(f"{path} is not built")
    library, model = ctypes.CDLL(str(path)), ctypes.c_void_p()
    assert library.trm_model_open(small_path.encode(), None, ctypes.byref(model), None) == 0
    ours = small.solve(puzzles)
    theirs = SimpleNamespace(**{name: np.zeros_like(getattr(ours, name)) for name in ARRAYS})
    questions = Questions(ctypes.sizeof(Questions), len(ours), ours.questions.ctypes.data)
    places = {name: getattr(theirs, name).ctypes.data for name in ARRAYS}
    answers = Answers(ctypes.sizeof(Answers), **places)
    assert library.trm_solve(model, ctypes.byref(questions), ctypes.byref(answers), None, None) == 0
    library.trm_model_close(model)
    assert same_bits(ours, theirs)


def test_bits_depend_on_the_puzzles_alone(small, puzzles) -> None:
    texts = [puzzle.question for puzzle in puzzles[:20]]
    expected = small.solve(texts, halt=None, steps=4)
    for how in ({"batch": 1}, {"batch": 7}, {"threads": 2}, {"threads": 0, "batch": 33}, {"seconds": 100}):
        assert same_bits(small.solve(texts, halt=None, steps=4, **how), expected), how
    *_, last = small.stream(texts, halt=None, steps=4, threads=2)
    assert same_bits(last, expected)


GRID = [[1, 0, 3, 0], [0, 4, 0, 2], [0, 3, 0, 1], [2, 0, 4, 0]]  # SMALL


def forms(numbers: np.ndarray) -> list:
    """One puzzle in every form of numbers that is understood."""
    wide = np.zeros(2 * numbers.size, np.int32)
    wide[::2] = numbers
    frozen = numbers.copy()
    frozen.flags.writeable = False
    return [
        numbers.tolist(),
        tuple(numbers.tolist()),
        numbers,
        numbers.astype(np.uint8),
        numbers.astype(np.int64),
        numbers.astype(">i4"),
        numbers.reshape(4, 4),
        numbers.reshape(4, 4).tolist(),
        np.asfortranarray(numbers.reshape(4, 4)),
        wide[::2],
        frozen,
    ]


def test_one_puzzle_gives_an_answer_in_every_form(small) -> None:
    expected = small.solve(SMALL)
    digits = [small.solve(form) for form in forms(np.array(GRID, np.int32).ravel())]
    tokens = [small.solve(tokens=form) for form in forms(small.encode(SMALL))]
    for answer in digits + tokens:
        assert isinstance(answer, trm.Answer)
        assert answer.tokens.tolist() == expected.tokens.tolist()
        assert answer.question.tolist() == expected.question.tolist()


def test_many_puzzles_give_answers_in_every_form(small) -> None:
    digits, tokens = np.array([GRID] * 3), np.stack([small.encode(SMALL)] * 3)

    class Frame(dict):
        columns = ["question"]

    expected = small.solve([SMALL] * 3)
    assert isinstance(expected, trm.Answers) and len(expected) == 3
    for form in ((SMALL,) * 3, digits, digits.tolist(), digits.reshape(3, 16), Frame(question=[SMALL] * 3)):
        assert same_bits(small.solve(form), expected)
    for form in (tokens, tokens.tolist(), tokens.reshape(3, 4, 4)):
        assert same_bits(small.solve(tokens=form), expected)
        *_, last = small.stream(tokens=form)
        assert same_bits(last, expected)
    assert (
        len(small.solve([])) == len(small.solve(np.empty((0, 16), int))) == len(small.solve(tokens=[])) == 0
    )
    assert len(small.solve([SMALL])) == 1


def test_digits_are_digits(small) -> None:
    answer = small.solve(GRID)
    assert answer.grid.tolist() == [[int(c) for c in answer.text[row : row + 4]] for row in range(0, 16, 4)]
    assert small.solve([SMALL] * 2).grids.tolist() == [answer.grid.tolist()] * 2
    masked = np.ma.masked_equal(np.where(np.array(GRID) == 0, 3, np.array(GRID)), 3)
    assert small.solve(masked).question.tolist() == small.encode(SMALL.replace("3", ".")).tolist()
    with trm.Model(ROOT / "models/sudoku.trm") as large:
        grid = np.array([int(c) for c in LARGE.replace(".", "0")]).reshape(9, 9)
        assert large.solve(grid).tokens.tolist() == large.solve(LARGE).tokens.tolist()
        assert (large.solve(grid).grid[grid > 0] == grid[grid > 0]).all()


def test_digits_above_nine_are_letters(tmp_path) -> None:
    alphabet = "\0.123456789ABCDEFG"
    trm.init(
        tmp_path / "m.trm", **TINY, positions=4, vocabulary=18, task="sudoku", alphabet=alphabet, grid="2x2"
    )
    with trm.Model(tmp_path / "m.trm") as model:
        assert model.solve([[16, 0], [9, 10]]).question.tolist() == model.encode("G.9A").tolist()
        assert model.solve(tokens=[0, 1, 2, 17]).board.numbers(np.array([0, 1, 2, 17])).tolist() == [
            -1,
            0,
            1,
            16,
        ]


def test_a_zero_of_the_alphabet_is_itself(tmp_path) -> None:
    trm.init(tmp_path / "m.trm", **TINY, positions=2, vocabulary=4, task="colours", alphabet=".012")
    with trm.Model(tmp_path / "m.trm") as model:
        assert model.solve([0, 2]).question.tolist() == [1, 3]


def test_numbers_without_digits_are_refused(tmp_path) -> None:
    trm.init(
        tmp_path / "m.trm", **TINY, positions=4, vocabulary=6, task="path", alphabet="\0# SGo", grid="2x2"
    )
    with trm.Model(tmp_path / "m.trm") as model:
        with pytest.raises(trm.PuzzleError, match="tokens by their name .*: path has no digits"):
            model.solve([1, 2, 3, 4])
        assert model.solve(tokens=[1, 2, 3, 4]).grid.shape == (2, 2)


def test_questions_are_copied(small) -> None:
    tokens = small.encode(SMALL)
    answer = small.solve(tokens=tokens)
    tokens[:] = 0
    assert answer.question.tolist() == small.encode(SMALL).tolist()


def test_options_reach_the_library(small, puzzles) -> None:
    assert set(small.solve(puzzles, halt=None).steps) == {16}
    assert set(small.solve(puzzles, halt=None, steps=2).steps) == {2}
    stable = small.solve(puzzles, halt="stable", stable_steps=3)
    assert {answer.stop for answer in stable} <= {"stable", "limit"} and stable.steps.min() == 3
    usual = small.solve(puzzles)
    trust = usual.halt_probabilities
    surer = small.solve(puzzles, halt_probability=float(np.median(trust)))
    assert ((surer.steps > usual.steps) == (trust <= np.median(trust))).all()
    assert {answer.stop for answer in usual} <= {"signal", "limit"}
    never = small.solve(puzzles, halt="either", halt_probability=1 - 1e-16)
    assert {answer.stop for answer in never} == {"stable"} and never.steps.min() == 2
    hurried = small.solve(puzzles, halt=None, seconds=0)
    assert set(hurried.steps) == {1} and hurried[0].stop == "deadline"


@pytest.mark.parametrize("precision", ["stored", "int8"])
def test_an_overflow_says_so_and_leaves_nothing_behind(precision: str) -> None:
    with trm.Model(str(ROOT / "tests/golden/overflow.trm"), precision=precision) as model:
        alone = model.solve("aaaa", halt=None, steps=2)
        for batch in 1, 3:
            answers = model.solve(["cccc", "aaaa", "abca"], halt=None, steps=2, batch=batch)
            assert [answer.stop for answer in answers] == ["overflow", "limit", "overflow"]
            assert (answers[1].probabilities == alone.probabilities).all() and alone.halt_probability > 0
            assert answers[1].text == alone.text
            for answer in answers[0], answers[2]:
                assert (answer.steps, answer.halt_probability) == (1, 0.0)
                assert not answer.tokens.any() and not answer.probabilities.any()
        assert "stopped by overflow" in repr(answers[0])


def test_identifiers_choose_the_embedding(tmp_path) -> None:
    """New embeddings are zero: only the range of identifiers shows."""
    trm.init(tmp_path / "m.trm", **TINY, **TASK, identifiers=3)
    with trm.Model(tmp_path / "m.trm") as model:
        assert model.info.identifiers == 3
        assert same_bits(
            model.solve([SMALL] * 2, identifiers=[0, 2]), model.solve([SMALL] * 2, identifiers=1)
        )
        with pytest.raises(trm.PuzzleError, match="3"):
            model.solve(SMALL, identifiers=3)


def test_a_stream_is_the_solve_step_by_step(small, puzzles) -> None:
    for puzzle in puzzles[:10]:
        steps = list(small.stream(puzzle.question, halt_probability=0.9))
        answer = small.solve(puzzle.question, halt_probability=0.9)
        assert [step.steps for step in steps] == list(range(1, answer.steps + 1))
        assert [step.stop for step in steps[:-1]] == ["running"] * (len(steps) - 1)
        assert (steps[-1].text, steps[-1].stop) == (answer.text, answer.stop)
        assert steps[-1].probabilities.tobytes() == answer.probabilities.tobytes()


def test_a_stream_may_be_left(small) -> None:
    for step in small.stream(SMALL, halt=None):
        break
    assert step.steps == 1 and list(small.stream([])) == []


def test_precision_and_memory(small_path, small) -> None:
    with trm.Model(small_path, precision="int8") as model:
        assert model.info.quantised and not small.info.quantised
        assert model.solve(SMALL).text == small.solve(SMALL).text
    for data in (open(small_path, "rb").read(), bytearray(open(small_path, "rb").read())):
        with trm.Model.from_bytes(data) as model:
            data = None
            assert model.solve(SMALL).probabilities.tobytes() == small.solve(SMALL).probabilities.tobytes()


def test_info(small, small_path, tiny_path, tmp_path) -> None:
    info = small.info
    assert (info.task, info.grid_rows, info.positions, info.vocabulary) == ("sudoku", 4, 16, 6)
    assert (info.architecture, info.block, info.position_encoding) == ("trm", "mixer", "none")
    assert info.metadata["task.name"] == "sudoku" and info.metadata["task.alphabet"] == b"\0.1234"
    trm.convert(small_path, tmp_path / "deflated.trm", deflate=True)
    assert info.mapped is True and trm.Model(tmp_path / "deflated.trm").info.mapped is False
    assert trm.Model(tiny_path, mapped=False).info.mapped is False


def test_answers_show_their_grid(small) -> None:
    answer = small.solve(SMALL)
    assert repr(answer).splitlines()[:2] == ["+-----+-----+", "| 1 2 | 3 4 |"]
    assert "halt probability" in repr(answer) and answer.grid.shape == (4, 4)
    html = answer._repr_html_()
    assert html.count("<td") == 16 and html.count("bold") == sum(cell != "." for cell in SMALL)
    assert repr(small.solve([SMALL] * 5)).endswith("... 2 more")
    assert "sudoku 4x4" in repr(small)


def test_answers_are_a_sequence(small, puzzles) -> None:
    answers = small.solve(puzzles)
    assert answers[-1].text == answers.texts[-1] == list(answers)[-1].text
    assert answers[10:20].texts == answers.texts[10:20]
    assert answers.tokens.dtype == np.int32 and answers.probabilities.dtype == np.float32
    assert np.shares_memory(answers[3].tokens, answers.tokens)
    with pytest.raises(IndexError):
        answers[100]


def test_text_and_tokens(small) -> None:
    assert small.decode(small.encode(SMALL)) == SMALL
    assert small.encode(SMALL).dtype == np.int32
