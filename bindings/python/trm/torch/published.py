"""Checkpoints: what torch.save() or safetensors keeps of the weights of the published TRM and HRM code, and the
configuration beside them; relational models' own safetensors files."""

from __future__ import annotations

import json
import os
import re
from typing import Any, Mapping

import torch
from torch import Tensor

from . import safetensors
from .configuration import from_published
from .mistaken import mistaken_for
from .model import Model
from .pickled import ZIP, CheckpointError, read_pickled
from .relational import RelationalModel
from .relational_config import BLOCK, from_relational
from .trm_file import MAGIC
from .yaml_fields import read_yaml

WRAPPERS = re.compile(
    r"^(_orig_mod\.|module\.|model\.|inner\.)+"
)  # torch.compile, parallel training, the loss head, the outer model
CONTAINERS = ("model", "state_dict", "model_state_dict")
PART = re.compile(r"^(.*-)\d{5}(-of-)(\d{5})(\.safetensors)$", re.DOTALL)
INDEX = ".index.json"
FLOATS = (torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.int64, torch.int32)
BESIDE = ("all_config.json", "config.json", "all_config.yaml")
NOT_OURS = "golden."
INTEGER_KEYS = ("task.blank", "task.keeps_givens")

__all__ = ["CheckpointError", "load_checkpoint"]


def _parts(path: str) -> list[str]:
    """All files of the checkpoint that the path is a part or the index of; none where it is neither."""
    part = PART.match(path)
    if part is not None and 1 < int(part[3]) <= 1000:
        return [f"{part[1]}{n:05}{part[2]}{part[3]}{part[4]}" for n in range(1, int(part[3]) + 1)]
    if not path.endswith(INDEX):
        return []
    with open(path, encoding="utf-8") as file:
        names = dict.fromkeys(json.load(file)["weight_map"].values())
    if any("/" in name or os.sep in name for name in names):
        raise CheckpointError(f"{path}: weight_map: expected the names of files beside the index")
    return [os.path.join(os.path.dirname(path), name) for name in names]


def _join(path: str, parts: list[str]) -> tuple[Any, dict[str, str]]:
    tensors: dict[str, Tensor] = {}
    texts: dict[str, str] = {}
    for part in parts:
        try:
            more, metadata = safetensors.read(part)
        except OSError as error:
            raise CheckpointError(f"{path}: a part of a checkpoint of {len(parts)} files: {error}") from None
        twice = sorted(more.keys() & tensors.keys())
        if twice:
            raise CheckpointError(f"{path}: tensor {twice[0]} is in two parts")
        tensors.update(more)
        texts.update(metadata)
    return tensors, texts


def _read_tensors(path: str) -> tuple[Any, dict[str, str]]:
    try:
        parts = _parts(path)
        if parts:
            return _join(path, parts)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise CheckpointError(f"{path}: {error}") from None
    with open(path, "rb") as file:
        start = file.read(64)
    begin, other = start[: len(MAGIC)], mistaken_for(start)
    if other is not None:
        raise CheckpointError(f"{path}: expected a checkpoint, found {other}")
    if begin == MAGIC:
        raise CheckpointError(f"{path}: a .trm file, which from_trm() reads")
    if (
        begin[: len(ZIP)] == ZIP
        or len(begin) < 8
        or int.from_bytes(begin, "little") > safetensors.LARGEST_HEADER
    ):
        return read_pickled(path), {}
    try:
        return safetensors.read(path)
    except ValueError as error:
        raise CheckpointError(str(error)) from None


def _is_state(saved: Any) -> bool:
    return isinstance(saved, dict) and any(isinstance(value, Tensor) for value in saved.values())


def _enter(path: str, saved: Any, weights: str | None) -> Any:
    """The state in what training code saved: tensors by name, under one name among others."""
    if not isinstance(saved, dict) or (weights is None and _is_state(saved)):
        return saved
    sets = [name for name, value in saved.items() if _is_state(value)]
    wanted = [weights] if weights is not None else [name for name in CONTAINERS if name in sets]
    if not wanted and len(sets) == 1:
        wanted = sets
    if not wanted or wanted[0] not in sets:
        found = ", ".join(map(str, sets or list(saved)[:6])) or "nothing"
        raise CheckpointError(
            f"{path}: expected weights under {weights or 'a name'}, found {found}; save the state_dict"
        )
    return saved[wanted[0]]


def _plain(path: str, tensors: Any) -> dict[str, Tensor]:
    """Tensors by the names that they have in a Model."""
    plain: dict[str, Tensor] = {}
    if not isinstance(tensors, dict):
        raise CheckpointError(f"{path}: expected tensors by name, found a {type(tensors).__name__}")
    for name, tensor in tensors.items():
        if not isinstance(name, str) or not isinstance(tensor, Tensor):
            raise CheckpointError(f"{path}: expected a tensor for {name!r}, found a {type(tensor).__name__}")
        short = WRAPPERS.sub("", name)
        if short in plain:
            raise CheckpointError(f"{path}: tensor {name} is there twice")
        if not short.startswith(NOT_OURS):
            plain[short] = tensor
    return plain


