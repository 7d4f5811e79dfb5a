"""What people hand over by mistake: files of other kinds, known by how they begin. lib/core/mistaken.c has the same
table, and tests try the same beginnings with both."""

from __future__ import annotations

import re

KINDS = (
    (b"version https://git-lfs.github.com/spec/", "a Git LFS pointer: fetch the file itself (git lfs pull)"),
    (b"<", "a web page or XML: the download went wrong"),
    (b"GGUF", "a GGUF file: convert the checkpoint that it was made of"),
    (b"\x1f\x8b", "gzipped: unpack it first (gunzip)"),
    (b"\x28\xb5\x2f\xfd", "compressed with zstd: unpack it first (zstd -d)"),
    (b"\xfd7zXZ", "compressed with xz: unpack it first (unxz)"),
    (b"BZh", "compressed with bzip2: unpack it first (bunzip2)"),
    (b"\x89HDF\r\n", "an HDF5 file: save the state_dict as safetensors"),
    (b"\x93NUMPY", "a NumPy array: save all tensors as safetensors"),
    (b"\x08\x07\x12", "an ONNX model: convert the checkpoint that it was made of"),
    (b"\x08\x08\x12", "an ONNX model: convert the checkpoint that it was made of"),
    (b"\x08\x09\x12", "an ONNX model: convert the checkpoint that it was made of"),
    (b"\x08\x0a\x12", "an ONNX model: convert the checkpoint that it was made of"),
    (b"{", "JSON: a configuration or an index, not the weights"),
)


def mistaken_for(begin: bytes) -> str | None:
    """What it is that begins with these bytes, and what to do about it; None for what nobody knows."""
    if len(begin) > 8 and begin[8:9] == b"{" and int.from_bytes(begin[:8], "little") < 1 << 32:
        return None  # a header's length, then the header
    plain = re.sub(rb"^(\xef\xbb\xbf)?\s*", b"", begin)
    return next((told for known, told in KINDS if plain.startswith(known)), None)
