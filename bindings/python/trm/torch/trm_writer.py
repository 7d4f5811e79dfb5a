"""Writes a .trm file with NumPy alone, byte for byte as `trm convert` writes it."""

from __future__ import annotations

import os
import struct
import zlib
from typing import Any, Mapping

import numpy as np

from .checksum import crc32c
from ..files import whole_file
from .layout import Place
from .trm_file import (
    ALIGNMENT,
    DEFLATE,
    F32,
    HEADER,
    I8,
    MAGIC,
    MAJOR,
    METADATA_ENTRY,
    PANEL,
    PANELS,
    RAW,
    TENSOR_ENTRY,
    Integers,
    Matrix,
    pad,
)

ENTRY_ALIGNMENT = 8
CRC_BEGIN = 52  # of the header: it covers what stands before it
I8_MINOR = 1  # of the format


def _value(value: Any) -> tuple[int, bytes, bytes]:
    """Type, bytes, and what must stand behind them."""
    if isinstance(value, int):
        return 1, struct.pack("<Q", value), b""
    if isinstance(value, float):
        return 2, struct.pack("<d", value), b""
    if isinstance(value, str):
        return 3, value.encode(), b"\0"
    return 4, bytes(value), b"\0"


def _metadata_entry(key: str, value: Any) -> bytes:
    kind, content, end = _value(value)
    body = key.encode("ascii") + b"\0" + content + end
    size = pad(METADATA_ENTRY.size + len(body), ENTRY_ALIGNMENT)
    return (METADATA_ENTRY.pack(size, len(key), kind, 0, len(content), 0) + body).ljust(size, b"\0")


def _in_order(matrix: np.ndarray, layout: int, lanes: int) -> bytes:
    """The numbers as the layout has them: rows, or panels of 16 rows with `lanes` columns side by side."""
    if layout == PANELS:
        rows, columns = matrix.shape
        matrix = matrix.reshape(rows // PANEL, PANEL, columns // lanes, lanes).transpose(0, 2, 1, 3)
    return matrix.tobytes()


def _content(matrix: Matrix, layout: int) -> tuple[int, tuple[int, ...], bytes]:
    """Type, shape, numbers."""
    if not isinstance(matrix, Integers):
        return F32, matrix.shape, _in_order(matrix.astype("<f4", copy=False), layout, 1)
    codes = _in_order(matrix.codes, layout, 4)
    scales = matrix.scales.astype("<f4", copy=False).tobytes()
    return I8, matrix.codes.shape, codes.ljust(pad(len(codes), ALIGNMENT), b"\0") + scales


def _tensor_entry(place: Place, matrix: Matrix, deflated: bool, offset: int) -> tuple[bytes, bytes]:
    """The entry, and the stored bytes that it speaks of."""
    kind, shape, stored = _content(matrix, place.layout)
    encoding = DEFLATE if deflated else RAW
    stored = zlib.compress(stored, 9) if deflated else stored
    name = place.name.encode("ascii") + b"\0"
    size = pad(TENSOR_ENTRY.size + len(name), ENTRY_ALIGNMENT)
    fields = (size, len(name) - 1, kind, place.layout, encoding, crc32c(stored), *shape, offset, len(stored))
    return (TENSOR_ENTRY.pack(*fields) + name).ljust(size, b"\0"), stored


def _header(minor: int, size: int, directory: bytes, metadata: int, tensors: int) -> bytes:
    counts = (size, HEADER.size, len(directory), metadata, tensors, crc32c(directory))
    begin = HEADER.pack(MAGIC, MAJOR, minor, 0, *counts, 0, 0)[:CRC_BEGIN]
    return (begin + struct.pack("<I", crc32c(begin))).ljust(HEADER.size, b"\0")


def _directory_size(metadata: list[bytes], tensors: list[tuple[Place, Matrix]]) -> int:
    names = (TENSOR_ENTRY.size + len(place.name) + 1 for place, _ in tensors)
    return sum(map(len, metadata)) + sum(pad(size, ENTRY_ALIGNMENT) for size in names)


def write_trm(
    path: str | os.PathLike,
    metadata: Mapping[str, Any],
    tensors: list[tuple[Place, Matrix]],
    deflated: bool,
) -> None:
    """Writes metadata, and tensors in their stored shapes."""
    entries = [_metadata_entry(key, value) for key, value in metadata.items()]
    at = HEADER.size + _directory_size(entries, tensors)
    parts = []
    for place, matrix in tensors:
        filling = b"\0" * (-at % ALIGNMENT)
        entry, stored = _tensor_entry(place, matrix, deflated, at + len(filling))
        entries.append(entry)
        parts += [filling, stored]
        at += len(filling) + len(stored)
    minor = I8_MINOR if any(isinstance(matrix, Integers) for _, matrix in tensors) else 0
    directory = b"".join(entries)
    with whole_file(path) as file:
        file.write(_header(minor, at, directory, len(metadata), len(tensors)))
        file.writelines([directory, *parts])