def _json(text: str, what: str) -> Mapping[str, Any]:
    """The fields of a configuration."""
    try:
        found = json.loads(text)
    except ValueError as error:
        raise CheckpointError(f"{what}: not valid JSON: {error}") from None
    if not isinstance(found, Mapping):
        raise CheckpointError("configuration: expected an object of fields, found another value")
    return found


def _read_settings(path: str) -> Mapping[str, Any]:
    with open(path, encoding="utf-8") as file:
        if path.endswith((".yaml", ".yml")):
            try:
                found: Any = read_yaml(file.read())
            except ValueError as error:
                raise CheckpointError(f"{path}: {error}") from None
        else:
            found = _json(file.read(), path)
    return found


def _find_settings(path: str, metadata: Mapping[str, str]) -> Mapping[str, Any]:
    """Those in the file itself, or beside it as `trm convert` looks for them."""
    if "config" in metadata:
        return _json(metadata["config"], '__metadata__ "config"')
    folder, stem = os.path.dirname(path), os.path.splitext(path)[0]
    for candidate in (f"{stem}.json", *(os.path.join(folder, name) for name in BESIDE)):
        if candidate != path and os.path.exists(candidate):  # an index is named like one
            return _read_settings(candidate)
    return {}


def _metadata(texts: Mapping[str, str]) -> dict[str, Any]:
    """The model's own: text and whole numbers under their keys, bytes in hexadecimal under their key and .hex."""
    taken: dict[str, Any] = {}
    for key, text in texts.items():
        if "." not in key or key.startswith("model."):
            continue
        if key in INTEGER_KEYS:
            taken[key] = int(text)
        elif key.endswith(".hex"):
            taken[key[:-4]] = bytes.fromhex(text)
        else:
            taken[key] = text
    return taken


@torch.no_grad()
def _fill(model: Model | RelationalModel, tensors: Mapping[str, Tensor]) -> None:
    state = model.state_dict()
    for name in tensors:
        if name not in state:
            raise CheckpointError(
                f"tensor {name} is not part of the model that the configuration describes, or is there twice"
            )
    for name, to in state.items():
        if name not in tensors:
            raise CheckpointError(f"tensor {name} is missing; its shape would be {list(to.shape)}")
        tensor = tensors[name]
        if tensor.shape != to.shape:
            raise CheckpointError(
                f"tensor {name}: expected shape {list(to.shape)}, found {list(tensor.shape)}"
            )
        if tensor.dtype not in FLOATS:
            raise CheckpointError(
                f"tensor {name}: its dtype cannot be read; F64, F32, F16, BF16, I64 and I32 can"
            )
        finite = torch.isfinite(tensor.float().flatten())
        if not finite.all():
            first = int((~finite).nonzero()[0])
            raise CheckpointError(f"tensor {name}: number {first} is not finite as f32")
        to.copy_(tensor)


def _make(settings: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> Model | RelationalModel:
    if settings.get("block") != BLOCK:
        return Model(from_published(settings, tensors))
    model = RelationalModel(from_relational(settings))
    if "alphabet" in settings:
        model.metadata["task.alphabet"] = str(settings["alphabet"]).encode("ascii")
    return model


def load_checkpoint(
    path: str | os.PathLike,
    configuration: str | os.PathLike | Mapping[str, Any] | None = None,
    *,
    weights: str | None = None,
    **fields: Any,
) -> Model | RelationalModel:
    """The model in a checkpoint of the published code: a safetensors file, or what torch.save() wrote, of
    which no code is ever run; or the relational model in a safetensors file, whose configuration is in it.

    configuration: its fields, or the file that has them; by default what stands in the checkpoint or beside
    it. weights: which of several sets, such as "ema_helper", where training code saved more than the model's
    state; by default that under model, state_dict or model_state_dict. Fields may also be given, or overruled, by keyword. What the tensors
    tell may be left out; they do not tell H_cycles and L_cycles, and of attention num_heads, pos_encodings
    and, unless it is learned, seq_len.
    """
    path = os.fspath(path)
    tensors, texts = _read_tensors(path)
    tensors = _plain(path, _enter(path, tensors, weights))
    try:
        if configuration is None:
            configuration = _find_settings(path, texts)
        elif not isinstance(configuration, Mapping):
            configuration = _read_settings(os.fspath(configuration))
        inner = configuration.get("arch")
        settings = {**configuration, **(inner if isinstance(inner, Mapping) else {}), **fields, "arch": None}
        model = _make(settings, tensors)
        _fill(model, tensors)
        model.metadata.update(_metadata(texts))
    except (AttributeError, TypeError, ValueError) as error:
        raise CheckpointError(f"{path}: {error}") from None
    return model
