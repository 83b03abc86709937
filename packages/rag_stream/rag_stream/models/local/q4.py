"""Weights in four bits: blocks of 32 in 18 bytes, as the multilingual model's file has them. Pure.

A block is a float16 scale and 16 bytes; the low half of byte j is weight j, its high half weight
j + 16. A weight is (half - 8) x scale.
"""

import numpy as np
from numpy.typing import NDArray

BLOCK = 32
BLOCK_BYTES = 18


def unpacked(blocks: NDArray[np.uint8]) -> NDArray[np.float32]:
    """[..., 18] bytes as [..., 32] numbers."""
    scales, halves = _scales(blocks), blocks[..., 2:]
    numbers = np.empty((*blocks.shape[:-1], BLOCK), np.float32)
    numbers[..., :16] = halves & 15
    numbers[..., 16:] = halves >> 4
    numbers -= 8
    numbers *= scales
    return numbers


def repaired(blocks: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """[..., 18] bytes as onnxruntime wants them: [..., 16] with weights 2j and 2j + 1 in byte j.

    And the scales, [...].
    """
    halves = blocks[..., 2:]
    even, odd = halves[..., ::2], halves[..., 1::2]
    pairs = np.concatenate([(even & 15) | (odd << 4), (even >> 4) | (odd & 0xF0)], axis=-1)
    return pairs, _scales(blocks)[..., 0]


def _scales(blocks: NDArray[np.uint8]) -> NDArray[np.float32]:
    return np.ascontiguousarray(blocks[..., :2]).view("<f2").astype(np.float32)
