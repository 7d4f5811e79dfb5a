"""Lists with puzzles of several sizes, columns by other names, and what puzzles bring."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import trm
from conftest import ROOT


@pytest.fixture(scope="module")
def sudokus() -> list[trm.Puzzle]:
    """Of three sizes, one after another."""
    made = [trm.generate("sudoku", 4, boxes=boxes, seed=1) for boxes in ("2x2", "2x3", "3x3")]
    return [puzzle for three in zip(*made) for puzzle in three]


def table(path: Path, puzzles: list[trm.Puzzle], names: str = "question,answer") -> Path:
    path.write_text("\n".join([names, *(f"{one.question},{one.answer}" for one in puzzles)]) + "\n")
    return path


def test_a_list_mixes_sizes(tmp_path, command, sudokus) -> None:
    path, model = table(tmp_path / "mixed.csv", sudokus), ROOT / "models/sudoku-small.trm"
    said = json.loads(command("eval", "-q", "--json", model, path))
    with trm.Model(model) as opened:
        found = trm.evaluate(opened, path)
        alone = [opened.solve(one.question) for one in sudokus]
    assert found.total.puzzles == said["puzzles"] == len(sudokus)
    assert found.total.exact == said["exact"] == 1
    assert (
        found.total.steps
        == sum(one.steps for one in alone)
        == pytest.approx(said["mean_steps"] * 12, rel=1e-4)
    )


def test_columns_by_name(tmp_path, sudokus) -> None:
    path = table(tmp_path / "named.csv", sudokus[:1], "frage,antwort")
    names = {"question": "frage", "answer": "antwort"}
    with trm.Model(ROOT / "models/sudoku-small.trm") as model:
        assert trm.evaluate(model, path, **names).total.exact == 1
        with pytest.raises(trm.Error, match="question"):
            trm.evaluate(model, path)
        with pytest.raises(trm.FormatError, match="column Rage|column question"):
            trm.evaluate(model, path, question="Rage", answer="antwort")
    puzzles = trm.Puzzles("sudoku", boxes="2x2").read(path, **names)
    assert puzzles[0][:2] == sudokus[0][:2]
    with pytest.raises(trm.FormatError):
        trm.Puzzles("sudoku", boxes="2x2").read(path)
    how = dict(
        task="sudoku", boxes="2x2", channels=16, token_hidden=16, channel_hidden=16, prefix=1, blocks=1
    )
    how |= dict(cycles=1, updates=1, steps=2, batch=1, validation_puzzles=0, progress=False)
    trm.train(path, **names, **how).close()


def test_frames_by_name(sudokus) -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(
        {"frage": [one.question for one in sudokus], "antwort": [one.answer for one in sudokus]}
    )
    with trm.Model(ROOT / "models/sudoku-small.trm") as model:
        assert trm.evaluate(model, frame, question="frage", answer="antwort").total.exact == 1
        with pytest.raises(
            trm.PuzzleError, match="found the columns frage, antwort; question=NAME and answer=NAME"
        ):
            trm.evaluate(model, frame)


def test_grids_that_say_their_rows_and_columns(tmp_path) -> None:
    wide = "#####S   G     ##########,#####SoooG     ##########,5,5"
    flat = "######S   G       ############,######SoooG       ############,5,6"
    path = tmp_path / "maps.csv"
    path.write_text(f"question,answer,rows,columns\n{wide}\n{flat}\n")
    with trm.Model(ROOT / "models/path.trm") as model:
        assert trm.evaluate(model, path).total.exact == 1


def test_graphs_of_every_size(tmp_path, command) -> None:
    graphs = trm.Puzzles("colouring", alphabet=".1234").generate(30, seed=9)
    graphs.write(path := tmp_path / "graphs.jsonl")
    model = ROOT / "models/colouring.trm"
    said = json.loads(command("eval", "-q", "--json", model, path))
    with trm.Model(model) as opened:
        for data in (path, graphs):
            found = trm.evaluate(opened, data)
            assert (found.total.puzzles, found.total.exact) == (30, said["exact"])
            assert found.total.mean_steps == pytest.approx(said["mean_steps"], rel=1e-4)
        alone = sum(opened.solve(g.question, **solvable(g)).text == g.answer for g in graphs)
        assert alone == round(30 * said["exact"])


def solvable(graph: trm.Puzzle) -> dict:
    assert graph.brought is not None
    return {key: graph.brought[key] for key in ("relations", "fields")}


def test_training_on_graphs_of_every_size(tmp_path) -> None:
    graphs = trm.Puzzles("colouring", alphabet=".1234").generate(20, seed=9)
    assert len({len(graph.question) for graph in graphs}) > 5
    graphs.write(path := tmp_path / "graphs.jsonl")
    how = dict(task="colouring", alphabet=".1234", steps=2, batch=4, validation_puzzles=0, progress=False)
    how |= dict(start=ROOT / "models/colouring.trm")
    with trm.train(path, **how) as model:
        assert trm.evaluate(model, graphs).total.exact > 0.5
