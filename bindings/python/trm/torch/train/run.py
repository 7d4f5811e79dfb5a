"""A run from its settings to its model: begins or resumes, stops at its end, by the clock or by a signal, and
is kept."""

from __future__ import annotations

import math
import os
import signal
import sys
import time
from typing import Any

import torch

from ..relational import RelationalModel
from ..relational_config import save_checkpoint
from ..trm_model import to_trm
from . import checkpoint, schedule
from .beginning import begin
from .log import Log, share
from .processes import Team, pick_device
from .settings import Settings, SettingsError
from .validation import Score


class Run:
    """One process's part of a run."""

    def __init__(self, settings: Settings) -> None:
        self.begin = self.saved = self.window = time.monotonic()
        self.settings, self.stopping = settings, ""
        self.score: Score | None = None
        self.device = pick_device(settings.device)
        self.team = Team(self.device)
        self.beginning = begin(settings, self.device, self.team)
        self.trainer, self.data = self.beginning.trainer, self.beginning.data
        self.resumed = self._may_resume()
        if self.resumed:
            checkpoint.resume(self.trainer, settings.checkpoint, self.data)
        self.windowed = self.validated = self.trainer.step
        self.log = Log(settings.log, self.resumed) if self.team.leads else None

    def _may_resume(self) -> bool:
        s = self.settings
        there = os.path.exists(s.checkpoint)
        if s.restart or (there and s.resume):
            return there and not s.restart
        if there:
            raise SettingsError(
                f"{s.checkpoint} exists: --resume goes on with that run, --restart begins anew"
            )
        if os.path.exists(s.output):
            raise SettingsError(f"{s.output} exists, and no checkpoint of its run: --restart replaces it")
        return False

    def _say(self, text: str) -> None:
        if self.team.leads and not self.settings.quiet:
            print(text, file=sys.stderr, flush=True)

    def _write(self, event: str, **fields: Any) -> None:
        if self.log is not None:
            self.log.write(event, self.trainer.step, **fields)

    def ask_to_stop(self, number: int, _frame: object) -> None:
        """What a signal does; the step that is under way is finished."""
        self.stopping = f"stopped by {signal.Signals(number).name}"

    def _is_over(self) -> str:
        """Why the run ends here, or nothing."""
        if self.trainer.step >= self.settings.steps:
            return "done"
        if self.settings.minutes and time.monotonic() - self.begin > 60 * self.settings.minutes:
            self.stopping = self.stopping or f"stopped after {self.settings.minutes:g} minutes"
        return self.stopping

    def _close_window(self) -> None:
        """Logs the steps since the last line."""
        s, steps = self.settings, self.trainer.step - self.windowed
        sums = self.trainer.take_tallies()
        now = time.monotonic()
        puzzles, answer, halt = sums["puzzles"], sums["answer_loss"], sums["halt_loss"]
        if not math.isfinite(sums["gradient_norm"]):
            raise FloatingPointError(
                f"step {self.trainer.step}: the gradient's norm is not a finite number: "
                "the learning rates are too high"
            )
        cycles, updates = schedule.depth(s, self.trainer.model.configuration, self.trainer.step - 1)
        fields: dict[str, Any] = {
            "steps": s.steps,
            "loss": (answer + s.halt_weight * halt) / puzzles,
            "answer_loss": answer / puzzles,
            "halt_loss": halt / puzzles,
            "cell": sums["right"] / sums["counted"],
            "gradient_norm": sums["gradient_norm"] / steps,
            "rate_share": schedule.rate(s, self.trainer.step - 1),
            "cycles": cycles,
            "updates": updates,
            "halted": int(sums["halted"]),
            "exact": share(sums["exact"], sums["halted"]),
            "mean_steps": share(sums["halted_steps"], sums["halted"]),
            "puzzles_per_second": puzzles / max(now - self.window, 1e-9),
        }
        self._write("step", **fields)
        self._say(
            f"step {self.trainer.step} of {s.steps}: loss {fields['loss']:.4f}, "
            f"cells {100 * fields['cell']:.2f} %, {fields['puzzles_per_second']:.0f} puzzles a second"
        )
        self.window, self.windowed = now, self.trainer.step

    def _validate(self) -> None:
        if self.beginning.puzzles == 0:
            return
        with self.trainer.averaged() as model:
            self.score = self.beginning.measure(model)
        _, exact, cell, steps, seconds = self.score
        self._write(
            "validation",
            puzzles=self.beginning.puzzles,
            exact=exact,
            cell=cell,
            mean_steps=steps,
            duration=seconds,
        )
        self._say(
            f"step {self.trainer.step}: {100 * exact:.1f} % of {self.beginning.puzzles} validation puzzles exact"
        )
        self.window, self.validated = time.monotonic(), self.trainer.step

    def _save(self) -> None:
        checkpoint.save(self.trainer, self.settings.checkpoint, self.data)
        self.saved = time.monotonic()

    def _save_is_due(self) -> bool:
        return 0 < 60 * self.settings.save_every < time.monotonic() - self.saved

    def _validation_is_due(self) -> bool:
        every = self.settings.validate_every or max(1, self.settings.steps // 10)
        return (
            self.validated // every < self.trainer.step // every and self.trainer.step < self.settings.steps
        )

    def _step(self) -> bool:
        """One step, and what is due after it. False when the run is over: processes agree on that at the end
        of a window."""
        s, trainer = self.settings, self.trainer
        trainer.advance()
        at_window = trainer.step % s.log_every == 0 or trainer.step == s.steps
        if not at_window and (self.team.count > 1 or not self._is_over()):
            return True
        self._close_window()
        if self._validation_is_due():
            self._validate()
        over, save = self.team.agree((bool(self._is_over()), self._save_is_due()), self.device)
        if save and not over:
            self._save()
        return not over

    def _publish(self) -> None:
        """Writes the averaged weights as a model."""
        s, model = self.settings, self.trainer.model
        model.metadata["provenance.configuration"] = s.text()
        model.metadata["provenance.data"] = self.beginning.summary
        if self.score is not None:
            exact = round(self.score.exact * self.score.puzzles)
            model.metadata["provenance.result"] = (
                f"step {self.trainer.step} of {s.steps}: "
                f"{exact} of {self.score.puzzles} validation puzzles exact"
            )
        with self.trainer.averaged():
            if isinstance(model, RelationalModel) and s.output.endswith(".safetensors"):
                save_checkpoint(model, s.output)
            else:
                to_trm(model, s.output, deflate=s.deflate)

    def _finish(self) -> None:
        self._save()
        self._validate()
        if self.team.leads:
            self._publish()
        reason = self._is_over() or "stopped by another process"
        self._write("end", reason=reason)
        self._say(f"{reason}; the model is in {self.settings.output}, the run in {self.settings.checkpoint}")

    def __call__(self) -> None:
        """Trains until the run is over; whatever ends it, what was saved stays."""
        s = self.settings
        self._write(
            "begin",
            time=int(time.time()),
            steps=s.steps,
            batch=s.batch,
            output=s.output,
            resumed="yes" if self.resumed else "no",
            version=f"torch {torch.__version__}",
            data=self.beginning.summary,
            configuration=s.text(),
            device=str(self.device),
            processes=self.team.count,
        )
        going = self.trainer.step < s.steps
        while going:
            going = self._step()
        self._finish()
        self.team.end()
