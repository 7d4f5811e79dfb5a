"""Models out of .trm files and into them."""

from __future__ import annotations

import os
from typing import Any, Mapping

import numpy as np
import torch
from torch import Tensor

from .configuration import BOUNDS, LEFT_OUT, WORDS, Configuration, field_types
from .layout import Place, places
from .model import Model
from .quantise import quantise
from .relational import RelationalModel
from .trm_file import Integers, Matrix, TrmFile, TrmFileError, pad, read_trm
from .trm_writer import write_trm

PRECISIONS = (None, "fp32", "int8")
REQUIRED = (
    *(word for word in WORDS if word != "halting"),
    "channels",
    "positions",
    "prefix",
    "vocabulary",
    "blocks",
    "channel_hidden",
    "cycles",
    "updates",
)
OF_THE_RUN = "train."  # what `trm train` keeps in its checkpoints beside the model


def _key(field: str) -> str:
    if field in BOUNDS:
        return f"shape.{field}"
    return ("task." if field.startswith(("grid_", "box_")) else "model.") + field


def _written(configuration: Configuration) -> dict[str, Any]:
    """The keys of a file, without those of younger formats that say what older files mean."""
    names = list(field_types())
    younger, plain = names[names.index(LEFT_OUT) :], Configuration()
    fields = {name: getattr(configuration, name) for name in names}
    return {
        _key(name): value
        for name, value in fields.items()
        if name not in younger or value != getattr(plain, name)
    }


def read_configuration(metadata: Mapping[str, Any]) -> Configuration:
    """What the keys of a .trm file say."""
    values: dict[str, Any] = {}
    for field, kind in field_types().items():
        value = metadata.get(_key(field))
        if value is None and field in REQUIRED:
            raise TrmFileError(f"metadata {_key(field)} is missing")
        if value is not None and type(value) is not kind:
            raise TrmFileError(f"metadata {_key(field)}: expected {kind.__name__}, found {value!r}")
        values.update({} if value is None else {field: value})
    configuration = Configuration(**values)
    configuration.check()
    return configuration


def _codes(place: Place, stored: Integers) -> Integers:
    columns = place.columns.stored
    if not place.may_be_codes or stored.codes.shape[1] != pad(columns, 4) or stored.codes[:, columns:].any():
        raise TrmFileError(f"tensor {place.name}: integers of a shape of {stored.codes.shape}")
    return stored


def _numbers(place: Place, file: TrmFile) -> np.ndarray:
    if place.name not in file.tensors:
        raise TrmFileError(f"tensor {place.name} is missing")
    stored = file.tensors[place.name]
    if isinstance(stored, Integers):
        stored = _codes(place, stored).numbers()[:, : place.columns.stored]
    return place.take(stored)


def _load(model: Model | RelationalModel, file: TrmFile) -> None:
    state = model.state_dict()
    for place in places(model.configuration):
        numbers = torch.from_numpy(_numbers(place, file))
        state[place.published].copy_(numbers.reshape(state[place.published].shape))
        stored = file.tensors[place.name]
        if isinstance(stored, Integers):
            model.integers[place.published] = stored


@torch.no_grad()
def from_trm(path: str | os.PathLike) -> Model | RelationalModel:
    """The model in a .trm file. Weights of 8-bit integers become the float32 numbers that they stand for, and
    are remembered: to_trm() writes them again as they were, unless they have been changed meanwhile."""
    file = read_trm(path)
    try:
        configuration = read_configuration(file.metadata)
        relational = configuration.block == "relational"
        model = RelationalModel(configuration) if relational else Model(configuration)
        _load(model, file)
    except ValueError as error:
        raise TrmFileError(f"{os.fspath(path)}: {error}") from None
    own = {_key(field) for field in field_types()}
    model.metadata = {
        key: value
        for key, value in file.metadata.items()
        if key not in own and not key.startswith(OF_THE_RUN)
    }
    return model


def _matrix(place: Place, weight: Tensor) -> np.ndarray:
    numbers = weight.detach().to("cpu", torch.float32).contiguous().numpy()
    if not np.isfinite(numbers).all():
        raise ValueError(f"{place.published} has a number that is not finite")
    return place.store(numbers.reshape(place.rows.lines, place.columns.lines))


def _stored(place: Place, weight: Tensor, known: Integers | None, precision: str | None) -> Matrix:
    """Numbers or integers: those that were read, as long as they still are the weight."""
    numbers = _matrix(place, weight)
    wanted = precision == "int8" or (precision is None and known is not None)
    if not (wanted and place.may_be_codes):
        return numbers
    if known is not None and np.array_equal(known.numbers()[:, : numbers.shape[1]], numbers):
        return known
    return quantise(numbers)


def to_trm(
    model: Model | RelationalModel,
    path: str | os.PathLike,
    *,
    precision: str | None = None,
    deflate: bool = False,
) -> None:
    """Writes the model as a .trm file, the same bytes as `trm convert` makes of it.

    precision: "fp32"; "int8": the matrices of the blocks as 8-bit integers; None: as the model was read.
    deflate: smaller, for shipping; raw weights are used in place.
    """
    if precision not in PRECISIONS:
        raise ValueError(f"precision: expected fp32, int8 or None, found {precision!r}")
    model.configuration.check()
    state = model.state_dict()
    tensors = [
        (place, _stored(place, state[place.published], model.integers.get(place.published), precision))
        for place in places(model.configuration)
    ]
    write_trm(path, {**_written(model.configuration), **model.metadata}, tensors, deflate)
