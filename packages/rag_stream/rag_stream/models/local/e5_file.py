"""The multilingual model's one file: vocabulary, normalisation and tensors. Reads, runs nothing.

Little-endian throughout. A header of numbers; the vocabulary as offsets, scores and one text;
what becomes of which character; a directory of tensors, and these, in float32 or four bits.
"""

import mmap
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag_stream.models.local.q4 import BLOCK, BLOCK_BYTES

MAGIC = b"E5S1"
HIDDEN, LAYERS, HEADS, WIDE = 384, 12, 12, 1536
WORDS, POSITIONS, SEGMENTS = 250_037, 512, 2
BEGIN, PAD, END, UNKNOWN = 0, 1, 2, 3
_PIECES = 250_002
# Version, then sizes; only files of this one model are read.
_HEADER = (1, HIDDEN, LAYERS, HEADS, WIDE, WORDS, POSITIONS, SEGMENTS)
_TOKENS = (_PIECES, BEGIN, END, PAD, UNKNOWN)
_FLOAT, _FOUR_BITS = 0, 1


class E5File:
    """The file, mapped into memory; what is taken from it may be views into it."""

    def __init__(self, path: Path) -> None:
        """Raises OSError, and ValueError for what is no such file or damaged."""
        with path.open("rb") as file:
            self._data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        reader = _Reader(self._data)
        if (magic := reader.bytes(4)) != MAGIC:
            raise ValueError(f"expected a file that begins with {MAGIC!r}, got {magic!r}")
        _expect("sizes", _HEADER, reader.numbers("<I7i"))
        reader.numbers("<fi")  # the normalisation's epsilon, and how many weights a block has
        _expect("tokens", _TOKENS, reader.numbers("<5i"))
        (size,) = reader.numbers("<Q")
        offsets = reader.array("<u4", _PIECES + 1)
        self.scores: NDArray[np.float32] = reader.array("<f4", _PIECES)
        self._pieces = reader.bytes(size)
        self._offsets = offsets.tolist()
        if self._offsets[0] != 0 or self._offsets[-1] != size or (offsets[:-1] > offsets[1:]).any():
            raise ValueError("expected the vocabulary's offsets in order")
        count, size = reader.numbers("<iI")
        self.normalisation = dict(_replacements(_Reader(reader.bytes(size)), count))
        (count,) = reader.numbers("<i")
        self._tensors = dict(_entries(reader, count))
        self.words = self.blocks("emb.word", WORDS, HIDDEN)

    def pieces(self) -> list[bytes]:
        """The vocabulary in UTF-8; a piece's place is its number."""
        begin, end = self._offsets[:-1], self._offsets[1:]
        return list(map(self._pieces.__getitem__, map(slice, begin, end)))

    def floats(self, name: str, *shape: int) -> NDArray[np.float32]:
        """A tensor of float32."""
        return self._tensor(name, _FLOAT, shape).view("<f4").reshape(shape)

    def blocks(self, name: str, rows: int, columns: int) -> NDArray[np.uint8]:
        """A tensor in four bits: [rows, columns / 32, 18] bytes."""
        data = self._tensor(name, _FOUR_BITS, (rows, columns))
        return data.reshape(rows, columns // BLOCK, BLOCK_BYTES)

    def _tensor(self, name: str, kind: int, shape: tuple[int, ...]) -> NDArray[np.uint8]:
        count = int(np.prod(shape))
        size = count * 4 if kind == _FLOAT else count // BLOCK * BLOCK_BYTES
        begin, *found = self._tensors.get(name, (0,))
        _expect(f"tensor {name!r}", (kind, count, size), tuple(found))
        if not 0 <= begin <= len(self._data) - size:
            raise ValueError(
                f"tensor {name!r}: expected {size} bytes at {begin}, the file is short"
            )
        return np.frombuffer(self._data, np.uint8, size, begin)


class _Reader:
    """Goes through bytes, and never beyond their end."""

    def __init__(self, data: mmap.mmap | bytes) -> None:
        self._data, self._at = data, 0

    def bytes(self, size: int) -> bytes:
        if not 0 <= size <= len(self._data) - self._at:
            raise ValueError(f"expected {size} bytes at {self._at}, the file is short")
        self._at += size
        return self._data[self._at - size : self._at]

    def numbers(self, kinds: str) -> tuple[Any, ...]:
        return struct.unpack(kinds, self.bytes(struct.calcsize(kinds)))

    def array(self, kind: str, count: int) -> NDArray[Any]:
        return np.frombuffer(self.bytes(count * np.dtype(kind).itemsize), kind)


def _replacements(reader: _Reader, count: int) -> Iterator[tuple[int, str]]:
    for _ in range(count):
        code, length = reader.numbers("<IB")
        yield code, reader.bytes(4 * length).decode("utf-32-le")


def _entries(reader: _Reader, count: int) -> Iterator[tuple[str, tuple[int, int, int, int]]]:
    """Of the directory: where a tensor begins, its kind, its numbers and its bytes."""
    for _ in range(count):
        (length,) = reader.numbers("<H")
        name = reader.bytes(length).decode()
        kind, numbers, begin, size = reader.numbers("<BIQQ")
        yield name, (begin, kind, numbers, size)


def _expect(what: str, expected: tuple[Any, ...], got: tuple[Any, ...]) -> None:
    if got != expected:
        raise ValueError(f"{what}: expected {expected!r}, got {got!r}")
