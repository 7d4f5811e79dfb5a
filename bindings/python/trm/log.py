"""The log of a training run: JSON lines as `trm train` writes them, for `trm plot` and trm.plot."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Sequence
from typing import Any

from .evaluation import Evaluation
from .native import Path
from .trainer import Report


class TrainLog:
    """Writes the lines of a run, each of them whole. Without a path it writes nothing."""

    def __init__(self, path: Path | None, resumed: bool) -> None:
        self._file = None if path is None else open(path, "a" if resumed else "w", encoding="utf-8")
        self._begin = time.monotonic()

    def begin(self, step: int, steps: int, batch: int, data: str) -> None:
        """The run begins, or goes on after a step."""
        resumed = "yes" if step > 0 else "no"
        self._write(
            "begin", step, time=int(time.time()), steps=steps, batch=batch, resumed=resumed, data=data
        )

    def steps(self, reports: Sequence[Report], batch: int, seconds: float) -> None:
        """What some steps did on average."""
        last, count = reports[-1], len(reports)
        halted = sum(report.halted for report in reports)
        means = {
            name: sum(getattr(report, field) for report in reports) / count
            for name, field in [
                ("loss", "loss"),
                ("answer_loss", "answer_loss"),
                ("halt_loss", "halt_loss"),
                ("cell", "cell_accuracy"),
                ("gradient_norm", "gradient_norm"),
            ]
        }
        self._write(
            "step",
            last.step,
            steps=last.steps,
            **means,
            rate_share=last.rate_share,
            cycles=last.cycles,
            updates=last.updates,
            halted=halted,
            exact=sum(report.exact for report in reports) / halted if halted else None,
            mean_steps=sum(report.halted_steps for report in reports) / halted if halted else None,
            puzzles_per_second=count * batch / max(1e-9, seconds),
        )

    def validation(self, step: int, evaluation: Evaluation) -> None:
        """How often the model is right by now."""
        scores = evaluation.as_dictionary()
        del scores["puzzles_per_second"]
        self._write("validation", step, **scores, duration=evaluation.seconds)

    def end(self, step: int, reason: str) -> None:
        """The run has `finished` or was `stopped`."""
        self._write("end", step, reason=reason)
        if self._file is not None:
            self._file.close()

    def _write(self, event: str, step: int, **values: Any) -> None:
        if self._file is None:
            return
        line = {"event": event, "step": step, "seconds": time.monotonic() - self._begin, **values}
        self._file.write(json.dumps({key: _number(value) for key, value in line.items()}) + "\n")
        self._file.flush()


def _number(value: Any) -> Any:
    """JSON has only finite numbers."""
    return None if isinstance(value, float) and not math.isfinite(value) else value
