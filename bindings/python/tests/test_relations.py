"""Relations, helpers and features that come with a question: against the golden numbers, and a jigsaw."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import trm
from conftest import LARGE, ROOT

# A Sudoku with regions of other forms; it has one solution.
REGIONS = "aaabbbccc aabbbbccc daaabbcfc ddeaeeffc deeeeefff dddddefif ggghhhfii gggghhiii gghhhhiii".replace(
    " ", ""
)
JIGSAW = ".4..3.......641.8.8.192.47.394...567...3...2.2....78...8.2693....3.74......1.3.9."
SOLUTION = "642738951579641283831925476394812567758396124216457839187269345923574618465183792"

GRAPHS = dict(block="relational", positions=12, vocabulary=4, fields=3, first_value=1, likelihood="softmax")
GRAPHS |= dict(channels=16, channel_hidden=16, cycles=1, updates=1, blocks=1)


def golden(name: str) -> tuple[Path, dict[str, Any]]:
    """A file's path and its numbers."""
    path = ROOT / f"tests/golden/relational/{name}.safetensors"
    data = path.read_bytes()
    begin = 8 + int.from_bytes(data[:8], "little")
    kinds, tensors = {"F32": "<f4", "I32": "<i4"}, {}
    for key, one in json.loads(data[8:begin]).items():
        if key.startswith("golden."):
            first, end = (begin + at for at in one["data_offsets"])
            tensors[key[7:]] = np.frombuffer(data[first:end], kinds[one["dtype"]]).reshape(one["shape"])
    return path, tensors


@pytest.fixture(scope="module")
def graph(tmp_path_factory) -> tuple[trm.Model, dict[str, Any]]:
    path, tensors = golden("graph")
    trm.convert(path, output := tmp_path_factory.mktemp("graph") / "graph.trm")
    return trm.Model(output), tensors


def lists_of(first: Any, heard: Any) -> list[list[int]]:
    return [heard[a:b].tolist() for a, b in zip(first[:-1], first[1:])]


def check_steps(steps: Any, logits: Any) -> None:
    """Probabilities of the tokens after each step."""
    count = 0
    for answers, expected in zip(steps, logits):
        shares = np.exp(expected) / np.exp(expected).sum(-1, keepdims=True)
        assert np.abs(answers.probabilities - shares.max(-1)).max() < 1e-4
        count += 1
    assert count == len(logits)


class Graph:
    """What a NetworkX graph says of itself."""

    def __init__(self, neighbours: dict[Any, list[Any]]) -> None:
        self.neighbours = neighbours

    def __iter__(self) -> Any:
        return iter(self.neighbours)

    def adjacency(self) -> Any:
        return ((one, dict.fromkeys(others)) for one, others in self.neighbours.items())


def forms(lists: list[list[int]]) -> list[Any]:
    """A relation in every form that needs no other package."""
    pairs = np.array([(n, other) for n, one in enumerate(lists) for other in one])
    by_number = {n: one for n, one in reversed(list(enumerate(lists)))}
    by_name = {f"v{n}": [f"v{other}" for other in one] for n, one in enumerate(lists)}
    return [
        lists,
        [np.array(one, int) for one in lists],
        [one[::-1] for one in lists],
        pairs,
        pairs[::-1].astype(np.uint8),
        np.concatenate([pairs, pairs]),
        Graph(by_number),
        Graph(by_name),
    ]


def test_edges_in_every_form(graph) -> None:
    model, tensors = graph
    lists = lists_of(tensors["edge.first"], tensors["edge.heard"])
    for form in forms(lists):
        for given in (form, [form, form]):
            how = {"tokens": tensors["inputs"], "relations": {"edge": given}}
            check_steps(model.stream(**how, halt=None, steps=5), tensors["logits"])
            assert len(model.solve(**how, steps=1)) == 2
    assert model.solve(tokens=tensors["inputs"][0], relations={"edge": lists}).grid.shape == (1, 14)


