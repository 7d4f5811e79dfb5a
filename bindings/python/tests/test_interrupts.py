"""Control-C ends a solve between two steps, whatever the call; what is asked here would take hours."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

import trm
from conftest import LARGE, ROOT, interrupt

FOREVER = dict(halt=None, steps=65536)
CALLS: dict[str, Callable[[trm.Model], object]] = {
    "solve": lambda model: model.solve(LARGE, **FOREVER),
    "solve many": lambda model: model.solve([LARGE] * 4, batch=4, **FOREVER),
    "threads": lambda model: model.solve([LARGE] * 4, threads=2, **FOREVER),
    "a time limit": lambda model: model.solve(LARGE, seconds=3600, **FOREVER),
    "a watcher": lambda model: model.solve(LARGE, watcher=lambda step: None, **FOREVER),
    "stream": lambda model: list(model.stream(LARGE, **FOREVER)),
    "a search": lambda model: model.solve(
        "." * 81, verifier=lambda question, answer: False, search=True, step_budget=10**9
    ),
    "trace": lambda model: trm.trace(model, LARGE, **FOREVER),
}


@pytest.mark.parametrize("name", CALLS)
def test_control_c(name: str) -> None:
    model = trm.Model(ROOT / "models/sudoku.trm")
    timer = threading.Timer(0.3, interrupt)
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        CALLS[name](model)
    timer.join()
    assert model.solve(LARGE).ruling == "verified"


def test_other_threads_hear_nothing() -> None:
    """Signals come to the main thread alone: another one goes on to its end."""
    model, answers = trm.Model(ROOT / "models/sudoku.trm"), []
    worker = threading.Thread(target=lambda: answers.append(model.solve(LARGE, halt=None, steps=64)))
    timer = threading.Timer(0.2, interrupt)
    with pytest.raises(KeyboardInterrupt):
        worker.start()
        timer.start()
        threading.Event().wait(60)
    worker.join()
    assert answers[0].steps == 64
