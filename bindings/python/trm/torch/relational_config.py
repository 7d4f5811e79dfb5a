"""What a relational model is, in the words of its safetensors file's `config`: doc/model.md and relational models'
golden files."""

from __future__ import annotations

import json
import os
from typing import Any, Mapping

from . import safetensors
from .configuration import BOUNDS, Configuration
from .relational import RelationalModel
from .relations import from_config, read_relations, to_config, write_relations

BLOCK = "relational"
STEPS = 16  # where a file does not say


def _whole(config: Mapping[str, Any], name: str, default: int | None = None) -> int:
    value = config.get(name, default)
    if type(value) is not int or value < 0:
        raise ValueError(f"configuration: {name} must be a whole number, found {value!r}")
    return value


def _box(config: Mapping[str, Any]) -> tuple[int, int]:
    box = config.get("box", (0, 0))
    if not isinstance(box, (list, tuple)) or [type(side) for side in box] != [int, int]:
        raise ValueError(f"configuration: box must be rows and columns, found {box!r}")
    return box[0], box[1]


def _bounds(config: Mapping[str, Any], fields: int) -> dict[str, Any]:
    """Of the shapes that the model answers: "bounds" has each, "sizes" the sides of squares."""
    if isinstance(config.get("bounds"), Mapping):
        return {name: _whole(config["bounds"], name, 0) for name in BOUNDS}
    sides = config.get("sizes", [])
    if not sides:
        return {}
    least, most = min(sides), max(sides)
    values = (least, most) if fields > 1 else (0, 0)
    return dict(zip(BOUNDS, (least, most, least, most, *values, most * most)))


def from_relational(config: Mapping[str, Any]) -> Configuration:
    """The configuration that a file of relational weights has in its metadata."""
    rows, columns = _whole(config, "rows", 0), _whole(config, "columns", 0)
    fields, tokens = _whole(config, "fields", 1), _whole(config, "tokens")
    box_rows, box_columns = _box(config)
    configuration = Configuration(
        block=BLOCK,
        gate="normed",
        likelihood="softmax",
        channels=_whole(config, "channels"),
        positions=_whole(config, "positions", rows * columns),
        vocabulary=tokens,
        head_bias=1,
        blocks=_whole(config, "blocks"),
        channel_hidden=_whole(config, "hidden"),
        cycles=_whole(config, "cycles"),
        updates=_whole(config, "updates"),
        maximum_steps=_whole(config, "maximum_steps", STEPS),
        grid_rows=rows,
        grid_columns=columns,
        relations=write_relations(from_config(config)),
        fields=fields,
        first_value=_whole(config, "first", tokens - fields if fields > 1 else 0),
        helper_tokens=_whole(config, "helper_tokens", 0),
        features=_whole(config, "features", 0),
        halting=str(config.get("halt", "softmin")),
        cell_confidence=_whole(config, "cell_confidence", 0),
        start_noise=float(config.get("start_noise", 0.0)),
        halt_threshold=float(config.get("halt_threshold", 0.0)),
        box_rows=box_rows,
        box_columns=box_columns,
        norm_epsilon=float(config.get("rms_norm_eps", 1e-5)),
        **_bounds(config, fields),
    )
    configuration.check()
    return configuration


def to_relational(c: Configuration) -> dict[str, Any]:
    """The other way round; what is not there has its default."""
    config: dict[str, Any] = {
        "block": BLOCK,
        "channels": c.channels,
        "hidden": c.channel_hidden,
        "blocks": c.blocks,
        "cycles": c.cycles,
        "updates": c.updates,
        "maximum_steps": c.maximum_steps,
        "positions": c.positions,
        "fields": c.fields,
        "tokens": c.vocabulary,
        "relations": to_config(read_relations(c.relations)),
        "halt": c.halting,
        "start_noise": c.start_noise,
        "rms_norm_eps": c.norm_epsilon,
    }
    if c.grid_rows:
        config.update(rows=c.grid_rows, columns=c.grid_columns)
    if c.box_rows:
        config.update(box=[c.box_rows, c.box_columns])
    if c.fields > 1:
        config.update(first=c.first_value)
    for name in ("helper_tokens", "features", "cell_confidence", "halt_threshold"):
        if getattr(c, name):
            config[name] = getattr(c, name)
    bounds = {name: getattr(c, name) for name in BOUNDS if getattr(c, name)}
    if bounds:
        config["bounds"] = bounds
    return config


def save_checkpoint(model: RelationalModel, path: str | os.PathLike) -> None:
    """Writes a relational model's weights as safetensors, under the names of doc/model.md, which load_checkpoint()
    and `trm convert` read."""
    config = to_relational(model.configuration)
    metadata = {"arch": BLOCK, "config": json.dumps(config)}
    for key, value in model.metadata.items():
        if isinstance(value, bytes):
            metadata[f"{key}.hex"] = value.hex()
        else:
            metadata[key] = str(value)
    alphabet = model.metadata.get("task.alphabet")
    if isinstance(alphabet, bytes) and alphabet.isascii() and b"\0" not in alphabet:
        metadata["config"] = json.dumps({**config, "alphabet": alphabet.decode("ascii")})
    safetensors.write(path, model.state_dict(), metadata)
