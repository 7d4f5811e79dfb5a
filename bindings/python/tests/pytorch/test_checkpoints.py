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
        ({"lm_head.weight": None}, r"a.pt: tensor lm_head.weight is missing; its shape would be \(6, 64\)"),
        (
            {"lm_head.weight": torch.zeros(5, 64)},
            r"tensor lm_head.weight: expected shape \(6, 64\), found \(5, 64\)",
        ),
        ({"H_init": None}, "tensor H_init is missing"),
        ({"extra": torch.zeros(1)}, "tensor extra is not part of the model that the configuration describes"),
        ({"q_head.bias": torch.tensor([0.0, float("inf")])}, "q_head.bias has a number that is not finite"),
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
    with pytest.raises(CheckpointError, match="H_cycles must be a whole number from 1 on, found 'three'"):
        load_checkpoint(path, golden.settings, H_cycles="three")
    with pytest.raises(CheckpointError, match="pos_encodings must be none, learned or rope, found spiral"):
        load_checkpoint(path, golden.settings, pos_encodings="spiral")
    with pytest.raises(CheckpointError, match="a .trm file, which from_trm\\(\\) reads"):
        load_checkpoint(GOLDEN.parents[1] / "models/sudoku-4x4.trm")
    with pytest.raises(FileNotFoundError):
        load_checkpoint(tmp_path / "missing.pt")
