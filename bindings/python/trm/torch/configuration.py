"""What a model is, in the words of doc/format.md, and the same in those of the published code."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, Mapping

from torch import Tensor

from .relations import read_relations
from .shape import Shape

POSITION_ENCODINGS = {"none": "none", "learned": "learned", "rotary": "rope"}
WORDS = {
    "architecture": ("trm", "hrm"),
    "block": ("mixer", "attention", "relational"),
    "position_encoding": tuple(POSITION_ENCODINGS),
    "gate": ("plain", "normed"),
    "likelihood": ("softmax", "stablemax"),
    "halting": ("logit", "softmin", "product", "difference"),
}
LEFT_OUT = "box_rows"  # the first of the fields that are left out of a file where they have their defaults
BOUNDS = (
    "least_rows",
    "most_rows",
    "least_columns",
    "most_columns",
    "least_fields",
    "most_fields",
    "most_positions",
)
LIMITS = {
    "channels": (1, 65536),
    "positions": (1, 65536),
    "vocabulary": (2, 65536),
    "blocks": (1, 256),
    "channel_hidden": (1, 1048576),
    "cycles": (1, 65536),
    "updates": (1, 65536),
    "maximum_steps": (1, 65536),
}


@dataclass
class Configuration:
    """The dimensions of a model: the keys `model.*` and `task.grid_*` of a .trm file."""

    architecture: str = "trm"  # or hrm
    block: str = "mixer"  # or attention, relational
    position_encoding: str = "none"  # or learned, rotary
    gate: str = "plain"  # or normed
    likelihood: str = "stablemax"  # or softmax
    channels: int = 512
    positions: int = 81
    prefix: int = 0
    vocabulary: int = 11
    identifiers: int = 0
    puzzle_width: int = 0
    registers: int = 0
    head_bias: int = 0
    blocks: int = 2
    high_blocks: int = 0
    heads: int = 0
    token_hidden: int = 0
    channel_hidden: int = 0
    cycles: int = 3
    updates: int = 6
    maximum_steps: int = 16
    rotary_base: float = 10000.0
    norm_epsilon: float = 1e-5
    grid_rows: int = 0
    grid_columns: int = 0
    # of relational models alone: written to a file where they are not these
    box_rows: int = 0
    box_columns: int = 0
    fields: int = 1  # 1: none
    first_value: int = 0
    helper_tokens: int = 0
    features: int = 0
    halting: str = "logit"  # difference, of published kinds; softmin, product
    cell_confidence: int = 0
    start_noise: float = 0.0
    halt_threshold: float = 0.0  # 0: one half
    relations: str = ""  # NAME=SOURCE/LEVEL/AGGREGATES, with spaces between
    least_rows: int = 0
    most_rows: int = 0
    least_columns: int = 0
    most_columns: int = 0
    least_fields: int = 0
    most_fields: int = 0
    most_positions: int = 0

    @property
    def rows(self) -> int:
        """Prefix and puzzle."""
        return self.prefix + self.positions

    def check(self) -> None:
        """Refuses what is no model, by name."""
        for field, words in WORDS.items():
            self._demand(getattr(self, field) in words, f"{field} must be {' or '.join(words)}")
        self._check_numbers()
        if self.block == "relational":
            self._check_relational()
        elif self.block == "mixer":
            self._demand(
                self.token_hidden >= 1 and self.heads == 0, "a mixer has a token_hidden and no heads"
            )
        else:
            whole = self.heads >= 1 and self.channels % self.heads == 0
            self._demand(whole and self.token_hidden == 0, "attention has heads that divide its channels")
        if self.position_encoding == "rotary":
            turns = self.heads >= 1 and self.channels // self.heads % 2 == 0
            self._demand(turns, "rotary positions need attention heads of an even width")
        self._demand((self.high_blocks >= 1) == (self.architecture == "hrm"), "an HRM alone has high_blocks")
        if self.block != "relational":
            self._demand(self.halting in ("logit", "difference"), "halting must be logit or difference")
        self._check_prefix()

    def _check_numbers(self) -> None:
        """In the words of lib/model/check.c; tests/pytorch/test_both_readers.py compares."""
        for field, (least, most) in LIMITS.items():
            if not least <= getattr(self, field) <= most:
                raise ValueError(f"{field}: expected {least} to {most}, found {getattr(self, field)}")
        if (self.grid_rows or self.grid_columns) and self.grid_rows * self.grid_columns != self.positions:
            raise ValueError(
                f"the grid: expected rows x columns to be the {self.positions} positions, "
                f"found {self.grid_rows} x {self.grid_columns}"
            )
        if not 0 < self.norm_epsilon < 1:
            raise ValueError(
                f"norm_epsilon: expected a number above 0 and below 1, found {self.norm_epsilon:g}"
            )
        if not 1 < self.rotary_base <= 1e30:
            raise ValueError(
                f"rotary_base: expected a number above 1, up to 1e30, found {self.rotary_base:g}"
            )

    def _check_relational(self) -> None:
        whole = (
            self.heads == self.token_hidden == self.prefix == self.high_blocks == 0 and self.gate == "normed"
        )
        self._demand(whole and self.head_bias == 1, "a relational model has no prefix, heads or token_hidden")
        self._demand(self.halting in ("softmin", "product"), "halting must be softmin or product")
        values = self.fields == 1 or 0 <= self.first_value <= self.vocabulary - self.fields
        self._demand(self.fields >= 1 and values, "the fields are tokens from first_value on")
        self._demand(0 <= self.start_noise < float("inf"), "start_noise must be 0 or more")
        self._demand(bool(read_relations(self.relations)), "relations are missing")
        self.shape.check()

    @property
    def shape(self) -> Shape:
        """That of a question whose shape nobody tells."""
        boxes = (self.box_rows, self.box_columns)
        return Shape(self.positions, self.grid_rows, self.grid_columns, *boxes, self.fields)

    def _check_prefix(self) -> None:
        table = self.identifiers >= 1
        self._demand(table == (self.puzzle_width >= 1), "identifiers and puzzle_width come together")
        self._demand(self.puzzle_width <= self.prefix * self.channels, "puzzle_width does not fit the prefix")
        self._demand(not (self.registers and table), "a prefix is registers or puzzle embeddings")
        filled = self.prefix == 0 or table or bool(self.registers)
        self._demand(
            filled and self.registers <= min(1, self.prefix), "a prefix needs registers or identifiers"
        )

    def _demand(self, condition: bool, what: str) -> None:
        if not condition:
            raise ValueError(f"configuration: {what}")


def published_hidden(size: int) -> int:
    """The published hidden width of a SwiGLU: 8/3 of the size, up to a multiple of 256."""
    return -(-round(4 * size * 2 / 3) // 256) * 256


def _fields(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Those of "arch" and those around it; the likelihood that the published loss names."""
    inner = settings.get("arch")
    fields = {**settings, **inner} if isinstance(inner, Mapping) else dict(settings)
    loss = fields.get("loss")
    kind = str(loss.get("loss_type", "")) if isinstance(loss, Mapping) else ""
    fields.setdefault("likelihood", "softmax" if kind.startswith("softmax") else "stablemax")
    return fields


