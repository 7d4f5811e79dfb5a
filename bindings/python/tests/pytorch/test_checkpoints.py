"""Checkpoints of the published code: what torch.save() or safetensors keeps of them, and what is no
checkpoint."""

from __future__ import annotations

import io
import json
import os
import pickle
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")

import trm.torch  # noqa: E402
from trm.torch import CheckpointError, load_checkpoint, safetensors  # noqa: E402

GOLDEN = Path(__file__).resolve().parents[4] / "tests/golden"


class Golden:
    """A published checkpoint: tensors with the names that it was saved under, and its configuration."""

    def __init__(self, name: str) -> None:
        tensors, metadata = safetensors.read(GOLDEN / f"{name}.safetensors")
        self.tensors = {name: tensor for name, tensor in tensors.items() if not name.startswith("golden.")}
        self.settings = json.loads(metadata["config"])
        self.model = load_checkpoint(GOLDEN / f"{name}.safetensors")

    def is_like(self, model: trm.torch.Model) -> bool:
        mine, others = self.model.state_dict(), model.state_dict()
        same = mine.keys() == others.keys() and all(torch.equal(mine[name], others[name]) for name in mine)
        return same and model.configuration == self.model.configuration


@pytest.mark.parametrize("name", ["hrm", "trm_att_rope", "trm_mlp_4x4"])
def test_saved_by_torch(name: str, tmp_path: Path) -> None:
    golden, path = Golden(name), tmp_path / "step_100"
    torch.save(golden.tensors, path)
    assert golden.is_like(load_checkpoint(path, golden.settings))
    (tmp_path / "all_config.json").write_text(json.dumps({"arch": golden.settings, "lr": 1e-4}))
    assert golden.is_like(load_checkpoint(path))


def test_configuration_in_yaml(tmp_path: Path) -> None:
    yaml = pytest.importorskip("yaml")
    golden, path = Golden("trm_att_rope"), tmp_path / "step_100"
    torch.save(golden.tensors, path)
    arch = {
        key: value for key, value in golden.settings.items() if key != "seq_len"
    }  # published files lack it
    (tmp_path / "all_config.yaml").write_text(yaml.dump({"arch": arch}))
    with pytest.raises(CheckpointError, match="seq_len is missing, and the tensors do not tell it"):
        load_checkpoint(path)
    assert golden.is_like(load_checkpoint(path, seq_len=36))


@pytest.mark.parametrize("prefix", ["", "_orig_mod.", "model.inner.", "_orig_mod.model.inner."])
def test_what_wraps_a_model(prefix: str, tmp_path: Path) -> None:
    golden, path = Golden("trm_mlp_4x4"), tmp_path / "checkpoint.pt"
    torch.save({prefix + name: tensor for name, tensor in golden.model.state_dict().items()}, path)
    assert golden.is_like(load_checkpoint(path, golden.settings))


def test_our_own_safetensors(tmp_path: Path) -> None:
    model_path = GOLDEN.parents[1] / "models/sudoku-4x4.trm"
    trm.convert(model_path, tmp_path / "model.safetensors")
    trm.torch.to_trm(load_checkpoint(tmp_path / "model.safetensors"), tmp_path / "again.trm")
    assert (tmp_path / "again.trm").read_bytes() == model_path.read_bytes()


class Evil:
    """Runs a command when it is unpickled freely."""

    def __init__(self, command: str) -> None:
        self.command = command

    def __reduce__(self) -> Any:
        return os.system, (self.command,)


def write_zip(evil: Evil, path: Path) -> None:
    torch.save({"H_init": torch.zeros(4), "evil": evil}, path)


def write_old_pickle(evil: Evil, path: Path) -> None:
    torch.save({"evil": evil}, path, _use_new_zipfile_serialization=False)


def write_plain_pickle(evil: Evil, path: Path) -> None:
    path.write_bytes(pickle.dumps(evil))


def write_tar(evil: Evil, path: Path) -> None:
    """The oldest format."""
    with tarfile.open(path, "w") as archive:
        for name, content in (("storages", (0, [])), ("tensors", (0,)), ("pickle", (evil,))):
            data = b"".join(pickle.dumps(part, protocol=2) for part in content)
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))


