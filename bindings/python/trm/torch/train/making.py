"""What a run needs before its first step: the task, the model, and puzzles to learn from and to measure
on."""

from __future__ import annotations

import torch

from ..configuration import Configuration, published_hidden
from ..initialise import initialise
from ..model import Model, compile_networks
from ..task import Task
from ..trm_model import from_trm
from .puzzles import Puzzles, read_all
from .settings import Settings, SettingsError

CHANNELS_OF_A_HEAD = 64


def make_task(settings: Settings) -> Task:
    """What the puzzles are about."""
    alphabet = settings.alphabet.replace("\\0", "\0")
    return Task(settings.task, settings.grid or None, settings.boxes or None, alphabet or None)


def make_configuration(settings: Settings, task: Task) -> Configuration:
    """The dimensions of a new model."""
    s, mixer = settings, settings.block == "mixer"
    rows = s.prefix + task.cells
    return Configuration(
        block=s.block,
        position_encoding=s.position_encoding or ("none" if mixer else "rotary"),
        gate=s.gate,
        likelihood=s.likelihood,
        channels=s.channels,
        positions=task.cells,
        prefix=s.prefix,
        vocabulary=task.vocabulary,
        registers=1,
        head_bias=int(s.head_bias),
        blocks=s.blocks,
        heads=0 if mixer else s.heads or max(1, s.channels // CHANNELS_OF_A_HEAD),
        token_hidden=(s.token_hidden or published_hidden(rows)) if mixer else 0,
        channel_hidden=s.channel_hidden or published_hidden(s.channels),
        cycles=s.cycles,
        updates=s.updates,
        maximum_steps=s.maximum_steps,
    )


def make_model(settings: Settings, task: Task, device: torch.device) -> Model:
    """With random weights, or those to start from, where it will learn."""
    if settings.start:
        started = from_trm(settings.start)
        if not isinstance(started, Model):
            raise SettingsError(
                f"{settings.start}: a relational model; --block={settings.block} is another kind"
            )
        model = started
        model.integers.clear()
    else:
        configuration = make_configuration(settings, task)
        configuration.check()
        model = initialise(Model(configuration), settings.seed)
    if model.configuration.architecture == "hrm":
        raise SettingsError(f"{settings.start}: only TRM models can be trained, this is an HRM")
    task.describe(model)
    model.to(device)
    precision = settings.precision or ("bf16" if device.type == "cuda" else "fp32")
    model.compute = torch.bfloat16 if precision == "bf16" else torch.float32
    if settings.compile != "no":
        compile_networks(model, settings.compile)
    return model


def split(settings: Settings, task: Task) -> tuple[Puzzles, Puzzles, str]:
    """What to learn from, what to measure on, and a line about the former."""
    puzzles, summary = read_all(settings.data, task)
    count = settings.validation_puzzles
    if settings.validation:
        exam = read_all(settings.validation, task)[0][:count]
    else:
        if count >= len(puzzles):
            raise SettingsError(
                f"--validation-puzzles: {count} of the data's {len(puzzles)} leave none to learn from"
            )
        puzzles, exam = puzzles[: len(puzzles) - count], puzzles[len(puzzles) - count :]
    if settings.limit:
        puzzles = puzzles[: settings.limit]
    return puzzles, exam, f"{summary}; learnt from {len(puzzles)}"
