"""The same bits whatever the host made of the processor's arithmetic, and the host's is as it was."""

from __future__ import annotations

import ctypes
import platform
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest

import trm
from conftest import SMALL

X86 = platform.machine() == "x86_64"
ROUNDINGS = (0, 0x400, 0x800, 0xC00)
FLUSH = 0x8040  # subnormal results and operands are zero
MODES = [rounding + flush for flush in (0, FLUSH) for rounding in ROUNDINGS]
MXCSR = 7  # of the words of glibc's fenv_t


def environment() -> ctypes.Array:
    words = (ctypes.c_uint32 * 8)()
    assert ctypes.CDLL("libm.so.6").fegetenv(words) == 0
    return words


@contextmanager
def mode(number: int) -> Iterator[None]:
    """Rounds and flushes like this; it has to be so to the end."""
    before, library = environment(), ctypes.CDLL("libm.so.6")
    changed = environment()
    changed[MXCSR] = (changed[MXCSR] & ~0xE07F) | (number & 0x8000) | (number & 0x40) | (number & 0xC00) << 3
    library.fesetenv(changed)
    try:
        yield
        left = environment()[MXCSR]
    finally:
        library.fesetenv(before)
    assert left & 0xE040 == changed[MXCSR] & 0xE040


def bits(path: str, precision: str, threads: int) -> list[bytes]:
    with trm.Model(path, precision=precision) as model:
        answers = model.solve([SMALL] * 3, halt=None, steps=3, threads=threads)
        *_, last = model.stream([SMALL] * 3, halt=None, steps=3, threads=threads)
    return [
        array.tobytes() for one in (answers, last) for array in (one.probabilities, one.halt_probabilities)
    ]


@pytest.mark.skipif(
    not X86 or platform.libc_ver()[0] != "glibc", reason="knows the words of x86-64's glibc alone"
)
@pytest.mark.parametrize("precision", ("stored", "int8"))
def test_bits_in_every_environment(small_path, precision) -> None:
    expected = bits(small_path, precision, 1)
    for number in MODES:
        for threads in (1, 2):
            with mode(number):
                got = bits(small_path, precision, threads)
            assert got == expected, (hex(number), threads)
    assert np.float32(1) / np.float32(3) == np.float32(0.33333334)
