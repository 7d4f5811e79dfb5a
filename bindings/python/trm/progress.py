"""One line on a terminal that tells how far a run is."""

from __future__ import annotations

import sys
import time


class Progress:
    """Writes over itself; silent where nobody watches, in the first second, and more often than ten times a
    second."""

    def __init__(self, wanted: bool = True) -> None:
        self._visible = wanted and sys.stderr is not None and sys.stderr.isatty()
        self._begin = time.monotonic()
        self._shown = 0.0

    def show(self, done: int, total: int, what: str) -> None:
        """`done` of `total`, of which `what` tells more."""
        now = time.monotonic()
        if not self._visible or now - self._begin < 1 or now - self._shown < 0.1:
            return
        self._shown = now
        left = int((now - self._begin) * (total - done) / max(1, done))
        share = f"{100 * done // max(1, total)} %, {left // 60}:{left % 60:02d} left"
        print(f"\r\033[K{what}, {share}", end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        """Takes the line away."""
        if self._shown > 0:
            print("\r\033[K", end="", file=sys.stderr, flush=True)
            self._shown = 0.0
