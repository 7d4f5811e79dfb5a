"""Checkpoints are read in C (`trm convert`, trm.convert) and in Python (load_checkpoint). Both take the same, and refuse
the rest with the same sentence: this is the one table."""

from __future__ import annotations

import json
import re
import struct
from pathlib import Path
from typing import Any, Callable

import pytest

torch = pytest.importorskip("torch")

import trm  # noqa: E402
from trm.torch import load_checkpoint, safetensors  # noqa: E402
from trm.torch.mistaken import KINDS  # noqa: E402

GOLDEN = Path(__file__).resolve().parents[4] / "tests/golden"
DOWN = "L_level.layers.0.mlp.down_proj.weight"
PREFIX = "model.inner."

Tensors = dict[str, Any]
File = Callable[[Tensors, dict[str, Any]], bytes]


def whole(tensors: Tensors, settings: Any) -> bytes:
    """A file of safetensors; settings None: without a configuration, text: as it stands."""
    text = settings if isinstance(settings, str) else json.dumps(settings)
    header: dict[str, Any] = {} if settings is None else {"__metadata__": {"config": text}}
    data = b""
    for name, tensor in tensors.items():
        numbers = safetensors._numbers(tensor)
        kind = safetensors.NAMES[tensor.dtype]
        place = [len(data), len(data) + len(numbers)]
        header[name] = {"dtype": kind, "shape": list(tensor.shape), "data_offsets": place}
        data += numbers
    return framed(json.dumps(header), data)


def framed(header: str, data: bytes) -> bytes:
    return struct.pack("<Q", len(header)) + header.encode() + data


def changed(**fields: Any) -> File:
    return lambda tensors, settings: whole(tensors, {**settings, **fields})


def with_tensors(edit: Callable[[Tensors], Tensors]) -> File:
    return lambda tensors, settings: whole(edit(tensors), settings)


def with_header(edit: Callable[[str], str]) -> File:
    def make(tensors: Tensors, settings: dict[str, Any]) -> bytes:
        file = whole(tensors, settings)
        end = 8 + struct.unpack("<Q", file[:8])[0]
        return framed(edit(file[8:end].decode()), file[end:])

    return make


def beside(entry: str) -> File:
    """One more tensor, without numbers."""
    return with_header(lambda header: header[0] + entry + "," + header[1:])


def without(part: str) -> Callable[[Tensors], Tensors]:
    return lambda tensors: {name: tensor for name, tensor in tensors.items() if part not in name}


def at_down(value: Callable[[Any], Any]) -> File:
    return with_tensors(lambda tensors: {**tensors, PREFIX + DOWN: value(tensors[PREFIX + DOWN])})