def test_scipy_and_networkx(graph) -> None:
    model, tensors = graph
    lists = lists_of(tensors["edge.first"], tensors["edge.heard"])
    tokens, expected = tensors["inputs"][0], model.solve(
        tokens=tensors["inputs"][0], relations={"edge": lists}
    )
    sparse = pytest.importorskip("scipy.sparse")
    ones = np.ones(len(tensors["edge.heard"]))
    matrix = sparse.csr_matrix((ones, tensors["edge.heard"], tensors["edge.first"]), (14, 14))
    for form in (matrix, matrix.tocoo(), matrix.tocsc()):
        answer = model.solve(tokens=tokens, relations={"edge": form})
        assert answer.probabilities.tobytes() == expected.probabilities.tobytes()
    networkx = pytest.importorskip("networkx")
    answer = model.solve(tokens=tokens, relations={"edge": networkx.DiGraph(dict(enumerate(lists)))})
    assert answer.probabilities.tobytes() == expected.probabilities.tobytes()


def test_graphs_of_every_size(tmp_path) -> None:
    """Each question has its graph, in batches, and is answered as it is alone."""
    trm.init(tmp_path / "m.trm", **GRAPHS, sizes="3 20", relations="edge=question/positions/sum+max")
    model = trm.Model(tmp_path / "m.trm")
    for size in (3, 6, 20):
        ring = [[(n - 1) % size, (n + 1) % size] for n in range(size)]
        others = [ring, [[] for _ in ring], [[1], [0], *([] for _ in ring[2:])]] * 2
        tokens = np.array([[1] + [0] * (size - 1)] * 6)
        answers = model.solve(tokens=tokens, relations={"edge": others}, batch=4)
        for n, one in enumerate(others):
            alone = model.solve(tokens=tokens[n], relations={"edge": one})
            assert alone.probabilities.tobytes() == answers.probabilities[n].tobytes()
        assert answers.probabilities[0].tobytes() != answers.probabilities[1].tobytes()
    with pytest.raises(trm.PuzzleError, match="1 to 20 tokens"):
        model.solve(tokens=[0] * 21, relations={"edge": [[]] * 21})


def test_helpers_and_features(tmp_path) -> None:
    path, tensors = golden("helpers")
    trm.convert(path, tmp_path / "m.trm")
    kinds, features = tensors["helper_inputs"], tensors["features"]
    relations = {}
    for name in ("occurs", "has"):
        lists = lists_of(tensors[f"{name}.first"], tensors[f"{name}.heard"])
        relations[name] = [lists[:27], lists[27:]]
    with trm.Model(tmp_path / "m.trm") as model:
        assert model.info.relations["has"].level == "nodes" and model.info.features == 2
        how = {"relations": relations, "helpers": kinds, "features": features}
        check_steps(model.stream(tokens=tensors["inputs"], **how, halt=None, steps=5), tensors["logits"])
        for bad, words in [
            ({"features": None}, "features: expected 13 x 2 numbers.* found none"),
            ({"features": features[0, :, :1]}, r"found an array of float32, of shape \(13, 1\)"),
            ({"features": features * np.nan}, "finite"),
            ({"helpers": kinds + 2}, "helper 0: expected a token below 2"),
            ({"helpers": kinds[0] - 1}, "helpers: expected kinds from 0"),
            ({"helpers": kinds[:, :5]}, r"\['occurs'\]\[0\]: expected 26, .* found 27 lists"),
            ({"helpers": kinds[:1]}, "helpers: expected the kinds of helpers, in a row or in 2"),
        ]:
            with pytest.raises(trm.PuzzleError, match=words):
                model.solve(tokens=tensors["inputs"], **{**how, **bad})


