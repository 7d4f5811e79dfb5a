"""New models and conversions: the bytes of the command, there and back again."""

from __future__ import annotations

from pathlib import Path

import pytest

import trm
from conftest import ROOT, TASK, TINY

CHECKPOINTS = sorted((ROOT / "tests/golden").glob("*.safetensors"))


def test_a_new_model_is_that_of_the_command(command, tiny_path, tmp_path) -> None:
    keywords = {**TINY, **TASK, "maximum_steps": 4, "alphabet": r"\0.1234"}
    options = [f"--{name.replace('_', '-')}={value}" for name, value in keywords.items()]
    command("init", "-q", tmp_path / "c.trm", *options)
    assert (tmp_path / "c.trm").read_bytes() == Path(tiny_path).read_bytes()


def test_relations_say_by_their_names_what_they_are(tmp_path) -> None:
    shape = dict(block="relational", channels=8, positions=16, vocabulary=5, fields=4, first_value=1)
    kind = dict(task="mine", alphabet=".1234", grid="4x4")
    trm.init(tmp_path / "names.trm", **shape, **kind, relations="row,column,cell edge=question/nodes/max")
    said = trm.Model(tmp_path / "names.trm").info.metadata["model.relations"]
    lines = "row=shape/positions/sum+max column=shape/positions/sum+max"
    assert said == f"{lines} cell=shape/fields/sum+max edge=question/nodes/max"


@pytest.mark.parametrize("checkpoint", CHECKPOINTS, ids=lambda path: path.stem)
def test_a_published_checkpoint_there_and_back(checkpoint, tmp_path) -> None:
    first, second, third = (tmp_path / name for name in ("1.trm", "2.safetensors", "3.trm"))
    trm.convert(checkpoint, first)
    trm.convert(first, second)
    trm.convert(second, third)
    assert first.read_bytes() == third.read_bytes()


def test_weights_of_8_bits(tiny_path, tmp_path) -> None:
    trm.convert(tiny_path, tmp_path / "int8.trm", precision="int8", task="other")
    with trm.Model(tmp_path / "int8.trm") as stored, trm.Model(tiny_path, precision="int8") as opened:
        assert stored.info.quantised and stored.info.task == "other"
        puzzle = "1.3..4.2.3.12.4."
        expected = opened.solve(puzzle).probabilities
        assert stored.solve(puzzle).probabilities.tobytes() == expected.tobytes()
    trm.convert(tmp_path / "int8.trm", tmp_path / "fp32.trm", precision="fp32")
    assert not trm.Model(tmp_path / "fp32.trm").info.quantised


def test_tensors_that_are_kept(tiny_path, tmp_path) -> None:
    sizes = []
    for name, keep in (("all.trm", []), ("kept.trm", ["net.0.channels.down"])):
        trm.convert(tiny_path, tmp_path / name, precision="int8", keep=keep)
        sizes.append((tmp_path / name).stat().st_size)
    assert sizes[0] < sizes[1]
    with pytest.raises(trm.Error, match="nothing.like.it"):
        trm.convert(tiny_path, tmp_path / "bad.trm", precision="int8", keep=["nothing.like.it"])
    assert not (tmp_path / "bad.trm").exists()
