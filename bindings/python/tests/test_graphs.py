"""Sets of graphs, which bring their edges; and relations of any content, which never crash."""

from __future__ import annotations

import json
import random

import pytest

import trm
from conftest import ROOT


@pytest.fixture(scope="module")
def model() -> trm.Model:
    return trm.Model(ROOT / "models/colouring.trm")


def test_graphs_are_made_up_written_and_read(tmp_path) -> None:
    made = trm.Puzzles("colouring", alphabet=".123").generate(20, positions=(8, 12), colours=(3, 3), seed=4)
    made.write(tmp_path / "graphs.jsonl")
    again = trm.Puzzles("colouring", alphabet=".123").read(tmp_path / "graphs.jsonl")
    assert list(again) == list(made) == list(trm.Puzzles("colouring", alphabet=".123").add(made))
    one = made[0]
    assert one.brought is not None and one.brought["fields"] == 3
    edges = one.brought["relations"]["edge"]
    assert len(edges) == len(one.question) == len(one.answer) and 8 <= len(edges) <= 12
    assert all(one.answer[v] != one.answer[other] for v, heard in enumerate(edges) for other in heard)
    crooked = {
        **one.brought,
        "relations": {"edge": [[*heard[::-1], *heard] for heard in edges]},
    }  # the same lists
    assert (
        trm.Puzzles("colouring", alphabet=".123").add([(one.question, one.answer, 0, crooked)])[0].brought
        == one.brought
    )
    first = (tmp_path / "graphs.jsonl").read_text().splitlines()[0]
    assert json.loads(first)["relations"]["edge"] == edges
    bad = {"question": "..", "answer": "11", "relations": {"edge": [[1], [0]]}}
    (tmp_path / "bad.jsonl").write_text(json.dumps(bad))
    with pytest.raises(trm.PuzzleError, match="bad.jsonl.*line 1.*the value of a position that it hears"):
        again.read(tmp_path / "bad.jsonl")
    (tmp_path / "bad.jsonl").write_text(
        json.dumps({**bad, "answer": "12", "relations": {"edge": [[1, 0], [0]]}})
    )
    with pytest.raises(
        trm.FormatError,
        match="line 1: .*edge: expected numbers that ascend, found 0 after 1 in the list of node 0",
    ):
        again.read(tmp_path / "bad.jsonl")
    assert len(again) == 20


def test_graphs_are_coloured(model) -> None:
    graphs = trm.Puzzles("colouring", alphabet=".1234").generate(20, seed=99)
    right = 0
    for graph in graphs:
        assert graph.brought is not None
        brought = {key: graph.brought[key] for key in ("relations", "fields")}
        answer = model.solve(graph.question, **brought)
        right += answer.text == graph.answer
    assert right >= 18


def test_any_relations(model) -> None:
    """Whatever the lists are, there is an answer or an error of the package, and never another."""
    draw = random.Random(7)
    answered = 0
    for _ in range(300):
        n = draw.randrange(1, 9)
        low, high = (0, n) if draw.random() < 0.6 else (-2, n + 2)
        lists = [[draw.randrange(low, high) for _ in range(draw.randrange(4))] for _ in range(n)]
        if draw.random() < 0.2:
            lists = lists[:-1]
        wrong = draw.choice([None, None, None, 1.5, "a", [1]])
        if wrong is not None and lists:
            lists[0] = [wrong]
        try:
            answer = model.solve("." * n, relations={"edge": lists}, fields=draw.randrange(1, 6), steps=1)
            assert len(answer.text) == n
            answered += 1
        except (trm.Error, TypeError) as error:
            assert "relations" in str(error) or "fields" in str(error)
    assert 30 < answered < 300


CAGES = """
task cages
variables N x N
values N
all_different row column
sum regions 2-3
"""


def test_described_tasks_are_made_up(tmp_path) -> None:
    made = trm.Puzzles(rules=CAGES).generate(10, sizes=(3, 4), seed=4)
    assert made.task.name == "cages"
    made.write(tmp_path / "cages.jsonl")
    assert list(trm.Puzzles(rules=CAGES).read(tmp_path / "cages.jsonl")) == list(made)
    for puzzle in made:
        assert puzzle.brought is not None
        side, parts = puzzle.brought["rows"], puzzle.brought["relations"]["parts"]
        ways = parts[side**3 :]
        assert len(ways) == len(puzzle.brought["helpers"]) > 0
        right = [all(int(puzzle.answer[node // side]) == node % side + 1 for node in way) for way in ways]
        cells = {tuple(node // side for node in way): False for way in ways}
        for way, chosen in zip(ways, right):
            cells[tuple(node // side for node in way)] |= chosen
        assert all(cells.values()) and sorted(cell for cage in cells for cell in cage) == list(range(side**2))
    with pytest.raises(trm.FormatError, match="rules: line 1, column 1: expected task, variables"):
        trm.Puzzles(rules="cages")