def test_a_jigsaw() -> None:
    """The question's own lists replace a relation by name."""
    regions = [[n for n in range(81) if REGIONS[n] == one] for one in REGIONS]
    with trm.Model(ROOT / "models/sudoku.trm") as model:
        answer = model.solve(JIGSAW, relations={"box": regions})
        assert answer.text == SOLUTION and answer.stop == "signal"
        assert repr(answer).splitlines()[0] == SOLUTION[:9]  # no boxes are drawn
        answers = model.solve([JIGSAW] * 3, relations={"box": regions}, batch=2)
        assert answers.texts == [SOLUTION] * 3
        boxes = [[n for n in range(81) if (n // 27, n % 9 // 3) == (m // 27, m % 9 // 3)] for m in range(81)]
        usual = model.solve(LARGE, relations={"box": boxes})
        assert usual.probabilities.tobytes() == model.solve(LARGE).probabilities.tobytes()


def test_bad_relations(graph) -> None:
    model, tensors = graph
    lists = lists_of(tensors["edge.first"], tensors["edge.heard"])
    wide = np.zeros((3, 3), int)
    for given, kind, words in [
        (None, trm.PuzzleError, "edge: expected lists with the question"),
        ({}, trm.PuzzleError, "edge: expected lists with the question"),
        (lists, TypeError, "a mapping of names"),
        ({"row": lists}, trm.PuzzleError, r"relations \(edge, cell\), found 'row'"),
        ({"edge": lists[:-1]}, trm.PuzzleError, "expected 14, as many as the question has, found 13 lists"),
        ({"edge": [lists] * 3}, trm.PuzzleError, "one for all puzzles or 2, found 3"),
        ({"edge": [lists, lists[:3]]}, trm.PuzzleError, r"\['edge'\]\[1\]: expected 14"),
        ({"edge": [*lists[:-1], [14]]}, trm.PuzzleError, "'edge'.*: expected numbers from 0 to 13, found 14"),
        ({"edge": np.array([[0, -1]])}, trm.PuzzleError, "from 0 to 13, found -1"),
        ({"edge": [*lists[:-1], ["0"]]}, TypeError, "whole numbers in the lists"),
        ({"edge": [*lists[:-1], [0.5]]}, TypeError, "whole numbers in the lists"),
        ({"edge": [(0, 1)] * 14}, TypeError, "found a tuple"),
        ({"edge": wide}, trm.PuzzleError, r"n x 2 whole numbers, found an array of int.., of shape \(3, 3\)"),
        ({"edge": Graph({0: [1], 1: []})}, trm.PuzzleError, "expected 14, .* found a graph of 2"),
        ({"edge": "0 1"}, TypeError, "found str"),
        ({"edge": 3}, TypeError, "found int"),
    ]:
        for method in (model.solve, model.stream):
            with pytest.raises(kind, match=words):
                list(method(tokens=tensors["inputs"], relations=given))
    with pytest.raises(trm.PuzzleError, match=r"expected 14 tokens.* found an array of shape \(15,\)"):
        model.solve(tokens=np.zeros(15, int), relations={"edge": lists})


def test_a_new_model_with_relations(tmp_path) -> None:
    how = {**GRAPHS, "halting": "product", "start_noise": 1.0, "sizes": "20"}
    trm.init(tmp_path / "m.trm", **how, relations="edge=question/positions/sum+max cell=shape/fields/sum")
    with trm.Model(tmp_path / "m.trm") as model:
        assert model.info.relations["edge"] == ("question", "positions", ("sum", "max"))
        assert (model.info.halting, model.info.start_noise, model.info.most_positions) == ("product", 1, 20)
        answer = model.solve(tokens=[1] + [0] * 19, relations={"edge": [[(n + 1) % 20] for n in range(20)]})
        assert set(answer.tokens.tolist()) <= {1, 2, 3}
    for bad in ("edge=", "edge=question/positions", "edge=here/positions/sum", "edge=shape/positions/mean"):
        with pytest.raises(trm.ArgumentError, match="relation"):
            trm.init(tmp_path / "m.trm", **how, relations=bad)
