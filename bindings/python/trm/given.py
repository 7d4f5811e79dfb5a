"""What comes with questions beside their tokens: a shape, relations, helpers and features."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Optional

import numpy as np
import numpy.typing as npt

from ._library import ffi
from .board import Tokens
from .errors import ArgumentError, PuzzleError
from .info import ModelInfo
from .native import new, set_number, text_bytes
from .sizes import Size

Numbers = npt.NDArray[np.uint32]


@dataclass(frozen=True)
class Lists:
    """A relation's lists: of one question that all share, or of each, one after the other."""

    name: Any
    first: Numbers
    heard: Numbers
    elements: int
    shared: bool

    def most(self) -> int:
        """The most numbers that one question brings."""
        return int(np.diff(self.first[:: self.elements]).max(initial=0)) if self.elements > 0 else 0

    def put(self, to: Any, part: slice) -> Iterator[Any]:
        """Fills a trm_relation for some of the questions; yields what must live as long."""
        first, heard = self.first, self.heard
        if not self.shared:
            first = first[part.start * self.elements : part.stop * self.elements + 1]
            heard = heard[first[0] : first[-1]]
            first = np.ascontiguousarray(first - first[0])
        to.name, to.shared, to.heard_count = self.name, int(self.shared), len(heard)
        to.first, to.heard = ffi.from_buffer("uint32_t[]", first), ffi.NULL
        if len(heard) > 0:
            to.heard = ffi.from_buffer("uint32_t[]", heard)
        yield from (first, heard, self.name)


@dataclass(frozen=True)
class Asked:
    """Questions of one shape with all that comes with them."""

    tokens: Tokens
    identifiers: Optional[Numbers]
    shape: Any  # a trm_shape, or None for the model's own
    relations: "list[Lists]"
    helpers: Optional[Tokens]  # N x helpers
    features: Optional[npt.NDArray[np.float32]]  # N x (S + helpers) x features

    def room(self, options: Any) -> None:
        """Makes room in a solver for them."""
        if self.shape is not None:
            options.shape = self.shape
        options.heard = sum(lists.most() for lists in self.relations) or min(1, len(self.relations))

    def questions(self, begin: int, end: int) -> tuple[Any, Any]:
        """The struct for some of them, and what must live as long."""
        part = slice(begin, min(end, len(self.tokens)))
        questions = new("trm_questions")
        kept: list[Any] = [self.tokens[part]]
        questions.count = len(kept[0])
        questions.tokens = ffi.from_buffer("int32_t[]", kept[0])
        for field, kind, array in (
            ("identifiers", "uint32_t[]", self.identifiers),
            ("helper_tokens", "int32_t[]", self.helpers),
            ("features", "float[]", self.features),
        ):
            if array is not None:
                kept.append(array[part])
                setattr(questions, field, ffi.from_buffer(kind, kept[-1]))
        if self.shape is not None:
            questions.shapes, questions.shape_count = self.shape, 1
        if self.relations:
            kept.append(ffi.new("trm_relation[]", len(self.relations)))
            questions.relations, questions.relation_count = kept[-1], len(self.relations)
            for lists, to in zip(self.relations, list(_each(kept[-1]))):
                to[0] = new("trm_relation")[0]
                kept.extend(lists.put(to, part))
        return questions, kept


def _each(array: Any) -> Iterator[Any]:
    return (array + index for index in range(len(array)))


def shape_struct(
    size: Size, own: Size, boxes: tuple[int, int] | None, fields: int | None, helpers: int
) -> Any:
    """A trm_shape, or None where it is the model's own."""
    if (size, boxes, fields, helpers) == (own, None, None, 0):
        return None
    shape = new("trm_shape")
    if size.is_grid:
        shape.rows, shape.columns = size.rows, size.columns
    else:
        shape.positions = size.positions
    if boxes is not None:
        for name, number in zip(("box_rows", "box_columns"), boxes):
            set_number(shape, name, number, "boxes")
    if fields is not None:
        set_number(shape, "fields", fields)
    shape.helpers = helpers
    return shape


# ---------------------------------------------------------------------------------------------- relations


