"""Matrices as 8-bit integers with a scale for each row, to the same bits as `trm quantize` makes them."""

from __future__ import annotations

import numpy as np

from .trm_file import Integers, pad

CODE_COLUMNS = 4  # integers are stored in fours
LEAST = np.float32(1e-30)


def quantise(numbers: np.ndarray) -> Integers:
    """The largest number of a row becomes 127, the others the nearest integer, ties to even."""
    most = np.abs(numbers).max(axis=1)
    counts = most > LEAST
    safe = np.where(counts, most, np.float32(1))
    factors = np.where(counts, np.float32(127) / safe, np.float32(0))
    scales = np.where(counts, safe / np.float32(127), np.float32(0))
    codes = np.rint(np.clip(numbers * factors[:, None], -127, 127)).astype(np.int8)
    missing = pad(numbers.shape[1], CODE_COLUMNS) - numbers.shape[1]
    return Integers(np.pad(codes, ((0, 0), (0, missing))), scales)
