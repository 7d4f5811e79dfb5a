""".trm files: the bytes that the library writes, and what it refuses."""

from __future__ import annotations

import os
import struct
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

import trm  # noqa: E402
import trm.torch  # noqa: E402
from trm.torch.checksum import crc32c  # noqa: E402
from trm.torch.layout import places  # noqa: E402
from trm.torch.trm_file import Integers, read_trm  # noqa: E402
from trm.torch.trm_writer import write_trm  # noqa: E402

ROOT = Path(__file__).resolve().parents[4]
MODELS = sorted((ROOT / "models").glob("*.trm"))
GOLDEN = sorted((ROOT / "tests/golden").glob("[ht]*.safetensors"))  # of the published kinds
TASK = dict(positions=12, vocabulary=7)
ODD = dict(channels=24, channel_hidden=20, blocks=1, cycles=1, updates=2)  # nothing fills its panels
SHAPES = {
    "mixer": dict(block="mixer", token_hidden=9, prefix=2),
    "registers and a bias": dict(block="mixer", token_hidden=16, prefix=1, head_bias=1, gate="normed"),
    "learned positions": dict(block="mixer", token_hidden=5, prefix=0, position_encoding="learned"),
    "puzzles": dict(block="mixer", token_hidden=8, prefix=2, identifiers=5, puzzle_width=30),
    "rotary attention": dict(block="attention", heads=2, prefix=1, likelihood="softmax"),
    "attention without positions": dict(block="attention", heads=3, prefix=0, position_encoding="none"),
    "hrm": dict(architecture="hrm", block="attention", heads=4, prefix=0, high_blocks=2),
}


def contents(path: Path) -> bytes:
    return Path(path).read_bytes()


