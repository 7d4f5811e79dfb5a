"""Files of named tensors: a JSON header of names, types, shapes and places, then the numbers, little-endian.

Nothing in such a file can run code, so checkpoints are kept in it too.
"""

from __future__ import annotations

import json
import math
import os
import struct
from typing import Any, Mapping

import torch

from ..files import whole_file

LARGEST_HEADER = 100_000_000
TYPES = {
    "F64": torch.float64,
    "F32": torch.float32,
    "F16": torch.float16,
    "BF16": torch.bfloat16,
    "I64": torch.int64,
    "I32": torch.int32,
    "I8": torch.int8,
    "U8": torch.uint8,
}
NAMES = {kind: name for name, kind in TYPES.items()}
OTHERS = {"U64": 8, "U32": 4, "I16": 2, "U16": 2, "BOOL": 1, "F8_E4M3": 1, "F8_E5M2": 1}
"""Bytes of numbers that may be in a file, though no model has such: tensors without numbers, on the device meta."""


def size_of(kind: torch.dtype) -> int:
    """Bytes of a number."""
    return torch.empty(0, dtype=kind).element_size()


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"duplicate object key near '\"{twice}\"'")
    return found


def _check_order(path: str, header: dict, size: int) -> None:
    """The format allows neither overlaps nor holes."""
    end = 0
    for name, entry in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
        begin, after = entry["data_offsets"]
        if begin != end:
            how = "but overlaps:" if begin < end else "but leaves a hole:"
            raise ValueError(
                f"{path}: tensor {name} begins at byte {begin} of the data, {how} "
                f"the one before it ends at {end}"
            )
        end = after
    if end != size:
        raise ValueError(f"{path}: the tensors end at byte {end} of the data, which has {size} bytes")


def _read_header(file, path: str, size: int) -> tuple[dict, int]:
    prefix = file.read(8)
    length = struct.unpack("<Q", prefix)[0] if len(prefix) == 8 else size
    if length > min(size - 8, LARGEST_HEADER):
        raise ValueError(f"{path}: not a safetensors file: its header does not fit in its {size} bytes")
    try:
        header = json.loads(file.read(length), object_pairs_hook=_unique)
    except ValueError as error:
        raise ValueError(f"{path}: the safetensors header: not valid JSON: {error}") from None
    if not isinstance(header, dict):
        raise ValueError(f"{path}: the safetensors header is JSON, but not an object")
    return header, 8 + length


def _place(path: str, name: str, entry: Any, bytes_of_data: int) -> tuple[str, list[int], int, int]:
    """Type, shape, where the numbers begin and how many there are."""
    try:
        dtype, shape, (begin, end) = entry["dtype"], list(entry["shape"]), entry["data_offsets"]
        size = size_of(TYPES[dtype]) if dtype in TYPES else OTHERS[dtype]
        if min(shape, default=0) < 0:
            raise ValueError
        count = math.prod(shape)
        inside = 0 <= begin <= end <= bytes_of_data
    except (KeyError, TypeError, ValueError):
        raise ValueError(f"{path}: tensor {name}: type, shape or place cannot be read") from None
    if not inside:
        raise ValueError(
            f"{path}: tensor {name}: data_offsets {begin} to {end} are not inside the {bytes_of_data} bytes of data"
        )
    if end - begin != count * size:
        raise ValueError(
            f"{path}: tensor {name}: shape {shape} of numbers of {size} bytes does not fill {end - begin} bytes"
        )
    return dtype, shape, begin, count


def _tensor(path: str, name: str, entry: Any, data: bytearray) -> torch.Tensor:
    dtype, shape, begin, count = _place(path, name, entry, len(data))
    if dtype in OTHERS:
        return torch.empty(shape, dtype=torch.uint8, device="meta")
    kind = TYPES[dtype]
    if count == 0:
        return torch.empty(shape, dtype=kind)
    return torch.frombuffer(data, dtype=kind, count=count, offset=begin).reshape(shape).clone()


def read(path: str | os.PathLike) -> tuple[dict[str, torch.Tensor], dict[str, str]]:
    """The tensors by name, and the metadata."""
    path = os.fspath(path)
    with open(path, "rb") as file:
        header, _ = _read_header(file, path, os.path.getsize(path))
        data = bytearray(file.read())
    metadata = header.pop("__metadata__", {})
    tensors = {name: _tensor(path, name, entry, data) for name, entry in header.items()}
    try:
        _check_order(path, header, len(data))
    except (KeyError, TypeError):
        raise ValueError(f"{path}: a tensor's place cannot be read") from None
    return tensors, metadata


def _numbers(tensor: torch.Tensor) -> bytes:
    flat = tensor.detach().to("cpu").contiguous().flatten()
    return (flat.view(torch.int16) if flat.dtype == torch.bfloat16 else flat).numpy().tobytes()


def write(path: str | os.PathLike, tensors: Mapping[str, torch.Tensor], metadata: Mapping[str, str]) -> None:
    """Writes tensors and metadata."""
    header: dict[str, object] = {"__metadata__": dict(metadata)}
    offset = 0
    for name, tensor in tensors.items():
        end = offset + tensor.numel() * tensor.element_size()
        header[name] = {
            "dtype": NAMES[tensor.dtype],
            "shape": list(tensor.shape),
            "data_offsets": [offset, end],
        }
        offset = end
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with whole_file(path) as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for tensor in tensors.values():
            file.write(_numbers(tensor))
