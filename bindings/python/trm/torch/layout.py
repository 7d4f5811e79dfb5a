"""Where a model's numbers stand in a .trm file: doc/format.md, "Tensors".

Each tensor has a name in the file and one in the published code. Its matrix stands in a stored shape that may
be larger: rows and columns come in groups, each of which is filled up to whole panels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterator

import numpy as np

from .configuration import Configuration
from .relations import read_relations
from .trm_file import PANEL, PANELS, ROWS, TrmFileError, pad

MOST_CODE_COLUMNS = 131072


@dataclass
class Groups:
    """`count` times `size` lines, each group filled up to a multiple."""

    count: int
    size: int
    multiple: int = 1

    @property
    def lines(self) -> int:
        return self.count * self.size

    @property
    def stored(self) -> int:
        return self.count * pad(self.size, self.multiple)

    def places(self) -> np.ndarray:
        """Where each line stands."""
        first = pad(self.size, self.multiple) * np.arange(self.count)
        return (first[:, None] + np.arange(self.size)).reshape(-1)


@dataclass
class Place:
    """Where a tensor stands in both worlds."""

    name: str
    published: str
    rows: Groups
    columns: Groups
    layout: int = ROWS
    in_block: bool = False

    @property
    def may_be_codes(self) -> bool:
        return self.in_block and self.columns.stored <= MOST_CODE_COLUMNS

    def store(self, matrix: np.ndarray) -> np.ndarray:
        """The matrix in its stored shape, zeros around it."""
        stored = np.zeros((self.rows.stored, self.columns.stored), np.float32)
        stored[np.ix_(self.rows.places(), self.columns.places())] = matrix
        return stored

    def take(self, stored: np.ndarray) -> np.ndarray:
        """The matrix out of its stored shape."""
        wanted = (self.rows.stored, self.columns.stored)
        if stored.shape != wanted:
            raise TrmFileError(f"tensor {self.name}: expected a shape of {wanted}, found {stored.shape}")
        matrix = stored[np.ix_(self.rows.places(), self.columns.places())]
        if np.count_nonzero(stored) != np.count_nonzero(matrix):
            raise TrmFileError(f"tensor {self.name}: its padding is not zero")
        return matrix


def _rows(name: str, published: str, rows: int, columns: int) -> Place:
    return Place(name, published, Groups(1, rows), Groups(1, columns))


def _panels(name: str, published: str, rows: Groups, columns: Groups, in_block: bool = True) -> Place:
    return Place(name, published, rows, columns, PANELS, in_block)


def _embeddings(c: Configuration) -> Iterator[Place]:
    yield _rows("embed.tokens", "embed_tokens.embedding_weight", c.vocabulary, c.channels)
    if c.position_encoding == "learned":
        yield _rows("embed.positions", "embed_pos.embedding_weight", c.rows, c.channels)
    if c.identifiers:
        yield _rows("embed.puzzles", "puzzle_emb.weights", c.identifiers, c.puzzle_width)
    if c.registers:
        yield _rows("embed.registers", "embed_registers.weight", c.prefix, c.channels)
    yield _rows("state.y", "H_init", 1, c.channels)
    yield _rows("state.z", "L_init", 1, c.channels)


def _mixer(c: Configuration, name: str, published: str) -> Iterator[Place]:
    for own, theirs, rows, columns in (
        ("gate_up", "gate_up_proj", 2 * c.token_hidden, c.rows),
        ("down", "down_proj", c.rows, c.token_hidden),
    ):
        place = _rows(f"{name}.tokens.{own}", f"{published}.mlp_t.{theirs}.weight", rows, columns)
        place.in_block = True
        yield place


def _attention(c: Configuration, name: str, published: str) -> Iterator[Place]:
    heads, width = c.heads, c.channels // c.heads
    yield _panels(
        f"{name}.attention.qkv",
        f"{published}.self_attn.qkv_proj.weight",
        Groups(3 * heads, width, PANEL),
        Groups(1, c.channels),
    )
    yield _panels(
        f"{name}.attention.out",
        f"{published}.self_attn.o_proj.weight",
        Groups(1, c.channels, PANEL),
        Groups(heads, width, PANEL),
    )


def _block(c: Configuration, name: str, published: str) -> Iterator[Place]:
    yield from (_mixer if c.block == "mixer" else _attention)(c, name, published)
    yield _panels(
        f"{name}.channels.gate_up",
        f"{published}.mlp.gate_up_proj.weight",
        Groups(2, c.channel_hidden, PANEL),
        Groups(1, c.channels),
    )
    yield _panels(
        f"{name}.channels.down",
        f"{published}.mlp.down_proj.weight",
        Groups(1, c.channels, PANEL),
        Groups(1, c.channel_hidden),
    )


def _blocks(c: Configuration) -> Iterator[Place]:
    low = "net" if c.architecture == "trm" else "low"
    for block in range(c.blocks):
        yield from _block(c, f"{low}.{block}", f"L_level.layers.{block}")
    for block in range(c.high_blocks):
        yield from _block(c, f"high.{block}", f"H_level.layers.{block}")


def _head(c: Configuration, name: str, published: str, outputs: int) -> Place:
    return _panels(name, published, Groups(1, outputs, PANEL), Groups(1, c.channels), in_block=False)


# offset(1,-2) as offset_1_-2: names of tensors have no brackets
_PLAIN = str.maketrans({"(": "_", ",": "_", ")": None})


def _relational_block(c: Configuration, block: int) -> Iterator[Place]:
    def gated(name: str, own: str) -> Place:
        rows, columns = Groups(2, c.channel_hidden, PANEL), Groups(1, c.channels)
        return _panels(f"net.{block}.relational.{name}", f"blocks.{block}.{own}", rows, columns)

    yield gated("own", "w0")
    for number, relation in enumerate(read_relations(c.relations)):
        plain = relation.name.translate(_PLAIN)
        for aggregate in relation.aggregates:
            yield gated(f"{plain}.{aggregate}", f"{aggregate}.{number}")
    rows, columns = Groups(1, c.channels, PANEL), Groups(1, c.channel_hidden)
    yield _panels(f"net.{block}.relational.down", f"blocks.{block}.down", rows, columns)


def _relational(c: Configuration) -> Iterator[Place]:
    classes = c.first_value + 2 if c.fields > 1 else c.vocabulary
    outputs = 1 if c.fields > 1 else c.vocabulary
    yield _rows("embed.tokens", "embed", classes + c.helper_tokens, c.channels)
    if c.features:
        yield _rows("embed.features", "features", c.features, c.channels)
    yield _rows("state.y", "y0", 1, c.channels)
    yield _rows("state.z", "z0", 1, c.channels)
    for block in range(c.blocks):
        yield from _relational_block(c, block)
    yield _head(c, "head.tokens", "head.w", outputs)
    yield _rows("head.tokens.bias", "head.b", 1, outputs)
    yield _head(c, "head.halt", "halt.w", 1)
    yield _rows("head.halt.bias", "halt.b", 1, 1)


def places(c: Configuration) -> Iterator[Place]:
    """All tensors of a model, in the order of the file."""
    if c.block == "relational":
        yield from _relational(c)
        return
    yield from _embeddings(c)
    yield from _blocks(c)
    yield _head(c, "head.tokens", "lm_head.weight", c.vocabulary)
    if c.head_bias:
        yield _rows("head.tokens.bias", "lm_head.bias", 1, c.vocabulary)
    yield _head(c, "head.halt", "q_head.weight", 2)
    yield _rows("head.halt.bias", "q_head.bias", 1, 2)
