"""Weights in four bits: blocks of 32 in 18 bytes, as the multilingual model's file has them. Pure.

A block is a float16 scale and 16 bytes; the low half of byte j is weight j, its high half weight
j + 16. A weight is (half - 8) x scale.
"""

import numpy as np
from numpy.typing import NDArray

BLOCK = 32
BLOCK_BYTES = 18
WIDE_BLOCK = 64


def unpacked(blocks: NDArray[np.uint8]) -> NDArray[np.float32]:
    """[..., 18] bytes as [..., 32] numbers."""
    scales, halves = _scales(blocks), blocks[..., 2:]
    numbers = np.empty((*blocks.shape[:-1], BLOCK), np.float32)
    numbers[..., :16] = halves & 15
    numbers[..., 16:] = halves >> 4
    numbers -= 8
    numbers *= scales
    return numbers


def in_eight_bits(blocks: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """[rows, n, 18] bytes as [rows, n / 2, 64] whole numbers, of which 128 is zero.

    And their scales, [rows, n / 2]. Twice the bytes, for a fifth to a quarter less of
    the time: there are no halves to take apart. (With blocks of 128 a vector would depend a little
    on the texts beside it.)
    """
    rows, count, _ = blocks.shape
    numbers = unpacked(blocks).reshape(rows, count * BLOCK // WIDE_BLOCK, WIDE_BLOCK)
    scales = np.maximum(numbers.max(axis=-1), -numbers.min(axis=-1)) / 127
    # Of a block that is zero throughout, anything.
    scales[scales == 0] = 1
    numbers /= scales[..., np.newaxis]
    numbers += 128.5  # then cutting off is rounding
    return numbers.astype(np.uint8), scales


def _scales(blocks: NDArray[np.uint8]) -> NDArray[np.float32]:
    return np.ascontiguousarray(blocks[..., :2]).view("<f2").astype(np.float32)