def _count_blocks(tensors: Mapping[str, Tensor], network: str) -> int:
    count = 0
    while f"{network}.layers.{count}.mlp.gate_up_proj.weight" in tensors:
        count += 1
    return count


def _required(fields: Mapping[str, Any], name: str) -> int:
    if fields.get(name) is None:
        raise ValueError(f"configuration: {name} is missing, and the tensors do not tell it")
    return _whole(fields, name)


def _whole(fields: Mapping[str, Any], name: str, default: int = 0) -> int:
    value = fields.get(name)
    value = default if value is None else value
    if type(value) is not int or not 0 <= value <= 4294967295:
        raise ValueError(f"configuration: {name} must be a whole number from 0 to 4294967295")
    return value


def _agrees(fields: Mapping[str, Any], name: str, told: int) -> None:
    """Tensors are believed, and what the configuration says of the same must agree."""
    if fields.get(name) is not None and _whole(fields, name) != told:
        raise ValueError(f"configuration: {name} is {fields[name]}, but the tensors say {told}")


def _real(fields: Mapping[str, Any], name: str, default: float) -> float:
    value = fields.get(name, default)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(f"configuration: {name} must be a number")
    return float(value)


def _halting(fields: Mapping[str, Any], high: int) -> str:
    """The halt logit is compared with the continue logit, or, where no_ACT_continue says so, with 0."""
    alone = fields.get("no_ACT_continue", not high)
    return "logit" if alone else "difference"


