"""What a model is."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Union

from ._library import ffi, lib
from .board import Board
from .native import call, enumeration_of, new, words_of

MetadataValue = Union[int, float, str, bytes]


@dataclass(frozen=True)
class ModelInfo:
    """The fields of `trm_model_info`, enumerators as words, and the metadata of the file."""

    architecture: str
    """`trm` or `hrm`"""
    block: str
    """`mixer` or `attention`"""
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
    metadata: dict[str, MetadataValue]


def describe(model: Any) -> ModelInfo:
    """Asks the library."""
    info = new("trm_model_info")
    call(lib.trm_model_describe, model, info)
    values = {field.name: _value(info, field.name, field.type) for field in fields(ModelInfo)[:-1]}
    entries = (_metadata(model, index) for index in range(info.metadata_count))
    return ModelInfo(**values, metadata=dict(entries))


def board_of(model: Any, info: ModelInfo) -> Board:
    """How the model's puzzles look."""
    characters = _characters(model, info)
    if info.grid_rows * info.grid_columns == info.positions:
        return Board(info.task, info.grid_rows, info.grid_columns, characters)
    return Board(info.task, 1, info.positions, characters)


def _value(info: Any, field: str, kind: Any) -> Any:
    value = getattr(info, field)
    enumeration = enumeration_of(field)
    if enumeration is not None:
        return words_of(enumeration)[value]
    if isinstance(value, ffi.CData):
        return ffi.string(value).decode("utf-8", "replace")
    return bool(value) if kind == "bool" else value


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
        if lib.trm_model_decode(model, tokens, text, ffi.NULL) != lib.TRM_OK:
            return None
        characters += bytes(ffi.buffer(text))
    return characters[: info.vocabulary]
