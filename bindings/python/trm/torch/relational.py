"""Relational models: doc/model.md, section 4, as an nn.Module.

Nodes hear one another through named relations, and all of them share the weights: a model answers questions of every
size. Parameters have the names of the files in which relational models are kept beside .trm files (checkpoints.py).
States are B x N x D: of a batch that has one shape, answering nodes first, then helpers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Mapping

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .configuration import Configuration
from .faster import Kind, Times, kind_of, measure
from .fused import Places, fused_block, lacks, places_of
from .given import lists_of_bytes, make_table
from .halting import RULES, softmin
from .model import Output, State, normalise
from .noise import noise
from .relations import Relation, read_relations
from .shape import Shape
from .tables import IS_COMPILING, Axes, Groups, Table, table_by_name
from .trm_file import Integers

CERTAIN = 1e4  # the halting logit of positions that only fill a batch up


@dataclass
class Questions:
    """A batch of questions of one shape, or filled up to one: what RelationalModel.ask() makes."""

    shape: Shape
    tokens: Tensor  # B x S
    tables: tuple[Table, ...]  # of each relation
    helper_tokens: Tensor | None = None  # B x C
    features: Tensor | None = None  # B x (S + C) x Q
    counted: Tensor | None = None  # B x S, bool: positions that are the question's; None: all

    def __len__(self) -> int:
        return len(self.tokens)


def is_traced() -> bool:
    """Whether somebody compiles or records this: nothing can be measured then."""
    compiling = IS_COMPILING is not None and IS_COMPILING()
    return compiling or (torch.cuda.is_available() and torch.cuda.is_current_stream_capturing())


class Matrices(nn.Module):
    """Weights by the number of their relation."""

    def __init__(self, numbers: list[int], rows: int, columns: int) -> None:
        super().__init__()
        for number in numbers:
            self.register_parameter(str(number), nn.Parameter(torch.empty(rows, columns)))

    def of(self, number: int) -> Tensor:
        found: Tensor = getattr(self, str(number))
        return found


class RelationalBlock(nn.Module):
    """What a node and its relations say, through a normed SwiGLU over channels."""

    def __init__(self, configuration: Configuration, relations: tuple[Relation, ...]) -> None:
        super().__init__()
        channels, hidden = configuration.channels, configuration.channel_hidden
        self.relations, self.epsilon = relations, configuration.norm_epsilon
        self.w0 = nn.Parameter(torch.empty(2 * hidden, channels))
        for aggregate in ("sum", "max", "node"):
            numbers = [i for i, relation in enumerate(relations) if aggregate in relation.aggregates]
            if numbers:
                self.add_module(aggregate, Matrices(numbers, 2 * hidden, channels))
        self.down = nn.Parameter(torch.empty(channels, hidden))

    def _heard(self, number: int, table: Table, v: Tensor) -> tuple[list[Tensor], list[Tensor]]:
        """What is heard through a relation, and the weights for it."""
        aggregates = self.relations[number].aggregates
        heard = [table.max(v) if aggregate == "max" else table.sum(v) for aggregate in aggregates]
        return heard, [getattr(self, aggregate).of(number) for aggregate in aggregates]

    def listen(
        self, v: Tensor, tables: tuple[Table, ...]
    ) -> tuple[list[Tensor], list[Tensor], list[tuple[Axes | Groups, Tensor]]]:
        """What each node hears by itself, with the weights for it, and a product for the groups of each relation."""
        heard, groups = [v], []
        weights: list[Tensor] = [self.w0]
        for number, table in enumerate(tables):
            parts, matrices = self._heard(number, table, v)
            if isinstance(table, (Axes, Groups)):
                product = F.linear(torch.cat(parts, -1), torch.cat(matrices, -1).to(v.dtype))
                groups.append((table, product))
            else:
                heard, weights = heard + parts, weights + matrices
        return heard, weights, groups

    def multiply(self, v: Tensor, tables: tuple[Table, ...]) -> Tensor:
        """[g, s]: one product for all that each node hears by itself, and what is made of groups added to it."""
        heard, weights, groups = self.listen(v, tables)
        inner = F.linear(torch.cat(heard, -1), torch.cat(weights, -1).to(v.dtype))
        for table, product in groups:
            inner = table.spread(inner, product)
        return inner

    def forward(self, v: Tensor, tables: tuple[Table, ...]) -> Tensor:
        gate, up = self.multiply(v, tables).chunk(2, -1)
        inner = torch.sigmoid(gate) * normalise(gate * up, -1, self.epsilon)
        return normalise(v + F.linear(inner, self.down.to(v.dtype)), -1, self.epsilon)

    def forward_fused(self, v: Tensor, tables: tuple[Table, ...], places: Places) -> Tensor:
        """The same by Triton's kernels."""
        heard, weights, groups = self.listen(v, tables)
        return fused_block(
            heard, weights, [product for _, product in groups], places, self.down, self.epsilon
        )


