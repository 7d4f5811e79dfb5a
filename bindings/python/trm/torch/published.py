"""Checkpoints of the published TRM and HRM code: what torch.save() or safetensors keeps of their weights, and the
configuration beside them."""

from __future__ import annotations

import json
import os
import re
from typing import Any, Mapping

import torch
from torch import Tensor

from . import safetensors
from .configuration import from_published
from .model import Model
from .pickled import ZIP, CheckpointError, read_pickled
from .trm_file import MAGIC

WRAPPERS = re.compile(r"^(_orig_mod\.|model\.|inner\.)+")  # torch.compile, the loss head, the outer model
BESIDE = ("all_config.json", "config.json", "all_config.yaml")
NOT_OURS = "golden."

__all__ = ["CheckpointError", "load_checkpoint"]


def _read_tensors(path: str) -> tuple[Any, dict[str, str]]:
    with open(path, "rb") as file:
        begin = file.read(len(MAGIC))
    if begin == MAGIC:
        raise CheckpointError(f"{path}: a .trm file, which from_trm() reads")
    if begin[: len(ZIP)] == ZIP or len(begin) < 8 or int.from_bytes(begin, "little") > safetensors.LARGEST_HEADER:
        return read_pickled(path), {}
    try:
        return safetensors.read(path)
    except ValueError as error:
        raise CheckpointError(str(error)) from None


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


def _read_settings(path: str) -> Mapping[str, Any]:
    with open(path, encoding="utf-8") as file:
        if path.endswith((".yaml", ".yml")):
            try:
                import yaml
            except ImportError:
                raise CheckpointError(f"{path}: reading it needs PyYAML; or give its fields as keywords") from None
            found = yaml.safe_load(file)
        else:
            found = json.load(file)
    if not isinstance(found, Mapping):
        raise CheckpointError(f"{path}: expected the fields of a configuration")
    return found


def _find_settings(path: str, metadata: Mapping[str, str]) -> Mapping[str, Any]:
    """Those in the file itself, or beside it as `trm convert` looks for them."""
    if "config" in metadata:
        return json.loads(metadata["config"])
    folder, stem = os.path.dirname(path), os.path.splitext(path)[0]
    for candidate in (f"{stem}.json", *(os.path.join(folder, name) for name in BESIDE)):
        if os.path.exists(candidate):
            return _read_settings(candidate)
    return {}


def _metadata(texts: Mapping[str, str]) -> dict[str, Any]:
    """The model's own: text under its key, bytes in hexadecimal under its key and .hex."""
    taken: dict[str, Any] = {}
    for key, text in texts.items():
        if "." not in key or key.startswith("model."):
            continue
        taken[key[:-4] if key.endswith(".hex") else key] = bytes.fromhex(text) if key.endswith(".hex") else text
    return taken


@torch.no_grad()
def _fill(model: Model, tensors: Mapping[str, Tensor]) -> None:
    state = model.state_dict()
    for name in tensors:
        if name not in state:
            raise CheckpointError(f"tensor {name} is not part of the model that the configuration describes")
    for name, to in state.items():
        if name not in tensors:
            raise CheckpointError(f"tensor {name} is missing; its shape would be {tuple(to.shape)}")
        tensor = tensors[name]
        if tensor.shape != to.shape:
            raise CheckpointError(f"tensor {name}: expected shape {tuple(to.shape)}, found {tuple(tensor.shape)}")
        if not torch.isfinite(tensor.float()).all():
            raise CheckpointError(f"tensor {name} has a number that is not finite")
        to.copy_(tensor)


def load_checkpoint(
    path: str | os.PathLike, configuration: str | os.PathLike | Mapping[str, Any] | None = None, **fields: Any
) -> Model:
    """The model in a checkpoint of the published code: a safetensors file, or what torch.save() wrote, of which no code is
    ever run.

    configuration: its fields, or the file that has them; by default what stands in the checkpoint or beside it
    (all_config.yaml needs PyYAML). Fields may also be given, or overruled, by keyword. What the tensors tell may be left out;
    they do not tell H_cycles and L_cycles, and of attention num_heads, pos_encodings and, unless it is learned, seq_len.
    """
    path = os.fspath(path)
    tensors, texts = _read_tensors(path)
    tensors = _plain(path, tensors)
    try:
        if configuration is None:
            configuration = _find_settings(path, texts)
        elif not isinstance(configuration, Mapping):
            configuration = _read_settings(os.fspath(configuration))
        inner = configuration.get("arch")
        settings = {**configuration, **(inner if isinstance(inner, Mapping) else {}), **fields, "arch": None}
        model = Model(from_published(settings, tensors))
        _fill(model, tensors)
        model.metadata = _metadata(texts)
    except (AttributeError, TypeError, ValueError) as error:
        raise CheckpointError(f"{path}: {error}") from None
    return model