def read_relations(
    given: Mapping[str, Any] | None, info: ModelInfo, count: int, elements: Mapping[str, int]
) -> list[Lists]:
    """The lists of `count` questions; `elements` says how many a relation of each level has."""
    if given is None:
        return []
    if not isinstance(given, Mapping):
        raise TypeError(f"relations: expected a mapping of names to lists, found {type(given).__name__}")
    return [_read_relation(name, one, info, count, elements) for name, one in given.items()]


def _read_relation(name: Any, given: Any, info: ModelInfo, count: int, elements: Mapping[str, int]) -> Lists:
    if name not in info.relations:
        known = ", ".join(info.relations) or "none"
        raise PuzzleError(f"relations: expected names of the model's relations ({known}), found {name!r}")
    number, place = elements[info.relations[name].level], f"relations[{name!r}]"
    stored = ffi.new("char[]", text_bytes("relations", name))
    if not _is_for_each(given):
        return Lists(stored, *_offsets(given, number, place), number, True)
    if len(given) != count:
        raise PuzzleError(f"{place}: expected one for all puzzles or {count}, found {len(given)}")
    parts = [_offsets(one, number, f"{place}[{n}]") for n, one in enumerate(given)]
    ends = np.cumsum([0, *(len(heard) for _, heard in parts)])
    if ends[-1] >= 2**32:
        raise PuzzleError(f"{place}: expected at most {2**32 - 1} numbers in a call, found {ends[-1]}")
    first = np.concatenate([first[:-1] + end for (first, _), end in zip(parts, ends)] + [ends[-1:]])
    heard = np.concatenate([heard for _, heard in parts])
    return Lists(stored, first.astype(np.uint32), heard, number, False)


def _is_graph(given: Any) -> bool:
    return hasattr(given, "tocsr") or hasattr(given, "adjacency")


def _is_for_each(given: Any) -> bool:
    """Whether this is a sequence of relations, one for each question, and not the lists of one."""
    if not isinstance(given, (list, tuple)) or len(given) == 0:
        return False
    return all(
        _is_graph(one)
        or (isinstance(one, np.ndarray) and one.ndim == 2)
        or (isinstance(one, (list, tuple)) and any(isinstance(row, (list, np.ndarray)) for row in one))
        for one in given
    )


def _pairs(given: Any, elements: int, place: str) -> tuple[Any, Any]:
    """Who hears, and who is heard."""
    if hasattr(given, "tocsr"):
        _expect(given.shape == (elements, elements), place, elements, f"a matrix of {given.shape}")
        hearers, heard = given.tocsr().nonzero()
        return hearers, heard
    if hasattr(given, "adjacency"):
        return _of_graph(given, elements, place)
    if isinstance(given, np.ndarray):
        if given.ndim != 2 or given.shape[1] != 2 or (given.dtype.kind not in "iu" and given.size > 0):
            expected = "pairs (who hears, who is heard), n x 2 whole numbers"
            found = f"an array of {given.dtype}, of shape {given.shape}"
            raise PuzzleError(f"{place}: expected {expected}, found {found}")
        return given[:, 0], given[:, 1]
    if not isinstance(given, Sequence) or isinstance(given, (str, bytes)):
        kinds = "lists, an array of pairs, a sparse matrix or a graph"
        raise TypeError(f"{place}: expected {kinds}, found {type(given).__name__}")
    return _of_lists(given, elements, place)


def _of_graph(graph: Any, elements: int, place: str) -> tuple[Any, Any]:
    """Vertices are the positions of their names where these are 0, 1, 2 and so on, or else stand in order."""
    vertices = list(graph)
    _expect(len(vertices) == elements, place, elements, f"a graph of {len(vertices)}")
    named = set(vertices) == set(range(elements))
    number = {vertex: vertex if named else n for n, vertex in enumerate(vertices)}
    pairs = [(number[one], number[other]) for one, others in graph.adjacency() for other in others]
    array = np.array(pairs, np.int64).reshape(-1, 2)
    return array[:, 0], array[:, 1]


