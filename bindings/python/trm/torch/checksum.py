"""CRC-32C as doc/format.md defines it, for megabytes, with NumPy alone.

The checksum is linear: a long message is cut into lanes that are summed side by side, and each lane's sum is moved
over the bytes that follow it by a table of what so many zero bytes do to each bit.
"""

from __future__ import annotations

import numpy as np

POLYNOMIAL = 0x82F63B78  # reflected
LANE_BYTES = 4096


def _byte_table() -> np.ndarray:
    table = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        table = (table >> 1) ^ np.where(table & 1, np.uint32(POLYNOMIAL), np.uint32(0))
    return table


TABLE = _byte_table()


def _sum_lanes(lanes: np.ndarray, start: np.ndarray) -> np.ndarray:
    """The sums of lanes x bytes, each begun with its start."""
    sums = start
    for column in np.ascontiguousarray(lanes.T):
        sums = TABLE[(sums ^ column) & 0xFF] ^ (sums >> 8)
    return sums


def _join(sums: np.ndarray) -> int:
    """The sum of the whole message out of those of its lanes."""
    bits = np.uint32(1) << np.arange(32, dtype=np.uint32)
    moved = [int(bit) for bit in _sum_lanes(np.zeros((32, LANE_BYTES), np.uint8), bits)]
    whole = 0
    for lane in sums.tolist():
        shifted = 0
        for bit in range(32):
            shifted ^= moved[bit] if whole >> bit & 1 else 0
        whole = shifted ^ lane
    return whole


def crc32c(data: bytes | memoryview) -> int:
    """CRC-32C of the bytes."""
    message = np.frombuffer(data, dtype=np.uint8)
    head = len(message) % LANE_BYTES
    start = _sum_lanes(message[:head].reshape(1, -1), np.array([0xFFFFFFFF], np.uint32))
    lanes = message[head:].reshape(-1, LANE_BYTES)
    sums = _sum_lanes(lanes, np.zeros(len(lanes), np.uint32))
    return _join(np.concatenate((start, sums))) ^ 0xFFFFFFFF
