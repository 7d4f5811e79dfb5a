"""Reads a .trm file with NumPy alone, as doc/format.md specifies it: metadata, and the numbers of every tensor."""

from __future__ import annotations

import os
import struct
import zlib
from dataclasses import dataclass, field
from typing import Any, Union

import numpy as np

from .checksum import crc32c

MAGIC = b"\x89TRM\r\n\x1a\n"
MAJOR, MINOR = 1, 1
HEADER = struct.Struct("<8sHHIQQQIIIIQ")
METADATA_ENTRY = struct.Struct("<IHBBII")
TENSOR_ENTRY = struct.Struct("<IHBBB3xIQQQQ")
MOST_METADATA, MOST_TENSORS, LARGEST_DIRECTORY = 4096, 8192, 16777216
F32, I8 = 1, 3
ROWS, PANELS = 1, 2
RAW, DEFLATE = 1, 2
PANEL, ALIGNMENT = 16, 64


def pad(count: int, multiple: int) -> int:
    """The next multiple that is not below."""
    return -(-count // multiple) * multiple


class TrmFileError(ValueError):
    """A file that is no .trm file, or a damaged one."""


@dataclass
class Integers:
    """A matrix of 8-bit integers with a scale for each row."""

    codes: np.ndarray  # rows x columns, int8
    scales: np.ndarray  # rows, float32

    def numbers(self) -> np.ndarray:
        """What they stand for, float32."""
        return self.codes.astype(np.float32) * self.scales[:, None]


Matrix = Union[np.ndarray, Integers]


@dataclass
class TrmFile:
    """Metadata, and tensors in their stored shapes, padding included, but as plain rows."""

    metadata: dict[str, Any] = field(default_factory=dict)
    tensors: dict[str, Matrix] = field(default_factory=dict)


@dataclass
class Directory:
    """What the header says."""

    data: memoryview
    metadata_count: int
    tensor_count: int


def _demand(condition: bool, what: str) -> None:
    if not condition:
        raise TrmFileError(what)


def _read_header(data: memoryview) -> Directory:
    _demand(len(data) >= HEADER.size and data[:8] == MAGIC, "not a .trm file: its first bytes are others")
    fields = HEADER.unpack(data[: HEADER.size])
    _, major, minor, reserved, size, offset, length, metadata_count, tensor_count, crc, header_crc, end = fields
    _demand(major == MAJOR, f"format version {major}.{minor}; this reader knows {MAJOR}.x")
    _demand(crc32c(data[:52]) == header_crc, "the header's checksum is wrong")
    _demand(size == len(data), f"the header says {size} bytes, the file has {len(data)}")
    _demand(minor > MINOR or reserved == end == 0, "reserved fields of the header are not zero")
    _demand(metadata_count <= MOST_METADATA and tensor_count <= MOST_TENSORS, "too many entries")
    _demand(length <= LARGEST_DIRECTORY and length % 8 == 0, f"a directory of {length} bytes")
    _demand(64 <= offset <= size - length and offset % 8 == 0, "the directory is not in the file")
    directory = data[offset : offset + length]
    _demand(crc32c(directory) == crc, "the directory's checksum is wrong")
    return Directory(directory, metadata_count, tensor_count)


def _entry(data: memoryview, offset: int, smallest: int) -> tuple[memoryview, int]:
    left = len(data) - offset
    size = struct.unpack_from("<I", data, offset)[0] if left >= smallest else 0
    _demand(smallest <= size <= left and size % 8 == 0, f"directory byte {offset}: an entry of {size} bytes")
    return data[offset : offset + size], offset + size


def _text(data: memoryview, offset: int, length: int) -> str:
    _demand(offset + length < len(data) and data[offset + length] == 0, "a name does not end in its entry")
    try:
        return bytes(data[offset : offset + length]).decode("ascii")
    except UnicodeDecodeError:
        raise TrmFileError("a name has bytes that are no characters") from None


def _value(kind: int, value: bytes) -> Any:
    if kind in (1, 2):
        _demand(len(value) == 8, "a number of metadata must have 8 bytes")
        return struct.unpack("<Q" if kind == 1 else "<d", value)[0]
    return value.decode("utf-8") if kind == 3 else value


def _read_metadata(file: TrmFile, entry: memoryview) -> None:
    _, key_bytes, kind, _, value_bytes, _ = METADATA_ENTRY.unpack(entry[:16])
    key = _text(entry, 16, key_bytes)
    begin = 17 + key_bytes
    _demand(begin + value_bytes <= len(entry), f"metadata {key}: its value does not lie in its entry")
    _demand(key not in file.metadata, f"metadata {key} is there twice")
    if 1 <= kind <= 4:
        file.metadata[key] = _value(kind, bytes(entry[begin : begin + value_bytes]))


def _expand(stored: memoryview, encoding: int, size: int, name: str) -> bytes:
    if encoding == RAW:
        _demand(len(stored) == size, f"tensor {name}: {len(stored)} bytes stored, expected {size}")
        return bytes(stored)
    inflater = zlib.decompressobj()
    try:
        expanded = inflater.decompress(stored, size + 1)
    except zlib.error as error:
        raise TrmFileError(f"tensor {name}: {error}") from None
    whole = len(expanded) == size and inflater.eof and not inflater.unused_data
    _demand(whole, f"tensor {name}: does not expand to {size} bytes")
    return expanded


def _matrix(numbers: np.ndarray, rows: int, columns: int, layout: int, lanes: int) -> np.ndarray:
    """Rows x columns out of rows, or out of panels of 16 rows with `lanes` columns side by side."""
    if layout == ROWS:
        return numbers.reshape(rows, columns)
    panels = numbers.reshape(rows // PANEL, columns // lanes, PANEL, lanes)
    return panels.transpose(0, 2, 1, 3).reshape(rows, columns)


def _numbers(name: str, expanded: bytes, rows: int, columns: int, layout: int) -> np.ndarray:
    numbers = _matrix(np.frombuffer(expanded, "<f4"), rows, columns, layout, 1)
    _demand(bool(np.isfinite(numbers).all()), f"tensor {name} has a number that is not finite")
    return numbers


def _integers(name: str, expanded: bytes, rows: int, columns: int, layout: int) -> Integers:
    codes = np.frombuffer(expanded, np.int8, rows * columns)
    scales = np.frombuffer(expanded, "<f4", rows, pad(rows * columns, ALIGNMENT))
    _demand(not (codes == -128).any(), f"tensor {name} has an integer below -127")
    good = np.isfinite(scales) & (scales >= 0)
    _demand(bool(good.all()), f"tensor {name} has a scale that is negative or not finite")
    return Integers(_matrix(codes, rows, columns, layout, 4), scales)


def _read_tensor(file: TrmFile, data: memoryview, entry: memoryview) -> None:
    _, name_bytes, kind, layout, encoding, crc, rows, columns, offset, stored = TENSOR_ENTRY.unpack(entry[:48])
    name = _text(entry, 48, name_bytes)
    _demand(name not in file.tensors, f"tensor {name} is there twice")
    if kind not in (F32, I8) or layout not in (ROWS, PANELS) or encoding not in (RAW, DEFLATE):
        return  # of a newer minor version
    lanes = 4 if kind == I8 else 1
    fits = layout == ROWS or (rows % PANEL == 0 and columns % lanes == 0)
    _demand(rows > 0 and columns > 0 and fits, f"tensor {name}: a shape of {rows} x {columns}")
    _demand(64 <= offset <= len(data) and stored <= len(data) - offset, f"tensor {name} is not in the file")
    size = 4 * rows * columns if kind == F32 else pad(rows * columns, ALIGNMENT) + 4 * rows
    _demand(size // 1032 <= stored, f"tensor {name}: {stored} bytes cannot expand to {size}")
    part = data[offset : offset + stored]
    _demand(crc32c(part) == crc, f"tensor {name}: its checksum is wrong")
    unpack = _numbers if kind == F32 else _integers
    file.tensors[name] = unpack(name, _expand(part, encoding, size, name), rows, columns, layout)


def read_trm(path: str | os.PathLike) -> TrmFile:
    """The file's metadata and tensors; TrmFileError says what is wrong with it."""
    path = os.fspath(path)
    with open(path, "rb") as opened:
        data = memoryview(opened.read())
    file, offset = TrmFile(), 0
    try:
        directory = _read_header(data)
        for _ in range(directory.metadata_count):
            entry, offset = _entry(directory.data, offset, METADATA_ENTRY.size)
            _read_metadata(file, entry)
        for _ in range(directory.tensor_count):
            entry, offset = _entry(directory.data, offset, TENSOR_ENTRY.size)
            _read_tensor(file, data, entry)
        _demand(offset == len(directory.data), "the entries do not fill the directory")
    except TrmFileError as error:
        raise TrmFileError(f"{path}: {error}") from None
    return file