def test_checksum() -> None:
    assert crc32c(b"123456789") == 0xE3069283
    for length in (0, 1, 3, 4, 63, 64, 65, 129, 1000):
        message = bytes((7 * i + length) % 256 for i in range(length))
        assert (
            crc32c(message + struct.pack("<I", crc32c(message))) == 0x48674BC7
        )  # of any message with its checksum


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_published_models_round_trip(path: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.trm"
    trm.torch.to_trm(trm.torch.from_trm(path), again)
    assert contents(again) == contents(path)


@pytest.mark.parametrize("precision", ["fp32", "int8"])
@pytest.mark.parametrize("shape", SHAPES)
def test_round_trips(shape: str, precision: str, tmp_path: Path) -> None:
    new, path, again = tmp_path / "new.trm", tmp_path / "model.trm", tmp_path / "again.trm"
    trm.init(new, seed=4, **TASK, **{**ODD, **SHAPES[shape]})
    trm.convert(new, path, precision=precision)
    trm.torch.to_trm(trm.torch.from_trm(path), again)
    assert contents(again) == contents(path)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_integers_of_the_library(shape: str, tmp_path: Path) -> None:
    new, expected, actual = tmp_path / "new.trm", tmp_path / "expected.trm", tmp_path / "actual.trm"
    trm.init(new, seed=5, **TASK, **{**ODD, **SHAPES[shape]})
    trm.convert(new, expected, precision="int8", deflate=True)
    trm.torch.to_trm(trm.torch.from_trm(new), actual, precision="int8", deflate=True)
    assert contents(actual) == contents(expected)
    trm.torch.to_trm(trm.torch.from_trm(expected), actual, precision="fp32")
    trm.convert(expected, new, precision="fp32")
    assert contents(actual) == contents(new)


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_published_checkpoints_become_the_same_files(path: Path, tmp_path: Path) -> None:
    expected, actual = tmp_path / "expected.trm", tmp_path / "actual.trm"
    trm.convert(path, expected)
    trm.torch.to_trm(trm.torch.load_checkpoint(path), actual)
    assert contents(actual) == contents(expected)


def test_integers_are_kept_as_they_were(tmp_path: Path) -> None:
    name, scale = "L_level.layers.0.mlp.down_proj.weight", np.float32(1)
    while np.float32(127) * scale / np.float32(127) == scale:  # made anew, they would get this scale again
        scale = np.nextafter(scale, np.float32(2))
    model = trm.torch.from_trm(ROOT / "models/sudoku-4x4-int8.trm")
    known = model.integers[name] = Integers(model.integers[name].codes, np.full(64, scale))
    with torch.no_grad():
        model.get_parameter(name).copy_(torch.from_numpy(known.numbers()))
    trm.torch.to_trm(model, tmp_path / "kept.trm")
    assert (trm.torch.from_trm(tmp_path / "kept.trm").integers[name].scales == scale).all()


def test_padding_must_be_zero(tmp_path: Path) -> None:
    path = tmp_path / "padding.trm"
    whole = read_trm(ROOT / "models/sudoku-4x4.trm")
    model = trm.torch.from_trm(ROOT / "models/sudoku-4x4.trm")
    tensors = [(place, np.array(whole.tensors[place.name])) for place in places(model.configuration)]
    write_trm(path, whole.metadata, tensors, deflated=False)
    assert contents(path) == contents(ROOT / "models/sudoku-4x4.trm")
    for place, stored in tensors:
        if place.name == "head.halt":
            stored[2, 0] = 1.0
    write_trm(path, whole.metadata, tensors, deflated=False)
    with pytest.raises(
        trm.torch.TrmFileError, match="padding.trm: tensor head.halt: its padding is not zero"
    ):
        trm.torch.from_trm(path)


def test_changed_weights_get_other_integers(tmp_path: Path) -> None:
    path = tmp_path / "changed.trm"
    model = trm.torch.from_trm(ROOT / "models/sudoku-4x4-int8.trm")
    weight = model.get_parameter("L_level.layers.0.mlp.down_proj.weight")
    with torch.no_grad():
        weight.neg_()
    trm.torch.to_trm(model, path)
    read = trm.torch.from_trm(path).get_parameter("L_level.layers.0.mlp.down_proj.weight")
    torch.testing.assert_close(read, weight, rtol=1e-6, atol=0)


def test_metadata_of_every_type(tmp_path: Path) -> None:
    path, again = tmp_path / "own.trm", tmp_path / "again.trm"
    model = trm.torch.from_trm(ROOT / "models/sudoku-4x4.trm")
    own = {"own.count": 7, "own.share": 0.5, "own.name": "süß", "own.bytes": b"\0\1"}
    model.metadata.update(own)
    trm.torch.to_trm(model, path)
    trm.convert(path, again)
    assert contents(again) == contents(path)
    found = trm.torch.from_trm(path).metadata
    assert {key: found[key] for key in own} == own


def test_damaged_files(tmp_path: Path) -> None:
    whole = contents(ROOT / "models/sudoku-4x4.trm")
    path = tmp_path / "damaged.trm"
    for offset in (0, 8, 20, 60, 100, 2000, len(whole) - 1):
        path.write_bytes(whole[:offset] + bytes([whole[offset] ^ 0x55]) + whole[offset + 1 :])
        with pytest.raises(trm.torch.TrmFileError, match="damaged.trm: "):
            trm.torch.from_trm(path)
    for length in (0, 7, 63, 64, 500, len(whole) - 1):
        path.write_bytes(whole[:length])
        with pytest.raises(trm.torch.TrmFileError, match="damaged.trm: "):
            trm.torch.from_trm(path)


def test_what_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    model = trm.torch.from_trm(ROOT / "models/sudoku-4x4.trm")
    with pytest.raises(ValueError, match="precision: expected fp32, int8 or None, found 'int4'"):
        trm.torch.to_trm(model, tmp_path / "a.trm", precision="int4")
    model.q_head.bias.data[0] = float("nan")
    with pytest.raises(ValueError, match="q_head.bias has a number that is not finite"):
        trm.torch.to_trm(model, tmp_path / "a.trm")
    model.q_head.bias.data[0] = 0
    with pytest.raises(OSError):
        trm.torch.to_trm(model, tmp_path / "missing" / "a.trm")
    (tmp_path / "folder.trm").mkdir()
    with pytest.raises(OSError):
        trm.torch.to_trm(model, tmp_path / "folder.trm")
    assert os.listdir(tmp_path) == ["folder.trm"]
