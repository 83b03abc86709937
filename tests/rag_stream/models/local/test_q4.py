"""Weights in four bits, against the format's own words."""

import numpy as np

from rag_stream.models.local.q4 import in_eight_bits, unpacked

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


def test_eight_bits_say_the_same() -> None:
    rng = np.random.default_rng(5)
    blocks = rng.integers(0, 256, (6, 12, 18), dtype=np.uint8)
    scales = rng.uniform(-0.3, 0.3, (6, 12, 1)).astype(np.float16)
    blocks[..., :2] = scales.view(np.uint8).reshape(6, 12, 2)
    blocks[0, :4, :2] = 0  # a block that is zero throughout
    numbers, wide = in_eight_bits(blocks)
    assert (numbers.shape, numbers.dtype) == ((6, 6, 64), np.uint8)
    again = (numbers.astype(np.float32) - 128) * wide[..., np.newaxis]
    exact = unpacked(blocks).reshape(6, 6, 64)
    # Half a step at most.
    assert (np.abs(again - exact) <= wide[..., np.newaxis] * 0.501).all()
    assert (again[0, 0] == 0).all()