# What is in the file, and the sentence of both; None: both take it. "..." stands for what may differ.
TABLE: list[tuple[str, File, str | None]] = [
    ("as it is", changed(), None),
    ("golden tensors are passed over", beside('"golden.a":{"dtype":"BOOL","shape":[0],"data_offsets":[0,0]}'), None),
    ("seq_len", changed(seq_len=15), "configuration: seq_len is 15, but the tensors say 16"),
    ("vocab_size", changed(vocab_size=99), "configuration: vocab_size is 99, but the tensors say 6"),
    ("hidden_size", changed(hidden_size=128), "configuration: hidden_size is 128, but the tensors say 64"),
    ("L_layers", changed(L_layers=3), "configuration: L_layers is 3, but the tensors say 2"),
    ("num_puzzle_identifiers", changed(num_puzzle_identifiers=50),
     "configuration: num_puzzle_identifiers is 50, but the tensors say 1"),
    ("puzzle_emb_ndim", changed(puzzle_emb_ndim=32), "configuration: puzzle_emb_ndim is 32, but the tensors say 64"),
    ("puzzle_emb_len", changed(puzzle_emb_len=1), "configuration: seq_len is 16, but the tensors say 17"),
    ("mlp_t", changed(mlp_t=False), "configuration: mlp_t is not true, but the tensors say true"),
    ("rms_norm_eps", changed(rms_norm_eps=-1), "norm_epsilon: expected a number above 0 and below 1, found -1"),
    ("rms_norm_eps as text", changed(rms_norm_eps="1e-5"), "configuration: rms_norm_eps must be a number"),
    ("rope_theta", changed(rope_theta=0), "rotary_base: expected a number above 1, up to 1e30, found 0"),
    ("grid_rows", changed(grid_rows=5), "the grid: expected rows x columns to be the 16 positions, found 5 x 0"),
    ("H_cycles", changed(H_cycles=0), "cycles: expected 1 to 65536, found 0"),
    ("H_cycles too many", changed(H_cycles=65537), "cycles: expected 1 to 65536, found 65537"),
    ("L_cycles", changed(L_cycles="x"), "configuration: L_cycles must be a whole number from 0 to 4294967295"),
    ("halt_max_steps", changed(halt_max_steps=0), "maximum_steps: expected 1 to 65536, found 0"),
    ("pos_encodings", changed(pos_encodings="spiral"),
     "configuration: pos_encodings must be none, learned or rope, found spiral"),
    ("no object", lambda tensors, _: whole(tensors, "[]"),
     "configuration: expected an object of fields, found another value"),
    ("no JSON", lambda tensors, _: whole(tensors, "{"), '__metadata__ "config": not valid JSON: ...'),
    ("no puzzle_emb", with_tensors(without("puzzle_emb")), "configuration: puzzle_emb_ndim is 64, but the tensors say 0"),
    ("no H_init", with_tensors(without("H_init")), "tensor H_init is missing or empty; the file has ..."),
    ("no lm_head", with_tensors(without("lm_head")), "tensor lm_head.weight is missing; its shape would be [6, 64]"),
    ("codes", at_down(lambda t: (t * 100).round().to(torch.int8)),
     f"tensor {DOWN}: its dtype cannot be read; F64, F32, F16, BF16, I64 and I32 can"),
    ("a shape", at_down(lambda t: t[:5]), f"tensor {DOWN}: expected shape [64, 256], found [5, 256]"),
    ("no number", at_down(lambda t: t.clone().index_fill_(0, torch.tensor([1]), float("nan"))),
     f"tensor {DOWN}: number 256 is not finite as f32"),
    ("a tensor too many", with_tensors(lambda tensors: {**tensors, "extra": torch.zeros(3)}),
     "tensor extra is not part of the model that the configuration describes, or is there twice"),
    ("booleans too many", beside('"extra":{"dtype":"BOOL","shape":[0],"data_offsets":[0,0]}'),
     "tensor extra is not part of the model that the configuration describes, or is there twice"),
    ("a key twice", beside('"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"a":{}'),
     "the safetensors header: not valid JSON: duplicate object key near '\"a\"'..."),
    ("no header", with_header(lambda _: "[]"), "the safetensors header is JSON, but not an object"),
    ("a shape that does not fill", beside('"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}'),
     "tensor a: shape [3] of numbers of 4 bytes does not fill 8 bytes"),
    ("bytes behind", lambda *given: whole(*given) + b"xx",
     "the tensors end at byte 508168 of the data, which has 508170 bytes"),
    ("cut off", lambda *given: whole(*given)[:-3],
     "tensor ...: data_offsets 442632 to 508168 are not inside the 508165 bytes of data"),
    *((kind.split(":")[0], lambda *_, begin=begin: begin + b"." * 40, f"expected ..., found {kind}")
      for begin, kind in KINDS),
]  # fmt: skip


@pytest.fixture(scope="module")
def checkpoint() -> tuple[Tensors, dict[str, Any]]:
    tensors, metadata = safetensors.read(GOLDEN / "trm_mlp_4x4.safetensors")
    mine = {name: tensor for name, tensor in tensors.items() if not name.startswith("golden.")}
    return mine, json.loads(metadata["config"])


def said(read: Callable[[], Any], path: Path) -> str | None:
    """The sentence without what names the file or the wrappers around a name."""
    try:
        read()
        return None
    except (trm.Error, ValueError) as error:
        return str(error).replace(f"{path}: ", "").replace(PREFIX, "")


@pytest.mark.parametrize("name, make, sentence", TABLE, ids=[row[0] for row in TABLE])
def test_both_readers_say_the_same(
    name: str, make: File, sentence: str | None, checkpoint: Any, tmp_path: Path
) -> None:
    path = tmp_path / "x.safetensors"
    path.write_bytes(make(*checkpoint))
    for read in (lambda: trm.convert(path, tmp_path / "x.trm"), lambda: load_checkpoint(path)):
        found = said(read, path)
        if sentence is None or found is None:
            assert found == sentence
        else:
            assert re.fullmatch(".*".join(map(re.escape, sentence.split("..."))), found), found
