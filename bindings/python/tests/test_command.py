"""`python -m trm`, which counts as `trm eval` does, and trm.evaluate()."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import trm
from conftest import ROOT, SMALL
from trm.__main__ import main

FIELDS = ["puzzles", "exact", "cell", "mean_steps", "puzzles_per_second"]


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Puzzles of two sources."""
    folder = tmp_path_factory.mktemp("data")
    lines = ["source,question,answer,rating"]
    for source, givens in (("hard", "4-4"), ("easy", "10-10")):
        for puzzle in trm.generate("sudoku", 50, boxes="2x2", givens=givens, seed=1):
            lines.append(f"{source},{puzzle.question},{puzzle.answer},{puzzle.rating}")
    (folder / "p.csv").write_text("\n".join(lines) + "\n")
    return folder / "p.csv"


def counts(said: str) -> list[str]:
    """What does not depend on the clock, as far as the command writes it out."""
    values = json.loads(said)
    assert set(FIELDS) <= set(values)
    return [f"{values[name]:.6g}" for name in FIELDS[:4]]


def test_eval_counts_as_the_command(command, capsys, small_path, table) -> None:
    for options in (
        [],
        ["--steps=2"],
        ["--limit=70", "--threads=2"],
        ["--stable=2", "--batch=5"],
        ["--all-steps", "--limit=10"],
    ):
        assert main(["eval", "--json", *options, small_path, str(table)]) == 0
        expected = command("eval", "-q", "--json", *options, small_path, table)
        assert counts(capsys.readouterr().out) == counts(expected), options


def test_another_right_answer_is_right(command, capsys, small_path, tmp_path) -> None:
    (tmp_path / "open.csv").write_text(
        f"question,answer\n{'.' * 16},1234341221434321\n{SMALL},1234341243212143\n"
    )
    assert trm.Model(small_path).solve("." * 16).text != "1234341221434321"
    assert main(["eval", "--json", small_path, str(tmp_path / "open.csv")]) == 0
    said = capsys.readouterr().out
    assert counts(said) == counts(command("eval", "-q", "--json", small_path, tmp_path / "open.csv"))
    assert json.loads(said)["exact"] == 1.0


def test_what_a_row_brings(command, capsys, tmp_path) -> None:
    model, jigsaws = str(ROOT / "models/sudoku.trm"), trm.generate("jigsaw", 3, givens=40, seed=2)
    jigsaws.write(tmp_path / "table.csv")
    assert "regions" in (tmp_path / "table.csv").read_text().splitlines()[0]
    lines = [{"question": one.question, "answer": one.answer, **(one.brought or {})} for one in jigsaws]
    (tmp_path / "lines.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    for name in ("table.csv", "lines.jsonl"):
        assert main(["eval", "--json", model, str(tmp_path / name)]) == 0
        said = capsys.readouterr().out
        assert counts(said) == counts(command("eval", "-q", "--json", model, tmp_path / name))
        assert json.loads(said)["exact"] == 1.0


def test_the_package_is_a_command(python, small_path) -> None:
    done = python("-m", "trm", "solve", "--text", small_path, SMALL)
    assert (done.returncode, len(done.stdout), done.stderr) == (0, 17, "")


def test_eval_prints_a_table(capsys, small_path, table) -> None:
    assert main(["eval", small_path, str(table), "--halt-probability=0.9"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in lines[1:4]] == [["hard", "50"], ["easy", "50"], ["all", "100"]]
    assert lines[-1].endswith("puzzles a second")


def test_solve(capsys, small, small_path) -> None:
    assert main(["solve", small_path, SMALL, SMALL, "--text"]) == 0
    assert capsys.readouterr().out.split() == [small.solve(SMALL).text] * 2
    assert main(["solve", small_path, SMALL]) == 0
    assert capsys.readouterr().out.startswith("+-----+")


def test_failures_are_sentences(capsys, small_path, tmp_path) -> None:
    assert main(["solve", small_path, "x"]) == 1
    assert capsys.readouterr().err.startswith("trm: ")
    (tmp_path / "bad.csv").write_text(f"source,question,answer,rating\nx,{SMALL},1,0\n")
    assert main(["eval", small_path, str(tmp_path / "bad.csv")]) == 1
    assert "bad.csv: line 2 (answer): " in capsys.readouterr().err
    (tmp_path / "asked.txt").write_text(f"{SMALL}\n")
    assert main(["eval", small_path, str(tmp_path / "asked.txt")]) == 1
    assert "asked.txt: line 1: expected an answer with the question, " in capsys.readouterr().err
    assert main(["eval", str(tmp_path / "no.trm"), str(tmp_path / "bad.csv")]) == 1
    with pytest.raises(SystemExit) as caught:
        main(["guess"])
    assert caught.value.code == 2


def test_frames_of_pandas(small, table) -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.read_csv(table)
    evaluation = trm.evaluate(small, frame)
    assert evaluation.sources == trm.evaluate(small, table).sources and len(evaluation.sources) == 2
    assert small.solve(frame).texts == small.solve(list(frame["question"])).texts
    assert len(trm.Puzzles("sudoku", boxes="2x2").add(frame)) == len(frame)


def test_evaluate_takes_sets_and_frames(small, puzzles) -> None:
    class Frame(dict):
        columns = ("question", "answer")

    frame = Frame({name: [getattr(puzzle, name) for puzzle in puzzles] for name in Frame.columns})
    by_set, by_frame = trm.evaluate(small, puzzles), trm.evaluate(small, frame)
    assert by_set.total == by_frame.total and by_set.total.puzzles == 100 and by_set.total.exact > 0.9
    assert trm.evaluate(small, puzzles, limit=3).total.puzzles == 3
    with pytest.raises(trm.PuzzleError, match="none"):
        trm.evaluate(small, puzzles, limit=0)
    with pytest.raises(TypeError, match="a data frame, found int"):
        trm.evaluate(small, 3)


def test_numbers_of_json_lines(command, capsys, small, small_path, tmp_path) -> None:
    """Questions and answers as lists of numbers, 0 for a blank, also for models without relations."""
    puzzles = trm.generate("sudoku", 5, boxes="2x2", seed=3)
    digits = [
        {"question": [*map(int, one.question.replace(".", "0"))], "answer": [*map(int, one.answer)]}
        for one in puzzles
    ]
    digits[1]["answer"] = puzzles[1].answer  # both forms in one line
    path = tmp_path / "numbers.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in digits))
    assert trm.evaluate(small, path).total == trm.evaluate(small, puzzles).total
    assert main(["eval", "--json", small_path, str(path)]) == 0
    assert counts(capsys.readouterr().out) == counts(command("eval", "-q", "--json", small_path, path))
    for numbers, words in [
        ([5] * 16, "line 1 .question.: expected numbers from 0 to 4, found 5"),
        ([0] * 15, "line 1 .question.: expected 16 numbers, found 15"),
    ]:
        path.write_text(json.dumps({"question": numbers, "answer": numbers}) + "\n")
        with pytest.raises(trm.PuzzleError, match=words):
            trm.evaluate(small, path)