def _of_lists(lists: Sequence[Any], elements: int, place: str) -> tuple[Any, Any]:
    """An adjacency list. Tuples might as well be meant as pairs."""
    for n, one in enumerate(lists):
        if not isinstance(one, (list, np.ndarray)):
            kind = f"{type(one).__name__} ({n})"
            raise TypeError(f"{place}: expected a list for each, or an array of pairs, found a {kind}")
    _expect(len(lists) == elements, place, elements, f"{len(lists)} lists")
    flat = list(chain.from_iterable(lists))
    try:
        heard = np.array(flat) if flat else np.empty(0, np.int64)
    except ValueError:  # some are lists themselves
        raise TypeError(f"{place}: expected whole numbers in the lists, found lists in them") from None
    if heard.ndim != 1 or heard.dtype.kind not in "iu":
        raise TypeError(f"{place}: expected whole numbers in the lists, found an array of {heard.dtype}")
    return np.repeat(np.arange(elements), [len(one) for one in lists]), heard


def _expect(condition: bool, place: str, elements: int, found: str) -> None:
    if not condition:
        raise PuzzleError(f"{place}: expected {elements}, as many as the question has, found {found}")


def _offsets(given: Any, elements: int, place: str) -> tuple[Numbers, Numbers]:
    """Lists in compressed rows: ascending, and each number once."""
    hearers, heard = _pairs(given, elements, place)
    for array in (hearers, heard):
        wrong = array[(array < 0) | (array >= elements)]
        if len(wrong) > 0:
            raise PuzzleError(f"{place}: expected numbers from 0 to {elements - 1}, found {wrong[0]}")
    keys = np.unique(np.asarray(hearers, np.int64) * elements + np.asarray(heard, np.int64))
    counts = np.bincount(keys // max(1, elements), minlength=elements)
    first = np.concatenate([[0], np.cumsum(counts)])
    return first.astype(np.uint32), (keys % max(1, elements)).astype(np.uint32)


# -------------------------------------------------------------------------------------- helpers, features


def read_helpers(given: Any, count: int, info: ModelInfo) -> Tokens | None:
    """N x helpers kinds of helpers."""
    array = np.asarray([] if given is None else given)
    if array.size == 0:
        return None
    if info.helper_tokens == 0:
        raise PuzzleError("helpers: expected none, as this model knows none, found some")
    if array.dtype.kind not in "iu" or array.ndim not in (1, 2) or array.shape[:-1] not in ((), (count,)):
        found = f"an array of {array.dtype}, of shape {array.shape}"
        raise PuzzleError(f"helpers: expected the kinds of helpers, in a row or in {count}, found {found}")
    if array.min() < 0 or array.max() >= 2**31:
        raise PuzzleError(f"helpers: expected kinds from 0, found {array.min()} to {array.max()}")
    return np.ascontiguousarray(np.broadcast_to(array, (count, array.shape[-1])), np.int32)


def read_features(given: Any, count: int, nodes: int, info: ModelInfo) -> npt.NDArray[np.float32] | None:
    """N x nodes x features numbers."""
    if given is None and info.features == 0:
        return None
    if info.features == 0:
        raise PuzzleError("features: expected none, as this model takes none, found some")
    array = np.asarray([] if given is None else given)
    wanted = (nodes, info.features)
    if array.dtype.kind not in "iuf" or array.shape not in (wanted, (count, *wanted)):
        found = "none" if given is None else f"an array of {array.dtype}, of shape {array.shape}"
        raise PuzzleError(
            f"features: expected {nodes} x {info.features} numbers, or {count} times as many, found {found}"
        )
    return np.ascontiguousarray(np.broadcast_to(array, (count, *wanted)), np.float32)


def read_identifiers(given: Any, count: int) -> Numbers | None:
    """One for each puzzle."""
    if given is None:
        return None
    array = np.asarray(given)
    if array.dtype.kind not in "iu" or array.shape not in ((), (count,)):
        raise ArgumentError(f"identifiers: expected a whole number, or one for each of {count} puzzles")
    if array.min(initial=0) < 0 or array.max(initial=0) >= 2**32:
        raise ArgumentError("identifiers: expected numbers from 0 to 4294967295")
    return np.ascontiguousarray(np.broadcast_to(array, (count,)), np.uint32)