def _prefix(fields: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> dict[str, int]:
    if "embed_registers.weight" in tensors:
        return {"prefix": tensors["embed_registers.weight"].shape[0], "registers": 1}
    if "puzzle_emb.weights" not in tensors:
        _agrees(fields, "puzzle_emb_ndim", 0)
        return {}
    identifiers, width = tensors["puzzle_emb.weights"].shape
    channels = tensors["H_init"].shape[0]
    _agrees(fields, "puzzle_emb_ndim", width)
    _agrees(fields, "num_puzzle_identifiers", identifiers)
    filled = -(-width // channels)
    if fields.get("puzzle_emb_len") is not None:
        rows = _whole(fields, "puzzle_emb_len") or filled
    else:  # what the positions leave, or the default of the published class
        told, positions = _rows(tensors), _whole(fields, "seq_len")
        usual = filled if _count_blocks(tensors, "H_level") else 16
        rows = told - positions if told > positions > 0 else usual
    return {"prefix": rows, "identifiers": identifiers, "puzzle_width": width}


def _position_encoding(fields: Mapping[str, Any], tensors: Mapping[str, Tensor], mixer: bool) -> str:
    learned = "embed_pos.embedding_weight" in tensors
    named = fields.get("pos_encodings", "learned" if learned else "none" if mixer else None)
    known = {published: own for own, published in POSITION_ENCODINGS.items()}
    if named not in known:
        raise ValueError(f"configuration: pos_encodings must be none, learned or rope, found {named}")
    return "none" if mixer and named == "rope" else known[named]  # the published mixer rotates nothing


def _rows(tensors: Mapping[str, Tensor]) -> int:
    """Prefix and positions, 0 where no tensor tells."""
    for name in ("L_level.layers.0.mlp_t.down_proj.weight", "embed_pos.embedding_weight"):
        if name in tensors:
            return int(tensors[name].shape[0])
    return 0


def _positions(fields: Mapping[str, Any], tensors: Mapping[str, Tensor], prefix: int) -> int:
    rows = _rows(tensors)
    if rows == 0:
        return _required(fields, "seq_len")
    if rows <= prefix:
        raise ValueError(f"the tensors have {rows} positions, but {prefix} are taken by the prefix")
    _agrees(fields, "seq_len", rows - prefix)
    return rows - prefix


def from_published(settings: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> Configuration:
    """What tensors under their published names tell, and for the rest the published configuration."""
    fields = _fields(settings)
    for name in ("H_init", "embed_tokens.embedding_weight", "L_level.layers.0.mlp.down_proj.weight"):
        if name not in tensors:
            some = ", ".join(list(tensors)[:3]) or "no tensors"
            raise ValueError(f"tensor {name} is missing or empty; the file has {some}")
    mixed = tensors.get("L_level.layers.0.mlp_t.down_proj.weight")
    _agrees(fields, "hidden_size", tensors["H_init"].shape[0])
    _agrees(fields, "vocab_size", tensors["embed_tokens.embedding_weight"].shape[0])
    if fields.get("mlp_t") is not None and (fields["mlp_t"] is True) != (mixed is not None):
        said, found = ("true", "false") if mixed is None else ("not true", "true")
        raise ValueError(f"configuration: mlp_t is {said}, but the tensors say {found}")
    _agrees(fields, "L_layers", _count_blocks(tensors, "L_level"))
    prefix: dict[str, Any] = _prefix(fields, tensors)
    high = _count_blocks(tensors, "H_level")
    if high:
        _agrees(fields, "H_layers", high)
    configuration = Configuration(
        architecture="hrm" if high else "trm",
        block="attention" if mixed is None else "mixer",
        position_encoding=_position_encoding(fields, tensors, mixed is not None),
        gate=fields.get("gate", "plain"),
        likelihood=fields["likelihood"],
        channels=tensors["H_init"].shape[0],
        positions=_positions(fields, tensors, prefix.get("prefix", 0)),
        vocabulary=tensors["embed_tokens.embedding_weight"].shape[0],
        head_bias=int("lm_head.bias" in tensors),
        blocks=_count_blocks(tensors, "L_level"),
        high_blocks=high,
        heads=_required(fields, "num_heads") if mixed is None else 0,
        token_hidden=0 if mixed is None else mixed.shape[1],
        channel_hidden=tensors["L_level.layers.0.mlp.down_proj.weight"].shape[1],
        cycles=_required(fields, "H_cycles"),
        updates=_required(fields, "L_cycles"),
        maximum_steps=_whole(fields, "halt_max_steps", 16),
        rotary_base=_real(fields, "rope_theta", 10000.0),
        norm_epsilon=_real(fields, "rms_norm_eps", 1e-5),
        halting=_halting(fields, high),
        halt_threshold=_real(fields, "halt_threshold", 0.0),
        grid_rows=_whole(fields, "grid_rows"),
        grid_columns=_whole(fields, "grid_columns"),
        box_rows=_whole(fields, "box_rows"),
        box_columns=_whole(fields, "box_columns"),
        **prefix,
    )
    configuration.check()
    return configuration


def field_types() -> dict[str, type]:
    """The fields, and whether each is a word, a whole number or a real one."""
    return {field.name: type(field.default) for field in dataclasses.fields(Configuration)}
