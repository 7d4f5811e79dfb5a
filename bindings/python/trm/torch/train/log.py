"""JSON lines as `trm train` writes them, which `trm plot` and `trm.plot.curves` draw."""

from __future__ import annotations

import json
import math
import os
import time
from typing import Any


def _cut_half_line(path: str) -> None:
    """A process that was killed may have left one, which would spoil the next."""
    with open(path, "rb+") as file:
        content = file.read()
        file.truncate(content.rfind(b"\n") + 1)


def share(part: float, whole: float) -> float | None:
    """None when there is no whole."""
    return part / whole if whole > 0 else None


class Log:
    """Events, each flushed as a whole line."""

    def __init__(self, path: str, resumed: bool) -> None:
        if resumed and os.path.exists(path):
            _cut_half_line(path)
        self.file = open(path, "a" if resumed else "w", encoding="utf-8")
        self.begin = time.monotonic()

    def write(self, event: str, step: int, **fields: Any) -> None:
        """One line; what is no finite number becomes null."""
        line: dict[str, Any] = {"event": event, "step": step, "seconds": time.monotonic() - self.begin}
        for key, value in fields.items():
            line[key] = None if isinstance(value, float) and not math.isfinite(value) else value
        self.file.write(json.dumps(line) + "\n")
        self.file.flush()

    def close(self) -> None:
        self.file.close()
