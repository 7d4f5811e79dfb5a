"""Relations that come with a question or with a model's file: lists in compressed rows, checked and made tables of.

A relation is a pair (first, heard), as trm_relation has it: offsets of the list of each element, and one more, that
begin at 0 and run on over the questions where each has lists of its own; and the elements heard, ascending.
"""

from __future__ import annotations

from typing import Any, Sequence

import numpy as np
import torch

from .relations import Relation
from .shape import Shape
from .tables import Groups, Lists

LARGEST_NUMBER = 2**31 - 1


def elements_of(level: str, shape: Shape) -> int:
    """What a relation of this level has lists for."""
    return {"positions": shape.positions, "fields": shape.fields, "nodes": shape.nodes}[level]


def _demand(condition: bool, relation: Relation, what: str) -> None:
    if not condition:
        raise ValueError(f"relation {relation.name}: {what}")


def _whole_numbers(relation: Relation, numbers: Any) -> np.ndarray:
    array = np.asarray(numbers)
    array = array.astype(np.int64) if array.size == 0 else array
    _demand(array.ndim == 1 and array.dtype.kind in "iu", relation, "expected whole numbers in one row")
    _demand(array.size == 0 or array.max() <= LARGEST_NUMBER, relation, "a number is too large")
    return array.astype(np.int64)


def check_lists(
    relation: Relation, lists: Any, elements: int, questions: int
) -> tuple[np.ndarray, np.ndarray]:
    """Offsets and elements heard; ValueError says what is wrong with them."""
    first, heard = (_whole_numbers(relation, part) for part in lists)
    counts = (elements + 1, questions * elements + 1)
    _demand(
        len(first) in counts, relation, f"expected {counts[0]} or {counts[1]} offsets, found {len(first)}"
    )
    _demand(first[0] == 0 and first[-1] == len(heard), relation, f"offsets run from 0 to {len(heard)}")
    _demand(bool((np.diff(first) >= 0).all()), relation, "an offset is below the one before")
    _demand(bool(((heard >= 0) & (heard < elements)).all()), relation, f"expected numbers below {elements}")
    falls = np.flatnonzero(np.diff(heard) <= 0) + 1
    _demand(bool(np.isin(falls, first).all()), relation, "a list is not strictly ascending")
    if relation.aggregates == ("node",):
        _demand(bool((np.diff(first) <= 1).all()), relation, "a list has more than one")
    return first, heard


def _filled(lists: Sequence[Sequence[np.ndarray]]) -> tuple[torch.Tensor, torch.Tensor]:
    """Lists of the same length for each question, filled up with 0, and how long each was."""
    rows = max(len(question) for question in lists)
    counts = np.zeros((len(lists), rows), np.int64)
    for number, question in enumerate(lists):
        counts[number, : len(question)] = [len(row) for row in question]
    heard = np.zeros((len(lists), rows, max(1, int(counts.max()))), np.int64)
    for number, question in enumerate(lists):
        for place, row in enumerate(question):
            heard[number, place, : len(row)] = row
    return torch.from_numpy(heard), torch.from_numpy(counts)


def _groups(rows: Sequence[np.ndarray]) -> tuple[list[np.ndarray], list[int]] | None:
    """The lists that there are, and which of them each element hears, when all members of each hear the same."""
    known: dict[bytes, int] = {}
    chosen = [known.setdefault(row.tobytes(), len(known)) for row in rows]
    members: list[list[int]] = [[] for _ in known]
    for element, group in enumerate(chosen):
        members[group].append(element)
    unlike = any(len(rows[group[0]]) and not np.array_equal(rows[group[0]], group) for group in members)
    return None if unlike else ([rows[group[0]] for group in members], chosen)


def make_table(relation: Relation, lists: Any, shape: Shape, questions: int) -> Lists:
    """The table of given lists: Groups where they are such."""
    elements = elements_of(relation.level, shape)
    first, heard = check_lists(relation, lists, elements, questions)
    rows = [heard[begin:end] for begin, end in zip(first[:-1], first[1:])]
    each = [rows[begin : begin + elements] for begin in range(0, len(rows), elements)]
    groups = [_groups(question) for question in each]
    found = [group for group in groups if group is not None]
    if len(found) < len(each):
        return Lists(relation.level, shape, *_filled(each))
    numbers, counts = _filled([members for members, _ in found])
    chosen = torch.tensor([group for _, group in found])
    return Groups(relation.level, shape, numbers, counts, chosen)


def lists_of_bytes(relation: Relation, data: Any) -> tuple[np.ndarray, np.ndarray]:
    """Lists as a model's file has them: how many, that many offsets and one, the elements heard."""
    whole = isinstance(data, (bytes, bytearray)) and len(data) >= 4 and len(data) % 4 == 0
    _demand(whole, relation, "the file's lists cannot be read")
    numbers = np.frombuffer(data, "<u4")
    offsets = int(numbers[0]) + 1
    _demand(len(numbers) > offsets, relation, "the file's lists cannot be read")
    return numbers[1 : 1 + offsets], numbers[1 + offsets :]


def bytes_of_lists(first: Any, heard: Any) -> bytes:
    """The other way round."""
    parts = [np.array([len(first) - 1]), np.asarray(first), np.asarray(heard)]
    return np.concatenate(parts).astype("<u4").tobytes()
