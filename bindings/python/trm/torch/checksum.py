"""CRC-32C as doc/format.md defines it, for megabytes, with NumPy alone.

The checksum is linear: a long message is cut into lanes that are summed side by side, then neighbours are joined, until
there is one: the left one's sum is moved over the bytes of the right one, by a table of what so many zero bytes do to each
bit. Zeros in front of a message change nothing when the start value is 0, and the start value 0xffffffff is the same as
four inverted bytes.
"""

from __future__ import annotations

import numpy as np

POLYNOMIAL = 0x82F63B78  # reflected
LANE_BYTES = 64
ONES = 0xFFFFFFFF


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


def _move(sums: np.ndarray, moved: np.ndarray) -> np.ndarray:
    """Sums after so many zero bytes, by what these make of each bit."""
    after = np.zeros_like(sums)
    for bit in range(32):
        after ^= np.where(sums >> np.uint32(bit) & 1, moved[bit], np.uint32(0))
    return after


def _join(sums: np.ndarray) -> int:
    """The sum of the whole message out of those of its lanes."""
    bits = np.uint32(1) << np.arange(32, dtype=np.uint32)
    moved = _sum_lanes(np.zeros((32, LANE_BYTES), np.uint8), bits)
    while len(sums) > 1:
        sums = np.concatenate((np.zeros(len(sums) % 2, np.uint32), sums))
        sums = _move(sums[0::2], moved) ^ sums[1::2]
        moved = _move(moved, moved)
    return int(sums[0])


def crc32c(data: bytes | memoryview) -> int:
    """CRC-32C of the bytes."""
    if len(data) < 4:
        message = np.frombuffer(data, np.uint8).reshape(1, -1)
        return int(_sum_lanes(message, np.array([ONES], np.uint32))[0]) ^ ONES
    missing = -len(data) % LANE_BYTES
    lanes = np.concatenate((np.zeros(missing, np.uint8), np.frombuffer(data, np.uint8)))
    lanes[missing : missing + 4] ^= 0xFF
    lanes = lanes.reshape(-1, LANE_BYTES)
    return _join(_sum_lanes(lanes, np.zeros(len(lanes), np.uint32))) ^ ONES
