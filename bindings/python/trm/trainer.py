"""A training run, step by step."""

from __future__ import annotations

import os
import tempfile
import threading
from dataclasses import dataclass, fields
from types import TracebackType
from typing import TYPE_CHECKING, Any, Callable

from ._library import ffi, lib
from .errors import ArgumentError
from .keywords import TrainerOptions, check, expanded, names_of
from .model import Model
from .native import Path, call, fill, new, owned, path_bytes, text_bytes
from .pool import Pool, pool_of
from .puzzles import Puzzles

if TYPE_CHECKING:
    from typing_extensions import Unpack


@dataclass(frozen=True)
class Report:
    """What a step did: the fields of `trm_train_report`."""

    step: int
    """optimiser steps so far, this one too"""
    steps: int
    """of the whole run"""
    cycles: int
    updates: int
    loss: float
    answer_loss: float
    halt_loss: float
    cell_accuracy: float
    """of the answers of all puzzles of the batch"""
    gradient_norm: float
    rate_share: float
    """of this step, as a share of the options' rates"""
    halted: int
    """puzzles that were replaced"""
    exact: int
    """of those: all cells right"""
    halted_steps: int
    """of those: supervision steps, summed up"""


class Trainer:
    """Trains the model of a file on puzzles: `Trainer("start.trm", puzzles, steps=500)`; `trm.train` is a
    loop around it.

    The keywords are the training options of `trm train` and `trm_train_options` (see
    trm.keywords.TrainerOptions). The weights depend on them, the model and the puzzles alone, not on
    `threads` (0: all that the process may use).

    Threads take turns with a trainer. After close() nothing can be asked of it.
    """

    def __init__(
        self, model: Path, puzzles: Puzzles, *, threads: int = 0, **options: Unpack[TrainerOptions]
    ) -> None:
        check("Trainer", options, names_of(TrainerOptions))
        wanted = new("trm_train_options")
        fill(wanted, expanded(options))
        self._begin(lib.trm_trainer_create, model, puzzles, threads, wanted)

    @classmethod
    def resume(cls, checkpoint: Path, puzzles: Puzzles, *, threads: int = 0) -> Trainer:
        """Goes on with a run from its checkpoint, bit for bit as if it had not been interrupted."""
        trainer = cls.__new__(cls)
        trainer._begin(lib.trm_trainer_resume, checkpoint, puzzles, threads, new("trm_train_options"))
        return trainer

    def _begin(
        self, function: Callable[..., int], path: Path, puzzles: Puzzles, threads: int, options: Any
    ) -> None:
        pool = pool_of(threads)
        if pool is not None:
            options.executor = pool.executor()
        place, lent = ffi.new("trm_trainer **"), puzzles.lend()
        call(function, path_bytes(path), lent, options, place)
        self._pool: Pool | None = pool
        self._pointer: Any = owned(place[0], lib.trm_trainer_free, lent, pool)
        self._lock = threading.Lock()
        self.puzzles = puzzles

    @property
    def steps(self) -> int:
        """Optimiser steps so far."""
        with self._lock:
            return int(lib.trm_trainer_steps(self._opened()))

    def step(self) -> Report:
        """One optimiser step."""
        report = new("trm_train_report")
        if self._pool is not None:
            self._pool.check_process()
        with self._lock:
            call(lib.trm_trainer_step, self._opened(), report)
        return Report(*(getattr(report, field.name) for field in fields(Report)))

    def model(self) -> Model:
        """The averaged weights as they are now, as a model of its own."""
        with tempfile.TemporaryDirectory(prefix="trm-") as folder:
            path = os.path.join(folder, "model.trm")
            self.write(path)
            return Model(path, mapped=False)

    def describe(self, key: str, text: str) -> None:
        """Adds text to the metadata of the files that are written, such as `provenance.command`."""
        with self._lock:
            call(lib.trm_trainer_describe, self._opened(), text_bytes("key", key), text_bytes("text", text))

    def write(self, path: Path, *, deflate: bool = False) -> None:
        """Writes the averaged weights as a model."""
        with self._lock:
            call(lib.trm_trainer_write, self._opened(), path_bytes(path), deflate)

    def save(self, path: Path) -> None:
        """Writes a checkpoint for resume(), which is a model, too."""
        with self._lock:
            call(lib.trm_trainer_save, self._opened(), path_bytes(path))

    def close(self) -> None:
        """Ends the run; may be called again."""
        self._pointer = None

    def __enter__(self) -> Trainer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _opened(self) -> Any:
        pointer = self._pointer
        if pointer is None:
            raise ArgumentError("expected a trainer in use, found one that was closed")
        return pointer

    def __repr__(self) -> str:
        return (
            "<trm.Trainer: closed>" if self._pointer is None else f"<trm.Trainer: {self.steps} steps so far>"
        )
