"""Functions of the caller that the library asks while it solves: rules of one's own, and somebody who looks on.

What such a function raises ends the solve and reaches whoever called it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Optional

import numpy as np

from ._library import ffi, lib
from .board import Probabilities, Tokens
from .native import words_of

_OK = int(lib.TRM_OK)
_HOWS, _STOPS, _VERDICTS = words_of("trm_how"), words_of("trm_stop"), words_of("trm_verdict")


@dataclass(frozen=True, eq=False)
class RunStep:
    """A step of a run, as a watcher sees it."""

    question: int
    """The number of the puzzle."""
    run: int
    """The number of the run, of those of its puzzle."""
    how: str
    """What it is: `run`, `view`, `restart` or `search`."""
    step: int
    """Steps that the run has made."""
    stop: str
    """Why it ends here, or `running`."""
    verdict: str
    """What the rules say: `verified`, `refuted` or `unverified`."""
    view: int
    """The symmetry under which it sees the puzzle, as in `views`; 0: as it is."""
    pins: int
    """Guesses that it was given as givens."""
    changed: int
    """Positions whose token is another than a step before."""
    halt_probability: float
    """The model's trust in the answer."""
    tokens: Tokens
    """The answer as it stands."""
    probabilities: Probabilities
    """How likely each of its tokens is."""
    asked: Tokens
    """The question with the guesses."""


# Rules: of a question and its answer, as tokens; True for right, False for wrong, None for no opinion.
Verifier = Callable[[Tokens, Tokens], Optional[bool]]
Watcher = Callable[[RunStep], object]


class Callbacks:
    """The callbacks of one solve. `first` is the number of the first question of the call that is made.

    Python's main thread, which signals come to, lets Python hear them during the solve, so that control-C ends it.
    """

    def __init__(self, options: Any, verifier: Verifier | None, watcher: Watcher | None) -> None:
        self.first = 0
        self._raised: BaseException | None = None
        self._kept: list[Any] = []
        if verifier is not None:
            options.verifier = self._whole("trm_verifier", "verify", self._verify(verifier))
        if watcher is not None:
            options.watcher = self._whole("trm_watcher", "step", self._watch(watcher))
        if threading.current_thread() is threading.main_thread():
            options.watcher = self._listen(options.watcher)

    def raise_what_was_raised(self) -> None:
        """Lets an exception go on that a callback has ended the solve with."""
        if self._raised is not None:
            raised, self._raised = self._raised, None
            raise raised

    def _listen(self, then: Any) -> Any:
        listener = ffi.new("listener *")
        hear = self._callback("trm_status(void *)", lambda _user: _OK)
        lib.listener_begin(listener, then, hear)
        self._kept.append(listener)
        return ffi.addressof(listener, "watcher")

    def _whole(self, struct: str, field: str, function: Callable[..., int]) -> Any:
        made = ffi.new(f"{struct} *")
        made.size = ffi.sizeof(struct)
        setattr(made, field, self._callback(ffi.typeof(getattr(made, field)), function))
        self._kept.append(made)
        return made

    def _callback(self, kind: Any, function: Callable[..., int]) -> Any:
        """For C; whatever it raises, also before its first line, ends the solve."""
        callback = ffi.callback(kind, function, error=int(lib.TRM_ERROR_ARGUMENT), onerror=self._keep)
        self._kept.append(callback)
        return callback

    def _keep(self, _kind: Any, raised: BaseException, _trace: Any) -> None:
        """What is raised goes on behind the library."""
        self._raised = raised

    def _verify(self, verifier: Verifier) -> Callable[..., int]:
        def verify(_user: Any, question: Any, _index: int, answer: Any, verdict: Any, _error: Any) -> int:
            positions = question.shapes.positions
            says = verifier(_tokens(question.tokens, positions), _tokens(answer, positions))
            if says is not None and not isinstance(says, (bool, np.bool_)):
                raise TypeError(f"verifier: expected True, False or None, found {says!r}")
            if says is not None:
                verdict[0] = lib.TRM_VERDICT_VERIFIED if says else lib.TRM_VERDICT_REFUTED
            return _OK

        return verify

    def _watch(self, watcher: Watcher) -> Callable[..., int]:
        def step(_user: Any, seen: Any, _error: Any) -> int:
            positions = seen.positions
            numbers = np.frombuffer(ffi.buffer(seen.probabilities, 4 * positions), np.float32).copy()
            watcher(
                RunStep(
                    self.first + int(seen.question),
                    int(seen.run),
                    _HOWS[int(seen.how)],
                    int(seen.step),
                    _STOPS[int(seen.stop)],
                    _VERDICTS[int(seen.verdict)],
                    int(seen.view),
                    int(seen.pins),
                    int(seen.changed),
                    float(seen.halt_probability),
                    _tokens(seen.tokens, positions),
                    numbers,
                    _tokens(seen.asked, positions),
                )
            )
            return _OK

        return step


def _tokens(pointer: Any, positions: int) -> Tokens:
    """A copy of the library's."""
    return np.frombuffer(ffi.buffer(pointer, 4 * positions), np.int32).copy()
