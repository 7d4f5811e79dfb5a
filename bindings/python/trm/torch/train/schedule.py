"""How learning rates and depth change over a run, as in `trm train`."""

from __future__ import annotations

import math

from ..configuration import Configuration
from .settings import Settings

PHASES = ((0.3, 1, 2), (0.6, 2, 4))  # until this share of the run, T and n: arXiv 2511.08653


def rate(settings: Settings, step: int) -> float:
    """The share of the learning rates that a step gets; steps count from 0."""
    if step < settings.warm_up:
        return (step + 1) / settings.warm_up
    if not settings.cosine:
        return 1.0
    whole = settings.steps - settings.warm_up
    return 0.5 * (1 + math.cos(math.pi * (step - settings.warm_up) / whole))


def depth(settings: Settings, configuration: Configuration, step: int) -> tuple[int, int]:
    """Cycles and updates of a step."""
    for until, cycles, updates in PHASES if settings.curriculum else ():
        if step < until * settings.steps:
            return min(cycles, configuration.cycles), min(updates, configuration.updates)
    return configuration.cycles, configuration.updates
