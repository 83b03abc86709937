"""Weights in four bits, against the format's own words."""

import numpy as np

from rag_stream.models.local.q4 import repaired, unpacked

SCALE = 0.25


def block(halves: list[int]) -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    """Of 32 halves: weight j low and weight j + 16 high in byte j, after the scale."""
    data = [low | high << 4 for low, high in zip(halves[:16], halves[16:], strict=True)]
    return np.frombuffer(np.float16(SCALE).tobytes() + bytes(data), np.uint8)


HALVES = [[(7 * place + 3 * row) % 16 for place in range(32)] for row in range(6)]
BLOCKS = np.stack([block(halves) for halves in HALVES]).reshape(3, 2, 18)


def test_a_weight_is_its_half_less_eight_times_the_scale() -> None:
    expected = [[(half - 8) * SCALE for half in halves] for halves in HALVES]
    numbers = unpacked(BLOCKS)
    assert numbers.dtype == np.float32
    np.testing.assert_array_equal(numbers.reshape(6, 32), np.array(expected, np.float32))


def test_repaired_neighbours_share_a_byte() -> None:
    pairs, scales = repaired(BLOCKS)
    expected = [
        [low | high << 4 for low, high in zip(halves[::2], halves[1::2], strict=True)]
        for halves in HALVES
    ]
    np.testing.assert_array_equal(pairs.reshape(6, 16), expected)
    np.testing.assert_array_equal(scales, np.full((3, 2), SCALE, np.float32))
