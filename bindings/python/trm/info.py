"""What a model is."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, NamedTuple, Union

from ._library import ffi, lib
from .board import Board
from .native import call, enumeration_of, new, words_of

AGGREGATES = {"sum": lib.TRM_AGGREGATE_SUM, "max": lib.TRM_AGGREGATE_MAX, "node": lib.TRM_AGGREGATE_NODE}

MetadataValue = Union[int, float, str, bytes]


class Relation(NamedTuple):
    """Who hears whom in a model's questions."""

    source: str
    """`shape`, `file` or `question`: where its lists come from"""
    level: str
    """`positions`, `nodes` or `fields`: what its lists are of"""
    aggregates: tuple[str, ...]
    """`sum`, `max`; or `node` alone"""


@dataclass(frozen=True)
class ModelInfo:
    """The fields of `trm_model_info`, enumerators as words, and the metadata of the file."""

    architecture: str
    """`trm` or `hrm`"""
    block: str
    """`mixer`, `attention` or `relational`"""
    position_encoding: str
    """`none`, `learned` or `rotary`"""
    gate: str
    """`plain` or `normed`"""
    likelihood: str
    """`softmax` or `stablemax`"""
    channels: int
    positions: int
    """S, the tokens of a question and of an answer"""
    prefix: int
    vocabulary: int
    """V; token values are 0 .. V - 1"""
    identifiers: int
    blocks: int
    high_blocks: int
    heads: int
    token_hidden: int
    channel_hidden: int
    cycles: int
    updates: int
    maximum_steps: int
    """supervision steps that the model was trained for"""
    grid_rows: int
    grid_columns: int
    mapped: bool
    parameters: int
    file_bytes: int
    weight_bytes: int
    step_operations: int
    task: str
    instruction_set: str
    quantised: bool
    box_rows: int
    """of the grid's boxes; 0 where the task has none"""
    box_columns: int
    blank: int
    """the token of a cell that is to be filled in; V where nobody says"""
    keeps_givens: bool
    """whether an answer has everything else that its question has"""
    fields: int
    """values that are treated alike, of its own shape; 1: none are"""
    least_rows: int
    """the bounds of shapes that it takes; 0 without a grid"""
    most_rows: int
    least_columns: int
    most_columns: int
    least_fields: int
    most_fields: int
    most_positions: int
    helper_tokens: int
    """kinds of helpers; 0: it knows none"""
    features: int
    """numbers that come with each position and helper"""
    halting: str
    """`logit`, `softmin` or `product`"""
    cell_confidence: bool
    """whether it was taught how sure it is of each position"""
    start_noise: float
    """of the random numbers that it may start with; 0: it was taught without"""
    halt_threshold: float
    """of the halt probability, above which it stops by itself"""
    first_value: int
    """the token of the first value, such as the digit 1"""
    values: int
    """how many there are from it on; 0: its task has none"""
    relations: dict[str, Relation]
    metadata: dict[str, MetadataValue]


def describe(model: Any) -> ModelInfo:
    """Asks the library."""
    info = new("trm_model_info")
    call(lib.trm_model_describe, model, info)
    values = {field.name: _value(info, field.name, field.type) for field in fields(ModelInfo)[:-2]}
    relations = dict(_relation(model, index) for index in range(info.relations))
    entries = (_metadata(model, index) for index in range(info.metadata_count))
    return ModelInfo(**values, relations=relations, metadata=dict(entries))


def board_of(model: Any, info: ModelInfo) -> Board:
    """How the model's puzzles look."""
    characters = _characters(model, info)
    blank = info.blank if info.blank < info.vocabulary else -1
    if info.grid_rows * info.grid_columns == info.positions:
        box = (info.box_rows or info.grid_rows, info.box_columns or info.grid_columns)
        return Board(info.task, info.grid_rows, info.grid_columns, characters, blank, box)
    return Board(info.task, 1, info.positions, characters, blank, (1, info.positions))


def _value(info: Any, field: str, kind: Any) -> Any:
    value = getattr(info, field)
    enumeration = enumeration_of(field)
    if enumeration is not None:
        return words_of(enumeration)[value]
    if isinstance(value, ffi.CData):
        return ffi.string(value).decode("utf-8", "replace")
    return bool(value) if kind == "bool" else value


def _relation(model: Any, index: int) -> tuple[str, Relation]:
    relation = new("trm_relation_info")
    call(lib.trm_model_relation, model, index, relation)
    source = words_of("trm_relation_source")[relation.source]
    aggregates = tuple(word for word, bit in AGGREGATES.items() if relation.aggregates & bit)
    level = words_of("trm_relation_level")[relation.level]
    return ffi.string(relation.name).decode(), Relation(source, level, aggregates)


def _metadata(model: Any, index: int) -> tuple[str, MetadataValue]:
    entry = new("trm_metadata")
    call(lib.trm_model_metadata, model, index, entry)
    key = ffi.string(entry.key).decode()
    if entry.type == lib.TRM_METADATA_INTEGER:
        return key, int(entry.integer)
    if entry.type == lib.TRM_METADATA_REAL:
        return key, float(entry.real)
    stored = bytes(ffi.buffer(entry.bytes, entry.length))
    return key, stored.decode() if entry.type == lib.TRM_METADATA_TEXT else stored


def _characters(model: Any, info: ModelInfo) -> bytes | None:
    """The character of each token, asked for S tokens at a time; None without an alphabet."""
    tokens = ffi.new("int32_t[]", info.positions)
    text = ffi.new("char[]", info.positions)
    characters = b""
    while len(characters) < info.vocabulary:
        for at in range(info.positions):
            tokens[at] = min(len(characters) + at, info.vocabulary - 1)
        if lib.trm_model_decode(model, ffi.NULL, tokens, info.positions, text, ffi.NULL) != lib.TRM_OK:
            return None
        characters += bytes(ffi.buffer(text))
    return characters[: info.vocabulary]
