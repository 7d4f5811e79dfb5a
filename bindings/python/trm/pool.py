"""The library's worker threads, shared by everything in this process that asks for the same number of
them."""

from __future__ import annotations

import os
import threading
from typing import Any

from ._library import ffi, lib
from .errors import ArgumentError
from .native import call


class Pool:
    """Workers of this process. A child after fork() has none of them, and neither uses nor ends them."""

    def __init__(self, threads: int) -> None:
        place = ffi.new("trm_pool **")
        try:
            call(lib.trm_pool_create, threads, ffi.NULL, place)
        except (OverflowError, TypeError) as reason:
            raise ArgumentError(f"threads: expected 0 to 1024, found {threads!r}") from reason
        self._process = os.getpid()
        self._pointer: Any = place[0]
        self._free = lib.trm_pool_free

    def executor(self) -> Any:
        """To be named in options; lives as long as the pool."""
        self.check_process()
        return lib.trm_pool_executor(self._pointer)

    def width(self) -> int:
        """How many threads there are, the caller's included."""
        return int(lib.trm_pool_executor(self._pointer).width)

    def check_process(self) -> None:
        """Refuses to go on in a child of the process that started the threads."""
        if os.getpid() != self._process:
            raise ArgumentError(
                "expected to go on in the process that began this, found a child after fork()"
            )

    def __del__(self, process_of: Any = os.getpid) -> None:
        if getattr(self, "_process", None) == process_of():
            self._free(self._pointer)


_pools: dict[int, Pool] = {}
_lock = threading.Lock()


def pool_of(threads: int) -> Pool | None:
    """The pool for so many threads (0: as many as the process may use); None for one, which is the caller."""
    if threads == 1:
        return None
    with _lock:
        pool = _pools.get(threads)
        if pool is None:
            pool = _pools[threads] = Pool(threads)
        return pool


def _begin_child() -> None:
    """After fork(): the threads stayed with the parent, and whoever held the lock, too."""
    global _lock
    _lock = threading.Lock()
    _pools.clear()


if hasattr(os, "register_at_fork"):  # Windows has no fork()
    os.register_at_fork(after_in_child=_begin_child)
