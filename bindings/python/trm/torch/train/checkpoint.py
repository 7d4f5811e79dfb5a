"""Runs on disk: weights in float32; averages, as what they differ from the weights, and moments in bfloat16.
For five million weights that is 40 MB with Muon, 50 MB with AdamW or AdamATan2.

The run itself goes on from what it has written: its averages and moments are rounded as in the file, and
every puzzle gives way to another. So a run that was resumed does what the one that wrote the checkpoint did
after it.
"""

from __future__ import annotations

import json
import os

import torch
from torch import Tensor

from .. import safetensors
from .trainer import RelationalTrainer, Trainer

KIND = "trm.torch.train"
VERSION = "1"


class ResumeError(ValueError):
    """A file that is no checkpoint of this run."""


def _compact(trainer: Trainer | RelationalTrainer) -> dict[str, Tensor]:
    weights = dict(trainer.model.named_parameters())
    kept = {f"average.{name}": average - weights[name] for name, average in trainer.averages.items()}
    kept.update({f"first.{name}": moment for name, moment in trainer.optimiser.first.items()})
    kept.update({f"second.{name}": moment for name, moment in trainer.optimiser.second.items()})
    return {name: tensor.detach().to(torch.bfloat16) for name, tensor in kept.items()}


@torch.no_grad()
def _take(trainer: Trainer | RelationalTrainer, tensors: dict[str, Tensor]) -> None:
    """Averages and moments as the file has them."""
    weights = dict(trainer.model.named_parameters())
    for name, average in trainer.averages.items():
        average.copy_(weights[name] + tensors[f"average.{name}"].to(average.device, torch.float32))
    for name, moment in trainer.optimiser.first.items():
        moment.copy_(tensors[f"first.{name}"])
    for name, moment in trainer.optimiser.second.items():
        moment.copy_(tensors[f"second.{name}"])
    trainer.slots.clear()


def _about(trainer: Trainer | RelationalTrainer, data: int) -> dict[str, str]:
    settings = json.dumps(trainer.settings.of_the_run())
    step = str(trainer.step)
    return {"kind": KIND, "version": VERSION, "settings": settings, "step": step, "data": str(data)}


def save(trainer: Trainer | RelationalTrainer, path: str, data: int) -> None:
    """Every process calls it; the first one writes. `data` is the checksum of the puzzles."""
    tensors = _compact(trainer)
    if trainer.team.leads:
        weights = {f"weights.{name}": tensor.detach() for name, tensor in trainer.model.state_dict().items()}
        safetensors.write(path, {**weights, **tensors}, _about(trainer, data))
    _take(trainer, tensors)


def _check(trainer: Trainer | RelationalTrainer, path: str, about: dict[str, str], data: int) -> None:
    if about.get("kind") != KIND or about.get("version") != VERSION:
        raise ResumeError(f"{path}: no checkpoint of this command, version {VERSION}")
    then, now = json.loads(about["settings"]), trainer.settings.of_the_run()
    for key in now:
        if then.get(key) != now[key]:
            raise ResumeError(f"{path}: the run has {key} {then.get(key)!r}, not {now[key]!r}")
    if int(about["data"]) != data:
        raise ResumeError(f"{path}: the run learns from other puzzles")


@torch.no_grad()
def resume(trainer: Trainer | RelationalTrainer, path: str, data: int) -> None:
    """Sets a new trainer to where a run stopped."""
    tensors, about = safetensors.read(os.fspath(path))
    try:
        _check(trainer, path, about, data)
        for name, tensor in trainer.model.state_dict().items():
            tensor.copy_(tensors[f"weights.{name}"])
        _take(trainer, tensors)
        trainer.step = trainer.optimiser.steps = int(about["step"])
    except (KeyError, RuntimeError) as error:
        raise ResumeError(f"{path}: {error} is missing or has another shape") from None
