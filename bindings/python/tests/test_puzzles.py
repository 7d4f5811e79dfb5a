"""Sets of puzzles."""

from __future__ import annotations

from collections.abc import Iterator

from pathlib import Path

import pytest

import trm


def test_making_up_is_that_of_the_command(command, tmp_path) -> None:
    command("generate", "sudoku", "-q", "--count=20", "--seed=9", "--boxes=2x3", f"--output={tmp_path}/c.csv")
    made = trm.generate("sudoku", 20, boxes=(2, 3), seed=9)
    made.write(tmp_path / "p.csv", source="generated")
    assert (tmp_path / "p.csv").read_bytes() == (tmp_path / "c.csv").read_bytes()
    parts = trm.Puzzles("sudoku", boxes="2x3").generate(5, seed=9).generate(15, seed=9, first=5)
    assert list(parts) == list(made)
    path = trm.generate("path", 3, grid="6x7", walls="20-25")
    assert path.task.grid_columns == 7 and len(path[0].question) == 42


def test_a_number_is_a_range() -> None:
    jigsaw = trm.generate("jigsaw", 1, givens=50)[0]
    assert len(jigsaw.question) - jigsaw.question.count(".") == 50
    made = [list(trm.generate("sudoku", 2, boxes="2x2", givens=given)) for given in (8, "8", "8-8", (8, 8))]
    assert made[0] == made[1] == made[2] == made[3]
    for bad in ((1, 2, 3), "many", 1.5, []):
        with pytest.raises(trm.ArgumentError, match="givens: expected a number or two"):
            trm.generate("sudoku", 1, givens=bad)


def test_a_sequence(puzzles, tmp_path) -> None:
    assert len(puzzles) == 100 and puzzles[-1] == list(puzzles)[99] == puzzles[99:][0]
    assert puzzles[0].answer in [one.answer for one in puzzles] and puzzles[0].rating >= 0
    assert puzzles.task.alphabet == ".1234" and "100 of sudoku 4x4" in repr(puzzles)
    with pytest.raises(IndexError):
        puzzles[100]


def test_reading(puzzles, tmp_path) -> None:
    puzzles.write(tmp_path / "p.csv.gz")
    again = trm.Puzzles("sudoku", boxes="2x2").read(tmp_path / "p.csv.gz", limit=10)
    assert list(again) == puzzles[:10]
    (tmp_path / "bad.csv").write_text("source,question,answer,rating\nx,1.3,123,0\n")
    with pytest.raises(trm.PuzzleError, match="bad.csv.*line 2"):
        again.read(tmp_path / "bad.csv")
    assert len(again) == 10


def test_adding(puzzles) -> None:
    again = trm.Puzzles("sudoku", boxes="2x2").add(puzzles[:5]).add([puzzles[5][:2]])
    assert again[4] == puzzles[4] and again[5].answer == puzzles[5].answer
    for bad in (("a,b", "c"), ("12", "34"), ("1\n2", "3")):
        with pytest.raises(trm.PuzzleError):
            again.add([bad])

    def broken() -> Iterator[tuple[str, str]]:
        yield puzzles[6][:2]
        raise LookupError("the rest is gone")

    with pytest.raises(LookupError, match="gone"):
        again.add(broken())
    assert len(again) == 6
    with pytest.raises(trm.ArgumentError, match="learns"):
        lent = trm.generate("sudoku", 5, boxes="2x2")
        lent.lend()
        lent.add(puzzles[:1])


def test_bad_tasks() -> None:
    for call, words in [
        (lambda: trm.Puzzles("own", grid="2x2"), "alphabet"),
        (lambda: trm.Puzzles("sudoku", boxes=3), "boxes"),
        (lambda: trm.generate("sudoku", -1), "count"),
        (lambda: trm.generate("sudoku", 1, givens=(81, 80)), "givens"),
    ]:
        with pytest.raises(trm.ArgumentError, match=words):
            call()
    with pytest.raises(trm.UnsupportedError):
        trm.Puzzles("own", grid="2x2", alphabet="ab").generate(1)


def test_lists_as_people_have_them(tmp_path: Path) -> None:
    """doc/lists.md, through the one reader; `trm eval` and `trm train` are tried with many more."""
    question, answer = "1.3..4.22.4..3.1", "1234341221434321"
    lists = [
        f"quizzes;solutions\n{question.replace('.', '0')};{answer}\n",
        f'"id","puzzle","solution"\n"1","{question}","{answer}"\n\n',
        f"# a comment\n{question} {answer}\n",
    ]
    model = trm.Model(Path(__file__).resolve().parents[3] / "models/sudoku-small.trm")
    for text in lists:
        (tmp_path / "list").write_text(text)
        assert trm.evaluate(model, tmp_path / "list", steps=1).total.puzzles == 1
        assert trm.Puzzles("sudoku", boxes="2x2").read(tmp_path / "list")[0].question == question


def test_characters_beyond_ascii_are_one_byte_each() -> None:
    puzzles = trm.Puzzles("own", grid="1x2", alphabet=".\xe9z")
    edges = {"relations": {"edge": [[1], [0]]}}
    puzzles.add([("\xe9.", "\xe9z")]).add([(".z", "\xe9z", 3, edges)])
    assert puzzles.task.alphabet == puzzles.like().task.alphabet == ".\xe9z"
    assert (puzzles[0].question, puzzles[1].answer, puzzles[1].brought) == ("\xe9.", "\xe9z", edges)
    with pytest.raises(trm.ArgumentError, match="one byte"):
        trm.Puzzles("own", grid="1x2", alphabet=".\u0142z")