class Blocks(nn.ModuleList):
    """The network: an evaluation of all its blocks."""

    def forward(self, state: Tensor, injection: Tensor, tables: tuple[Table, ...]) -> Tensor:
        v = state + injection
        for block in self:
            v = block(v, tables)
        return v

    def forward_fused(
        self, state: Tensor, injection: Tensor, tables: tuple[Table, ...], places: Places
    ) -> Tensor:
        """The same by Triton's kernels."""
        v = state + injection
        block: Any
        for block in self:
            v = block.forward_fused(v, tables, places)
        return v


class Head(nn.Module):
    """Weights and biases of outputs."""

    def __init__(self, outputs: int, channels: int) -> None:
        super().__init__()
        self.w = nn.Parameter(torch.empty(outputs, channels))
        self.b = nn.Parameter(torch.empty(outputs))

    def forward(self, y: Tensor) -> Tensor:
        return F.linear(y, self.w, self.b)


class RelationalModel(nn.Module):
    """A Tiny Recursive Model of relational blocks, with its weights undefined: `initialise` or `load_state_dict`
    sets them.

    On a GPU blocks have kernels of their own, where Triton is. `fused` says when: None, where they are the faster way,
    which is measured when a kind of evaluation first comes up (`measured` has the times); True, always, or an error
    that says what is missing; False, never.
    """

    y0: Tensor  # D: the first y
    z0: Tensor  # D: the first z

    def __init__(self, configuration: Configuration) -> None:
        super().__init__()
        c = self.configuration = configuration
        self.relations = read_relations(c.relations)
        self.metadata: dict[str, Any] = {}  # of the file: task.name, task.alphabet, provenance.*
        self.integers: dict[str, Integers] = {}  # what a file had as 8-bit integers, by parameter
        self.compute = torch.float32  # the type that blocks compute in
        self.fused: bool | None = None
        self.measured: dict[Kind, Times] = {}
        own = c.first_value + 2 if c.fields > 1 else c.vocabulary
        self.embed = nn.Parameter(torch.empty(own + c.helper_tokens, c.channels))
        if c.features:
            self.features = nn.Parameter(torch.empty(c.features, c.channels))
        self.register_buffer("y0", torch.empty(c.channels))
        self.register_buffer("z0", torch.empty(c.channels))
        self.blocks = Blocks(RelationalBlock(c, self.relations) for _ in range(c.blocks))
        self.head = Head(1 if c.fields > 1 else c.vocabulary, c.channels)
        self.halt = Head(1, c.channels)
        self._named: dict[tuple[str, Shape, torch.device], Table] = {}
        self._last: tuple[tuple[Table, ...], Places] | None = None

    @property
    def device(self) -> torch.device:
        return self.y0.device

    # -- questions

    def _table(self, relation: Relation, given: Any, shape: Shape, questions: int) -> Table:
        if given is None and relation.source == "file":
            given = lists_of_bytes(relation, self.metadata.get(f"relation.{relation.name}"))
        if given is not None:
            return make_table(relation, given, shape, questions).to(self.device)
        if relation.source != "shape":
            raise ValueError(f"relation {relation.name}: its lists are missing")
        key = (relation.name, shape, self.device)
        if key not in self._named:
            self._named[key] = table_by_name(relation.name, shape).to(self.device)
        return self._named[key]

    def ask(
        self,
        tokens: Tensor,
        *,
        shape: Shape | None = None,
        relations: Mapping[str, Any] | None = None,
        helper_tokens: Tensor | None = None,
        features: Tensor | None = None,
        counted: Tensor | None = None,
    ) -> Questions:
        """A batch of questions: B x S tokens of one shape, by default the model's own.

        relations: by name, for those that come with questions, pairs (first, heard) as trm_relation has them: the
        same lists for all questions, or those of each, one behind the other. Named relations may be replaced.
        helper_tokens: B x C. features: B x (S + C) x Q.
        counted: B x S, where questions of fewer positions are filled up: those that are theirs.
        """
        c = self.configuration
        shape = shape or c.shape
        helpers = 0 if helper_tokens is None else helper_tokens.shape[1]
        shape = shape.with_helpers(helpers)
        shape.check()
        self._check(shape, tokens, features)
        given = dict(relations or {})
        for name in given:
            if name not in (relation.name for relation in self.relations):
                raise ValueError(f"relation {name} is none of the model's: {c.relations}")
        tables = tuple(self._table(r, given.get(r.name), shape, len(tokens)) for r in self.relations)
        parts = (
            None if part is None else part.to(self.device) for part in (helper_tokens, features, counted)
        )
        return Questions(shape, tokens.to(self.device).long(), tables, *parts)

    def _check(self, shape: Shape, tokens: Tensor, features: Tensor | None) -> None:
        c = self.configuration
        if tokens.dim() != 2 or tokens.shape[1] != shape.positions:
            raise ValueError(f"expected tokens of {shape.positions} positions, found {tuple(tokens.shape)}")
        if shape.fields > c.fields or (shape.fields > 1) != (c.fields > 1):
            raise ValueError(f"expected a shape with at most {c.fields} fields, found {shape.fields}")
        if shape.helpers and not c.helper_tokens:
            raise ValueError("the model knows no helpers")
        wanted = (len(tokens), shape.positions + shape.helpers, c.features)
        if c.features and (features is None or tuple(features.shape) != wanted):
            found = None if features is None else tuple(features.shape)
            raise ValueError(f"expected features of shape {wanted}, found {found}")
        if features is not None and not c.features:
            raise ValueError("the model knows no features")

    # -- the recursion

    def _rows(self, questions: Questions) -> Tensor:
        """The row of `embed` of each node, B x N."""
        c, shape, rows = self.configuration, questions.shape, questions.tokens
        base = c.vocabulary
        if c.fields > 1:
            base = c.first_value + 2
            values = c.first_value + torch.arange(shape.fields, device=rows.device)
            tokens = rows[..., None]
            kinds = c.first_value + (tokens != values).long()
            rows = torch.where(tokens < c.first_value, tokens, kinds).flatten(1)
        if questions.helper_tokens is not None:
            rows = torch.cat((rows, base + questions.helper_tokens.long()), 1)
        return rows

    def embed_questions(self, questions: Questions) -> Tensor:
        """x: B x N x D."""
        c, shape = self.configuration, questions.shape
        x = F.embedding(self._rows(questions), self.embed)
        if questions.features is not None:
            added = questions.features.to(self.features.dtype) @ self.features
            positions, helpers = added.split((shape.positions, shape.helpers), 1)
            x = x + torch.cat((positions.repeat_interleave(shape.fields, 1), helpers), 1)
        return (math.sqrt(c.channels) * x).to(self.compute)

    def begin(self, questions: Questions, seed: int | None = None, run: int = 0) -> State:
        """The state that every question starts with; with a seed, start noise in its thought, that of the library's
        attempt with this number."""
        c = self.configuration
        shape = (len(questions), questions.shape.nodes, c.channels)
        y, z = self.y0.expand(shape), self.z0.expand(shape)
        if seed is not None and c.start_noise > 0:
            z = z + c.start_noise * noise(seed, run, shape[1], c.channels).to(self.device, z.dtype)
        return State(y.to(self.compute), z.to(self.compute))

    def places(self, tables: tuple[Table, ...], v: Tensor) -> Places:
        """Of these tables: made once for all evaluations of a batch."""
        last = self._last
        if last is None or last[0] is not tables or last[1].index.is_inference():  # which no gradient may keep
            last = self._last = tables, places_of(tables, v)
        return last[1]

    def _fuses(self, state: Tensor, injection: Tensor, tables: tuple[Table, ...]) -> bool:
        if self.fused is False or (self.fused is None and (not state.is_cuda or is_traced())):
            return False
        missing = lacks(state)
        if self.fused and missing:
            raise RuntimeError(f"blocks cannot be fused: {missing}")
        return self.fused or (not missing and self._gains(state, injection, tables))

    def _gains(self, state: Tensor, injection: Tensor, tables: tuple[Table, ...]) -> bool:
        """Whether the fused way is the faster one."""
        weights = list(self.blocks.parameters())
        kind, places = kind_of(state, weights, tables), self.places(tables, state)
        if kind not in self.measured:
            ways = (
                lambda v, added: self.blocks(v, added, tables),
                lambda v, added: self.blocks.forward_fused(v, added, tables, places),
            )
            self.measured[kind] = measure(*ways, state, injection, weights)
        return self.measured[kind].fused < self.measured[kind].plain

    def evaluate(self, state: Tensor, injection: Tensor, questions: Questions) -> Tensor:
        """All blocks once, on the sum of a state and what is put into it."""
        tables = questions.tables
        if self._fuses(state, injection, tables):
            return self.blocks.forward_fused(state, injection, tables, self.places(tables, state))
        out: Tensor = self.blocks(state, injection, tables)
        return out

    def cycle(self, x: Tensor, state: State, questions: Questions, updates: int) -> State:
        """The thought several times, then the answer once."""
        y, z = state
        injection = y + x
        for _ in range(updates):
            z = self.evaluate(z, injection, questions)
        return State(self.evaluate(y, z, questions), z)

    def think(self, x: Tensor, state: State, questions: Questions, cycles: int) -> State:
        """Cycles without gradient."""
        with torch.no_grad():
            for _ in range(cycles):
                state = self.cycle(x, state, questions, self.configuration.updates)
        return state

    def heads(self, state: State, questions: Questions) -> Output:
        """What the answer says. Tokens that are no values have the logit -infinity."""
        c, shape = self.configuration, questions.shape
        y = state.y[:, : shape.answering].to(self.head.w.dtype)
        logits, nodes = self.head(y), self.halt(y)[..., 0].double()
        if c.fields > 1:
            around = (c.first_value, c.vocabulary - c.first_value - shape.fields)
            logits = F.pad(logits.view(-1, shape.positions, shape.fields), around, value=float("-inf"))
        by_cell = nodes.view(-1, shape.positions, shape.fields)
        if questions.counted is not None:
            by_cell = torch.where(questions.counted[..., None], by_cell, torch.full_like(by_cell, CERTAIN))
        halt = RULES[c.halting](by_cell.flatten(1))
        return Output(logits, halt, torch.zeros_like(halt), state, softmin(by_cell), nodes)

    def forward(self, questions: Questions | Tensor, state: State | None = None) -> Output:
        """One supervision step, from the first state or from that of the step before.

        The state returned carries the last cycle's gradient; detach it before the next step.
        """
        c = self.configuration
        asked = self.ask(questions) if isinstance(questions, Tensor) else questions
        x = self.embed_questions(asked)
        state = self.begin(asked) if state is None else state
        state = self.think(x, state, asked, c.cycles - 1)
        return self.heads(self.cycle(x, state, asked, c.updates), asked)
