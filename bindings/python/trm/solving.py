"""The structs of solving: its options out of keywords, its answers into arrays."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

from ._library import ffi
from .answers import Answers
from .errors import ArgumentError
from .native import new, set_number, value_of
from .pool import Pool

HALTS = {None: 0, "signal": 1, "stable": 2, "either": 3}
PUZZLES_A_THREAD = 8


def solve_options(
    steps: int | None, halt: str | None, stable_steps: int, halt_probability: float | None, pool: Pool | None
) -> Any:
    """All but batch, budget, start and room. The executor is the pool's, which must outlive them."""
    if halt not in HALTS:
        raise ArgumentError(f"halt: expected signal, stable, either or None, found {halt!r}")
    options = new("trm_solve_options")
    options.halt = HALTS[halt]
    set_number(options, "stable_steps", stable_steps)
    if steps is not None:
        if steps == 0:
            raise ArgumentError("steps: expected 1 to 65536, found 0")
        set_number(options, "maximum_steps", steps, "steps")
    if halt_probability is not None:
        set_number(options, "halt_probability", halt_probability)
    if pool is not None:
        options.executor = pool.executor()
    return options


def numbers_of_views(views: Sequence[int] | None) -> Any:
    try:
        return ffi.new("uint32_t[]", list(views or ()))
    except (OverflowError, TypeError) as reason:
        raise ArgumentError(f"views: expected numbers of views, found {views!r}") from reason


def set_runs(
    options: Any, runs: int, policy: str, views: Any, search: bool, require_verified: bool, step_budget: int
) -> None:
    """The views must live as long as the options."""
    set_number(options, "runs", runs)
    options.policy = value_of("trm_policy", policy)
    options.search = bool(search)
    options.require_verified = bool(require_verified)
    set_number(options, "step_budget", step_budget)
    if len(views) > 0:
        options.views = views
        options.view_count = len(views)


def batch_size(batch: int | None, count: int, pool: Pool | None) -> int:
    if batch is not None:
        return between("batch", batch, 1, 65536)
    return min(count, PUZZLES_A_THREAD * (pool.width() if pool is not None else 1))


def between(name: str, value: Any, least: int, most: int, bounds: str | None = None) -> int:
    """Any kind of whole number, NumPy's too."""
    try:
        number = operator.index(value)
    except TypeError:
        number = least - 1
    if not least <= number <= most:
        raise ArgumentError(f"{name}: expected {least}{bounds or f' to {most}'}, found {value!r}")
    return number


def nanoseconds(seconds: float | None) -> int:
    """0 for no limit, at least 1 for any other."""
    if seconds is None:
        return 0
    if not 0 <= seconds < 1e9:
        raise ArgumentError(f"seconds: expected 0 to a billion, found {seconds!r}")
    return max(1, int(seconds * 1e9))


def answers_struct(to: Answers) -> Any:
    """The struct that lets the library write into the arrays, which must live as long."""
    answers = new("trm_answers")
    answers.tokens = ffi.from_buffer("int32_t[]", to.tokens)
    answers.probabilities = ffi.from_buffer("float[]", to.probabilities)
    answers.cell_confidences = ffi.from_buffer("float[]", to.cell_confidences)
    answers.halt_probabilities = ffi.from_buffer("float[]", to.halt_probabilities)
    answers.steps = ffi.from_buffer("uint32_t[]", to.steps)
    answers.stops = ffi.from_buffer("uint32_t[]", to.stops)
    answers.verdicts = ffi.from_buffer("uint32_t[]", to.verdicts)
    answers.hows = ffi.from_buffer("uint32_t[]", to.hows)
    answers.runs = ffi.from_buffer("uint32_t[]", to.runs)
    answers.pins = ffi.from_buffer("uint32_t[]", to.pins)
    answers.total_steps = ffi.from_buffer("uint64_t[]", to.total_steps)
    answers.changed = ffi.from_buffer("uint8_t[]", to.changed)
    return answers
