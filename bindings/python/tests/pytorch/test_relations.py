"""Who hears whom: relations by name and given, against lists of every node, with gradients; and what is refused."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

import trm.torch  # noqa: E402
from trm.torch import Relation, RelationalModel, Shape  # noqa: E402
from trm.torch.given import bytes_of_lists, make_table  # noqa: E402
from trm.torch.tables import table_by_name  # noqa: E402


def near(actual: Any, expected: Any, within: float) -> None:
    assert actual.shape == expected.shape
    assert (actual - expected).abs().max() <= within


def heard(name: str, shape: Shape, node: int) -> list[int]:
    """The nodes that an answering node hears through a relation by name, straight from doc/model.md."""
    position, value = divmod(node, shape.fields)
    fields = {
        "cell": range(shape.fields),
        "next": range(value + 1, min(value + 2, shape.fields)),
        "previous": range(max(value - 1, 0), value),
        "above": range(value + 1, shape.fields),
        "below": range(value),
    }
    if name in fields:
        return [position * shape.fields + other for other in fields[name]]
    found = []
    row, column = divmod(position, shape.columns)
    moves = {
        "up": (-1, 0),
        "down": (1, 0),
        "left": (0, -1),
        "right": (0, 1),
        "offset(1,-2)": (1, -2),
        "offset(9,0)": (9, 0),
    }

    def box(r: int, c: int) -> int:
        return r // shape.box_rows * (shape.columns // shape.box_columns) + c // shape.box_columns

    for other in range(shape.positions):
        r, c = divmod(other, shape.columns)
        hears = {
            "row": r == row,
            "column": c == column,
            "box": box(r, c) == box(row, column),
            "all": True,
            **{name: (r - row, c - column) == move for name, move in moves.items()},
        }
        if hears[name]:
            found.append(other * shape.fields + value)
    return found


def answer(v: Any, lists: list[list[int]], aggregate: str) -> Any:
    """What nodes hear, one after the other; B x N x D."""
    rows = []
    for one in lists:
        said = v[:, one]
        if not one:
            rows.append(torch.zeros_like(v[:, 0]))
        else:
            rows.append(said.max(1).values if aggregate == "max" else said.sum(1) / len(one) ** 0.5)
    return torch.stack(rows, 1)


def through(table: Any, v: Any, aggregate: str) -> Any:
    """What a table says, at each node."""
    said = table.max(v) if aggregate == "max" else table.sum(v)
    return table.spread(torch.zeros_like(v), said) if table.grouped else said


NAMES = (
    "row column box all up down left right offset(1,-2) offset(9,0) cell next previous above below".split()
)


@pytest.mark.parametrize("aggregate", ["sum", "max"])
@pytest.mark.parametrize("name", NAMES)
def test_relations_by_name(name: str, aggregate: str) -> None:
    """With helpers, which hear nothing through them, and with equal numbers, of which the lowest node has the gradient."""
    shape = Shape(24, 4, 6, 2, 3, fields=3, helpers=2)
    torch.manual_seed(1)
    v = torch.randn(2, shape.nodes, 5).mul(2).round().requires_grad_()
    lists = [heard(name, shape, node) for node in range(shape.answering)] + [[], []]
    weights = torch.randn(v.shape)
    outputs = through(table_by_name(name, shape), v, aggregate), answer(v, lists, aggregate)
    gradients = [torch.autograd.grad((output * weights).sum() + 0 * v.sum(), v)[0] for output in outputs]
    near(outputs[0], outputs[1], 1e-6)
    near(gradients[0], gradients[1], 1e-5)


def pack(lists: list[list[int]]) -> tuple[Any, Any]:
    first = np.cumsum([0] + [len(one) for one in lists])
    return first, np.array([element for one in lists for element in one], np.int64)


@pytest.mark.parametrize("aggregate", ["sum", "max"])
@pytest.mark.parametrize("groups", [False, True])
@pytest.mark.parametrize("level", ["positions", "fields", "nodes"])
@pytest.mark.parametrize("questions", [1, 2])
def test_relations_given(questions: int, level: str, groups: bool, aggregate: str) -> None:
    shape = Shape(6, fields=4, helpers=3)
    elements = {"positions": 6, "fields": 4, "nodes": 27}[level]
    rng = np.random.default_rng(3)
    each = []
    for _ in range(questions):
        if groups:  # some hear nobody
            group = rng.integers(3, size=elements)
            each.append([[] if g == 2 else [i for i in range(elements) if group[i] == g] for g in group])
        else:
            each.append(
                [sorted(set(rng.integers(elements, size=rng.integers(4)).tolist())) for _ in range(elements)]
            )
    relation = Relation("link", "question", level, (aggregate,))
    table = make_table(relation, pack([one for lists in each for one in lists]), shape, 2)
    assert table.grouped == groups
    torch.manual_seed(2)
    v = torch.randn(2, shape.nodes, 5).mul(2).round().requires_grad_()
    parts = [answer(v[q : q + 1], over_nodes(each[q % questions], level, shape), aggregate) for q in range(2)]
    outputs = through(table, v, aggregate), torch.cat(parts)
    weights = torch.randn(v.shape)
    gradients = [torch.autograd.grad((output * weights).sum() + 0 * v.sum(), v)[0] for output in outputs]
    near(outputs[0], outputs[1], 1e-6)
    near(gradients[0], gradients[1], 1e-5)


def over_nodes(lists: list[list[int]], level: str, shape: Shape) -> list[list[int]]:
    """Lists of a level as lists over nodes."""
    if level == "nodes":
        return lists
    found: list[list[int]] = []
    for node in range(shape.answering):
        position, value = divmod(node, shape.fields)
        if level == "positions":
            found.append([other * shape.fields + value for other in lists[position]])
        else:
            found.append([position * shape.fields + other for other in lists[value]])
    return found + [[] for _ in range(shape.helpers)]


GOOD = ([0, 1, 2, 2], [1, 0])


@pytest.mark.parametrize(
    "lists, sentence",
    [
        (([0, 1, 2], [1, 0]), "expected 4 or 7 offsets, found 3"),
        (([1, 1, 2, 2], [1, 0]), "offsets run from 0 to 2"),
        (([0, 1, 2, 3], [1, 0]), "offsets run from 0 to 2"),
        (([0, 2, 1, 2], [1, 0]), "an offset is below the one before"),
        (([0, 1, 2, 2], [1, 3]), "expected numbers below 3"),
        (([0, 1, 2, 2], [1, -1]), "expected numbers below 3"),
        (([0, 2, 2, 2], [1, 0]), "a list is not strictly ascending"),
        (([0, 2, 2, 2], [1, 1]), "a list is not strictly ascending"),
        (([0, 1, 2, 2], [0.5, 1]), "expected whole numbers"),
        (([0, 1, 2, 2], [1, 2**40]), "a number is too large"),
        (None, "its lists are missing"),
    ],
)
def test_lists_that_are_refused(lists: Any, sentence: str) -> None:
    relation = Relation("edge", "question")
    make_table(relation, GOOD, Shape(3), 2)
    model = RelationalModel(dataclasses.replace(PLAIN, relations=str(relation)))
    with pytest.raises(ValueError, match=f"relation edge: {sentence}"):
        model.ask(torch.zeros(2, 3, dtype=torch.long), relations=None if lists is None else {"edge": lists})


PLAIN = trm.torch.Configuration(
    block="relational",
    gate="normed",
    likelihood="softmax",
    channels=8,
    positions=3,
    vocabulary=4,
    head_bias=1,
    channel_hidden=8,
    cycles=1,
    updates=1,
    halting="softmin",
    relations="cell=shape/fields/sum",
)


def test_questions_that_are_refused() -> None:
    model = RelationalModel(PLAIN)
    tokens = torch.zeros(1, 3, dtype=torch.long)
    for sentence, asked in (
        ("expected tokens of 3 positions", dict(tokens=tokens[:, :2])),
        ("no question has this shape", dict(tokens=tokens, shape=Shape(3, 2, 2))),
        ("at most 1 fields", dict(tokens=tokens, shape=Shape(3, fields=2))),
        ("knows no helpers", dict(tokens=tokens, helper_tokens=tokens)),
        ("knows no features", dict(tokens=tokens, features=tokens)),
        ("relation edge is none of the model's", dict(tokens=tokens, relations={"edge": GOOD})),
    ):
        with pytest.raises(ValueError, match=sentence):
            model.ask(**asked)
    for sentence, fields in (
        ("expected NAME=SOURCE/LEVEL/AGGREGATES", dict(relations="cell")),
        ("is none", dict(relations="knight=shape/positions/sum")),
        ("is none", dict(relations="row=shape/fields/sum")),
        ("its lists have several", dict(relations="row=shape/positions/node")),
        ("a name is there twice", dict(relations="edge=file/nodes/sum edge=file/nodes/max")),
        ("halting must be softmin or product", dict(halting="logit")),
    ):
        with pytest.raises(ValueError, match=sentence):
            dataclasses.replace(PLAIN, **fields).check()


def test_relations_of_a_file() -> None:
    """Lists that the model brings are those that a question would."""
    lists = ([0, 2, 2, 3], [0, 2, 1])
    relation = Relation("board", "file")
    model = trm.torch.initialise(RelationalModel(dataclasses.replace(PLAIN, relations=str(relation))))
    tokens = torch.tensor([[1, 2, 3]])
    expected = model(model.ask(tokens, relations={"board": lists})).logits
    model.metadata["relation.board"] = bytes_of_lists(*lists)
    assert torch.equal(model(tokens).logits, expected)
    model.metadata["relation.board"] = b"\\1\\0\\0"
    with pytest.raises(ValueError, match="the file's lists cannot be read"):
        model.ask(tokens)
