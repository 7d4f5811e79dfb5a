"""The keywords of options, named as in the C API and as in `trm train`.

A word stands for an enumerator (`block="mixer"`), a pair for two fields (`grid=(9, 9)`, or `"9x9"`), and None
for the default.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any, Optional, TypedDict, Union

from .errors import ArgumentError

Pair = Optional[Union[str, "tuple[int, int]"]]
Range = Optional[Union[str, int, "tuple[int, int]"]]  # a number is a range of its own

# The two fields that a pair stands for.
_PAIRS = {
    "grid": ("grid_rows", "grid_columns"),
    "boxes": ("box_rows", "box_columns"),
}
_RANGES = {
    "givens": ("least_givens", "most_givens"),
    "walls": ("least_walls", "most_walls"),
    "vertices": ("least_positions", "most_positions"),
    "colours": ("least_fields", "most_fields"),
    "sides": ("least_size", "most_size"),
}


class ShapeOptions(TypedDict, total=False):
    """Dimensions of a new model."""

    block: str  # mixer, attention or relational
    channels: int
    prefix: int  # rows before a puzzle's tokens
    blocks: int
    heads: int
    cycles: int  # updates of the answer in a step
    updates: int  # updates of the thought before each of them
    maximum_steps: int  # supervision steps
    gate: str  # plain or normed
    token_hidden: int
    channel_hidden: int
    position_encoding: str  # none, learned or rotary
    likelihood: str  # softmax or stablemax
    head_bias: bool
    fields: int  # relational models from here on: values that are treated alike
    helper_tokens: int  # kinds of helpers
    relations: str  # "row,column,cell", "edge=question/positions/sum+max"; those of the task where not given
    start_noise: float
    halting: str  # logit, softmin or product


class InitOptions(ShapeOptions, total=False):
    """What `trm.init` takes."""

    sizes: str  # that the model takes beside its own: "4x4 6x6", "5x5-30x30", or numbers of positions
    architecture: str  # trm or hrm
    positions: int
    vocabulary: int
    high_blocks: int
    identifiers: int
    puzzle_width: int
    seed: int
    task: str
    alphabet: str
    grid: Pair
    deflate: bool
    first_value: int  # relational models: the token of the first value that is treated alike
    features: int  # numbers that come with each position and helper
    rules: str  # what a right answer is, as in metadata task.rules (doc/format.md); as the task has it where not given


class ConvertOptions(TypedDict, total=False):
    """What `trm.convert` takes."""

    format: str  # trm or safetensors; by the output's ending
    deflate: bool
    config: str  # JSON file with a checkpoint's configuration
    task: str
    alphabet: str
    grid: Pair
    precision: str  # fp32 or int8
    keep: "list[str]"  # tensors that stay fp32
    halt_threshold: float  # above which the model stops, where a solve asks for no other
    maximum_steps: int  # the same of its steps
    calibration: str  # how these two were found
    selectors: str  # policies of several runs that were found to be trustworthy: "vote best", "none"


class StreamOptions(TypedDict, total=False):
    """What `Model.stream` takes."""

    tokens: Any
    steps: "int | None"
    halt: "str | None"
    stable_steps: int
    halt_probability: "float | None"
    threads: int
    identifiers: Any
    seed: int
    start: str
    shape: Any
    boxes: Pair
    fields: "int | None"
    relations: Any
    helpers: Any
    features: Any


class SolveOptions(StreamOptions, total=False):
    """What `Model.solve` takes of one puzzle, and `Model.candidates` passes on."""

    runs: int
    policy: str
    views: Any
    search: bool
    require_verified: bool
    step_budget: int
    verifier: Any
    watcher: Any


class ManyOptions(SolveOptions, total=False):
    """What `Model.solve` takes."""

    batch: "int | None"
    seconds: "float | None"


class RunOptions(TypedDict, total=False):
    """How to train, beside the dimensions."""

    steps: int  # optimiser steps of the whole run
    batch: int
    shards: int  # parts of a batch that threads take
    seed: int
    optimiser: str  # muon, adamw or adam-atan2
    learning_rate: float
    weight_decay: float
    beta1: float
    beta2: float
    muon_learning_rate: float
    muon_weight_decay: float
    muon_momentum: float
    puzzle_learning_rate: float
    puzzle_weight_decay: float
    warm_up: int
    cosine: bool
    curriculum: bool
    clip: float
    smoothing: float
    halt_weight: float
    cell_weight: float  # relational models: of the loss of what cells say of themselves
    exploration: float
    replacement: float  # above 0: what is answered rightly is replaced with this probability
    staggered: bool  # the first puzzles begin at drawn steps
    wrong_givens: float  # share of puzzles with a wrong given, which no answer is right for
    average: float
    average_begin: int
    states: int
    recompute: bool
    symmetries: bool  # show each puzzle under a random symmetry of its task
    precision: str  # fp32, or int8: learn with weights rounded as trm.convert(..., precision="int8") does


class TrainerOptions(RunOptions, total=False):
    """What `trm.Trainer` takes."""

    maximum_steps: int


class TrainOptions(ShapeOptions, RunOptions, total=False):
    """What `trm.train` passes on."""


def check(function: str, given: Mapping[str, Any], known: Iterable[str], others: Iterable[str] = ()) -> None:
    """Refuses a keyword that a function has not, as Python does, and names one that may have been meant; `others` are
    keywords that never come here."""
    for name in given:
        if name not in known:
            near = get_close_matches(name, [*known, *others], 1)
            meant = f"; did you mean {near[0]!r}?" if near else ""
            raise TypeError(f"{function}() got an unexpected keyword argument {name!r}{meant}")


def names_of(*options: Any) -> set[str]:
    """The keywords of such classes, those that they inherit too."""
    return {
        name for one in options for parent in one.__mro__ for name in getattr(parent, "__annotations__", ())
    }


def expanded(given: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a C struct that keywords stand for."""
    fields: dict[str, Any] = {}
    for name, value in given.items():
        if value is None:
            continue
        if name in _PAIRS:
            fields.update(zip(_PAIRS[name], pair(name, value)))
        elif name in _RANGES:
            fields.update(zip(_RANGES[name], _range(name, value)))
        elif name == "alphabet":
            fields["alphabet"] = value.lstrip("\0")
            fields["alphabet_first"] = len(value) - len(fields["alphabet"])
        elif name == "symmetries":
            fields["plain"] = not value
        elif name == "config":
            fields["config_path"] = str(value)
        else:
            fields[name] = value
    return fields


def pair(name: str, value: Any) -> tuple[int, int]:
    """Two numbers, such as (2, 3) or "2x3"."""
    parts = value.replace("-", "x").split("x") if isinstance(value, str) else value
    try:
        first, second = (int(part) for part in parts)
    except (TypeError, ValueError):
        raise ArgumentError(
            f"{name}: expected two numbers, such as (2, 3) or '2x3', found {value!r}"
        ) from None
    return first, second


def _range(name: str, value: Any) -> tuple[int, int]:
    """Two numbers, such as (24, 45) or "24-45", or one for both."""
    parts = value.replace("x", "-").split("-") if isinstance(value, str) else value
    try:
        numbers = [int(part) for part in ([parts] if isinstance(parts, int) else parts)]
        first, second = numbers * 2 if len(numbers) == 1 else numbers
    except (TypeError, ValueError):
        raise ArgumentError(
            f"{name}: expected a number or two, such as 30, (24, 45) or '24-45', found {value!r}"
        ) from None
    return first, second
