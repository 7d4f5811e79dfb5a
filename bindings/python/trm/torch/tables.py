"""What relations mean for questions of one shape: tables that take from a state what nodes hear.

A table knows the sum and the maximum of what is heard, over nodes, or over groups of which all members hear the
same: what is made of these, a product with weights, is made once per group, and `spread` adds it to the members.
The relations of a grid are axes of its own, without an index; lists that were given are tensors of indices.

The gradient of a maximum goes to the lowest node that reaches it: that is what max(dim) does, and of two axes first
the inner, then the outer one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, Callable, Union

import torch
import torch.nn.functional as F
from torch import Tensor

from .relations import offset_of
from .shape import Shape

NOBODY = float("-inf")
IS_COMPILING = getattr(getattr(torch, "compiler", None), "is_compiling", None)


UNCOMPILED: Any = getattr(getattr(torch, "compiler", None), "disable", lambda function: function)


@UNCOMPILED
def rows_of(v: Tensor, axis: int, places: Tensor) -> Tensor:
    """Rows by number. Never compiled: of a row that is taken several times, torch 2.6's compiled code for CPUs loses
    gradients."""
    return v.index_select(axis, places)


def largest(v: Tensor, axis: int, keep: bool) -> Tensor:
    """max(axis). What torch.compile makes of that gives the gradient to any of equals: there it is written out."""
    if IS_COMPILING is None or not IS_COMPILING():
        return v.max(axis, keepdim=keep).values
    fixed = v.detach()
    places = torch.arange(v.shape[axis], device=v.device).view([-1] + [1] * (v.dim() - axis - 1))
    reach = fixed == fixed.amax(axis, keepdim=True)
    lowest = torch.where(reach, places, v.shape[axis]).amin(axis, keepdim=True)
    return torch.where(places == lowest, v, torch.zeros_like(v)).sum(axis, keepdim=keep)


@dataclass(frozen=True)
class Axes:
    """Groups of a grid: its answering nodes along axes of these sizes, some of which are heard as a whole."""

    sizes: tuple[int, ...]
    over: tuple[int, ...]  # ascending
    grouped = True

    def to(self, device: torch.device) -> Axes:
        return self

    def _split(self, v: Tensor) -> Tensor:
        return v[:, : math.prod(self.sizes)].view(v.shape[0], *self.sizes, v.shape[-1])

    def sum(self, v: Tensor) -> Tensor:
        count = math.prod([self.sizes[axis] for axis in self.over])  # torch 2.15 compiles no generator here
        return self._split(v).sum([axis + 1 for axis in self.over], keepdim=True) * (1 / math.sqrt(count))

    def max(self, v: Tensor) -> Tensor:
        most = self._split(v)
        for axis in reversed(self.over):
            most = largest(most, axis + 1, True)
        return most

    def spread(self, nodes: Tensor, groups: Tensor) -> Tensor:
        """What is made of the groups, added to what is there of each node."""
        heard = (self._split(nodes) + groups).flatten(1, len(self.sizes))
        rest = nodes[:, heard.shape[1] :]
        return torch.cat((heard, rest), 1) if rest.shape[1] else heard


@dataclass(frozen=True)
class Shift:
    """Who hears at most one other, at a distance along the axes."""

    sizes: tuple[int, ...]
    moves: tuple[int, ...]  # from the hearer to the heard
    grouped = False

    def to(self, device: torch.device) -> Shift:
        return self

    def sum(self, v: Tensor) -> Tensor:
        answering = math.prod(self.sizes)
        if any(abs(move) >= size for move, size in zip(self.moves, self.sizes)):
            return torch.zeros_like(v)
        heard = v[:, :answering].view(v.shape[0], *self.sizes, v.shape[-1])
        filling: list[int] = []
        for axis, (size, move) in enumerate(zip(self.sizes, self.moves), 1):
            heard = heard.narrow(axis, max(move, 0), size - abs(move))
            filling = [max(-move, 0), max(move, 0), *filling]  # pad() takes the last axis first
        heard = F.pad(heard, [0, 0, *filling]).flatten(1, len(self.sizes))
        return F.pad(heard, (0, 0, 0, v.shape[1] - answering)) if v.shape[1] > answering else heard

    max = sum


@dataclass(frozen=True)
class Lists:
    """Lists that were given: of each question (B x E x L), or the same for all (1 x E x L), filled up with 0.

    E elements are positions, fields or nodes; what stands beside them (fields, positions, nothing) passes through.
    """

    level: str
    shape: Shape
    heard: Tensor  # int64
    counts: Tensor  # B x E or 1 x E

    grouped = False

    def to(self, device: torch.device) -> Lists:
        """The same with its numbers there."""
        tensors: dict[str, Any] = {
            name: part.to(device) for name, part in vars(self).items() if isinstance(part, Tensor)
        }
        return replace(self, **tensors)

    def _split(self, v: Tensor) -> Tensor:
        """B x E x beside x D."""
        s = self.shape
        if self.level == "nodes":
            return v[:, :, None]
        split = v[:, : s.answering].view(v.shape[0], s.positions, s.fields, v.shape[-1])
        return split if self.level == "positions" else split.transpose(1, 2)

    def _join(self, heard: Tensor) -> Tensor:
        """B x N x D of what elements hear; helpers hear nothing that is not over nodes."""
        s = self.shape
        if self.level == "nodes":
            return heard[:, :, 0]
        if self.level == "fields":
            heard = heard.transpose(1, 2)
        return F.pad(heard.flatten(1, 2), (0, 0, 0, s.helpers)) if s.helpers else heard.flatten(1, 2)

    def _gather(self, v: Tensor) -> Tensor:
        """B x E x L x beside x D."""
        split = self._split(v)
        batch, elements = split.shape[:2]
        lists, most = self.heard.shape[1:]
        if len(self.heard) == 1:
            return rows_of(split, 1, self.heard.flatten()).unflatten(1, (lists, most))
        first = elements * torch.arange(batch, device=v.device)
        places = (self.heard + first[:, None, None]).flatten()
        return rows_of(split.flatten(0, 1), 0, places).view(batch, lists, most, *split.shape[2:])

    def _there(self) -> Tensor:
        places = torch.arange(self.heard.shape[2], device=self.heard.device)
        return (places < self.counts[:, :, None])[..., None, None]

    def _sum(self, v: Tensor) -> Tensor:
        factors = torch.rsqrt(self.counts.clamp(min=1).double())[..., None, None]
        heard = torch.where(self._there(), self._gather(v), torch.zeros((), dtype=v.dtype, device=v.device))
        return heard.sum(2) * factors.to(v.dtype)

    def _max(self, v: Tensor) -> Tensor:
        nobody = torch.full((), NOBODY, dtype=v.dtype, device=v.device)
        most = largest(torch.where(self._there(), self._gather(v), nobody), 2, False)
        return torch.where(self.counts[..., None, None] > 0, most, torch.zeros_like(most))

    def sum(self, v: Tensor) -> Tensor:
        return self._join(self._sum(v))

    def max(self, v: Tensor) -> Tensor:
        return self._join(self._max(v))


@dataclass(frozen=True)
class Groups(Lists):
    """Lists of which all members hear the same: one for each group, and the group of each element."""

    group: Tensor = None  # type: ignore[assignment]  # B x E or 1 x E: the group that it hears, or that of nobody

    grouped = True

    sum = Lists._sum
    max = Lists._max

    def spread(self, nodes: Tensor, groups: Tensor) -> Tensor:
        """As of Axes; groups: B x G x beside x width."""
        batch, count = groups.shape[:2]
        if len(self.group) == 1:
            return nodes + self._join(rows_of(groups, 1, self.group[0]))
        places = (self.group + count * torch.arange(batch, device=groups.device)[:, None]).flatten()
        members = rows_of(groups.flatten(0, 1), 0, places)
        return nodes + self._join(members.view(batch, -1, *groups.shape[2:]))


Table = Union[Axes, Shift, Lists, Groups]


def _of_fields(name: str, s: Shape) -> Table:
    sizes = (s.positions, s.fields)
    if name == "cell":
        return Axes(sizes, (1,))
    if name in ("next", "previous"):
        return Shift(sizes, (0, 1 if name == "next" else -1))
    values = torch.arange(s.fields)
    counts = s.fields - 1 - values if name == "above" else values
    first = values + 1 if name == "above" else torch.zeros_like(values)
    places = torch.arange(max(1, s.fields - 1))
    heard = (first[:, None] + places).clamp(max=s.fields - 1)
    return Lists(
        "fields", s, torch.where(places < counts[:, None], heard, torch.zeros_like(heard))[None], counts[None]
    )


def _of_boxes(s: Shape) -> Table:
    h, w = s.box_rows, s.box_columns
    return Axes((s.rows // h, h, s.columns // w, w, s.fields), (1, 3))


GROUPED: dict[str, Callable[[Shape], Table]] = {
    "row": lambda s: Axes((s.rows, s.columns, s.fields), (1,)),
    "column": lambda s: Axes((s.rows, s.columns, s.fields), (0,)),
    "box": _of_boxes,
    "all": lambda s: Axes((s.positions, s.fields), (0,)),
}


def table_by_name(name: str, s: Shape) -> Table:
    """What a relation that the shape gives means for it; ValueError where the shape cannot have it."""
    if name in ("cell", "next", "previous", "above", "below"):
        return _of_fields(name, s)
    if name != "all" and s.rows == 0:
        raise ValueError(f"relation {name}: the question has no rows and columns")
    if name == "box" and s.box_rows == 0:
        raise ValueError("relation box: the question's shape has no boxes")
    move = offset_of(name)
    return GROUPED[name](s) if move is None else Shift((s.rows, s.columns, s.fields), (*move, 0))