def write_tar_before_zip(evil: Evil, path: Path) -> None:
    """A zip archive's directory stands at its end, where some look for it; torch looks at the beginning."""
    write_tar(evil, path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("data.pkl", b"")


def load_freely(path: Path) -> None:
    try:
        torch.load(path, weights_only=False)
    except Exception:  # it makes no checkpoint, in any case
        pickle.loads(path.read_bytes())


@pytest.mark.parametrize(
    "write", [write_zip, write_old_pickle, write_plain_pickle, write_tar, write_tar_before_zip]
)
def test_pickles_that_would_run_code(write: Any, tmp_path: Path) -> None:
    path, trace = tmp_path / "evil.pt", tmp_path / "trace"
    write(Evil(f"touch {trace}"), path)
    reason = "holds more than tensors" if write is write_zip else "neither a safetensors file nor an archive"
    with pytest.raises(CheckpointError, match=f"evil.pt: {reason}"):
        load_checkpoint(path)
    assert not trace.exists()
    load_freely(path)
    assert trace.exists()  # it would have


@pytest.mark.filterwarnings("ignore")  # newer releases would rather not make such files
def test_torchscript(tmp_path: Path) -> None:
    torch.jit.script(torch.nn.Linear(2, 2)).save(str(tmp_path / "script.pt"))
    with pytest.raises(CheckpointError, match="script.pt: a TorchScript archive, which holds code"):
        load_checkpoint(tmp_path / "script.pt")


@pytest.mark.parametrize(
    "content", [b"", b"PK\3\4", b"PK\3\4" + bytes(100), b"no checkpoint at all", bytes(100)]
)
def test_no_checkpoints(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "no.pt").write_bytes(content)
    with pytest.raises(CheckpointError, match="no.pt: "):
        load_checkpoint(tmp_path / "no.pt")


def changed(golden: Golden, path: Path, **changes: Any) -> None:
    tensors = {**golden.model.state_dict(), **changes}
    torch.save({name: tensor for name, tensor in tensors.items() if tensor is not None}, path)


def test_tensors_that_do_not_fit(tmp_path: Path) -> None:
    golden, path = Golden("trm_mlp_4x4"), tmp_path / "a.pt"
    for changes, sentence in (
        ({"lm_head.weight": None}, r"a.pt: tensor lm_head.weight is missing; its shape would be \[6, 64\]"),
        (
            {"lm_head.weight": torch.zeros(5, 64)},
            r"tensor lm_head.weight: expected shape \[6, 64\], found \[5, 64\]",
        ),
        ({"H_init": None}, "tensor H_init is missing"),
        ({"extra": torch.zeros(1)}, "tensor extra is not part of the model that the configuration describes"),
        ({"q_head.bias": torch.tensor([0.0, float("inf")])}, "q_head.bias: number 1 is not finite as f32"),
        ({"q_head.bias": "text"}, "expected a tensor for 'q_head.bias', found a str"),
        ({"model.q_head.bias": torch.zeros(2)}, "tensor model.q_head.bias is there twice"),
    ):
        changed(golden, path, **changes)
        with pytest.raises(CheckpointError, match=sentence):
            load_checkpoint(path, golden.settings)
    torch.save([torch.zeros(1)], path)
    with pytest.raises(CheckpointError, match="expected tensors by name, found a list"):
        load_checkpoint(path, golden.settings)


def test_configurations_that_do_not_fit(tmp_path: Path) -> None:
    golden, path = Golden("trm_mlp_4x4"), tmp_path / "a.pt"
    changed(golden, path)
    with pytest.raises(CheckpointError, match="H_cycles is missing, and the tensors do not tell it"):
        load_checkpoint(path)
    with pytest.raises(CheckpointError, match="H_cycles must be a whole number from 0 to 4294967295"):
        load_checkpoint(path, golden.settings, H_cycles="three")
    with pytest.raises(CheckpointError, match="pos_encodings must be none, learned or rope, found spiral"):
        load_checkpoint(path, golden.settings, pos_encodings="spiral")
    with pytest.raises(CheckpointError, match="a .trm file, which from_trm\\(\\) reads"):
        load_checkpoint(GOLDEN.parents[1] / "models/sudoku-4x4.trm")
    with pytest.raises(FileNotFoundError):
        load_checkpoint(tmp_path / "missing.pt")


MISTAKES = [
    (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "a Git LFS pointer"),
    (b"<!DOCTYPE html><html>", "a web page"),
    (b"\n  <html>.......", "a web page"),
    (b"\xef\xbb\xbf<html>....", "a web page"),
    (b"GGUF\3\0\0\0\1\0\0\0\0\0\0\0", "a GGUF file"),
    (b"\x1f\x8b\x08\0\0\0\0\0\0\3", "gzipped"),
    (b"\x28\xb5\x2f\xfd........", "compressed with zstd"),
    (b"\x08\x07\x12\x07pytorch", "an ONNX model"),
    (b'{"metadata": {}, "weight_map": {}}', "JSON"),
]


@pytest.mark.parametrize("begin, told", MISTAKES)
def test_mistakes_are_told_apart(begin: bytes, told: str, tmp_path: Path) -> None:
    """As tests/unit/strange_checkpoints_test.c has them."""
    (tmp_path / "file").write_bytes(begin)
    with pytest.raises(CheckpointError, match=f"found {told}"):
        load_checkpoint(tmp_path / "file")


@pytest.mark.parametrize(
    "prefix", ["module.", "_orig_mod.module.", "module._orig_mod.", "module.model.inner."]
)
def test_parallel_training_wraps_a_model(prefix: str, tmp_path: Path) -> None:
    golden, path = Golden("trm_mlp_4x4"), tmp_path / "checkpoint.pt"
    torch.save({prefix + name: tensor for name, tensor in golden.model.state_dict().items()}, path)
    assert golden.is_like(load_checkpoint(path, golden.settings))


def test_a_state_among_other_things(tmp_path: Path) -> None:
    golden, path = Golden("trm_mlp_4x4"), tmp_path / "checkpoint.pt"
    state = {"_orig_mod.model.inner." + name: t for name, t in golden.model.state_dict().items()}
    other = {name: torch.zeros_like(t) for name, t in state.items()}
    for saved in (
        {"model": state, "optimizers": [{"param_groups": [{"lr": 1e-4}]}], "step": 100},
        {"model": state, "ema_helper": other, "step": 5},
        {"epoch": 1, "state_dict": state},
        {"model_state_dict": state, "epoch": 3},
    ):
        torch.save(saved, path)
        if torch.__version__ >= "2":  # older releases refuse a number beside tensors
            assert golden.is_like(load_checkpoint(path, golden.settings))
    torch.save({"model": other, "ema_helper": state}, path)
    assert golden.is_like(load_checkpoint(path, golden.settings, weights="ema_helper"))
    with pytest.raises(CheckpointError, match="expected weights under average, found model, ema_helper"):
        load_checkpoint(path, golden.settings, weights="average")


def test_parts_of_a_checkpoint(tmp_path: Path) -> None:
    golden = Golden("trm_mlp_4x4")
    names = list(golden.tensors)
    parts = {f"model-0000{n}-of-00002.safetensors": names[7 * n - 7 : 7 if n == 1 else None] for n in (1, 2)}
    for part, some in parts.items():
        safetensors.write(tmp_path / part, {name: golden.tensors[name] for name in some}, {"format": "pt"})
    index = {"weight_map": {name: part for part, some in parts.items() for name in some}}
    (tmp_path / "model.safetensors.index.json").write_text(json.dumps(index))
    (tmp_path / "config.json").write_text(json.dumps(golden.settings))
    for name in (*parts, "model.safetensors.index.json"):
        assert golden.is_like(load_checkpoint(tmp_path / name))
        trm.convert(tmp_path / name, tmp_path / "joined.trm")
        assert golden.is_like(trm.torch.from_trm(tmp_path / "joined.trm"))
    (tmp_path / "model-00002-of-00002.safetensors").unlink()
    for read in (load_checkpoint, lambda path: trm.convert(path, tmp_path / "x.trm")):
        with pytest.raises((CheckpointError, trm.Error), match="a part of a checkpoint of 2 files"):
            read(tmp_path / "model-00001-of-00002.safetensors")


def test_attention_has_the_published_rows(tmp_path: Path) -> None:
    golden, path = Golden("trm_att_rope"), tmp_path / "x.safetensors"
    settings = {name: value for name, value in golden.settings.items() if name != "puzzle_emb_len"}
    safetensors.write(path, golden.tensors, {"config": json.dumps(settings)})
    trm.convert(path, tmp_path / "x.trm")
    assert trm.Model(tmp_path / "x.trm").info.prefix == 16
    assert load_checkpoint(path).configuration.prefix == 16


@pytest.mark.parametrize("alone", [True, False, None])
@pytest.mark.parametrize("halt, go_on", [(-0.5, -4.0), (0.5, 4.0)])
def test_the_published_rule_of_halting(alone: bool | None, halt: float, go_on: float, tmp_path: Path) -> None:
    golden, path = Golden("hrm"), tmp_path / "hrm.safetensors"
    head = "model.inner.q_head."
    golden.tensors[head + "weight"] = torch.zeros_like(golden.tensors[head + "weight"])
    golden.tensors[head + "bias"] = torch.tensor([halt, go_on])
    settings = {**golden.settings, **({} if alone is None else {"no_ACT_continue": alone})}
    safetensors.write(path, golden.tensors, {"config": json.dumps(settings)})
    trm.convert(path, tmp_path / "hrm.trm")
    trm.convert(tmp_path / "hrm.trm", tmp_path / "again.safetensors")
    halts = halt > 0 if alone else halt > go_on
    question = [[1] * golden.model.configuration.positions]
    for name in ("hrm.safetensors", "again.safetensors"):
        answers = trm.torch.solve(load_checkpoint(tmp_path / name), torch.tensor(question))
        assert int(answers.steps[0]) == (1 if halts else 16)
    with trm.Model(tmp_path / "hrm.trm") as model:
        assert model.solve(tokens=question[0]).steps == (1 if halts else 16)
