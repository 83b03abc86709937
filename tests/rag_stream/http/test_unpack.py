"""Unpacking: right, in bounded pieces, and damage is told."""

import gzip
import random
import zlib

import pytest

from rag_stream.http.unpack import PIECE, DamagedError, codings_of, unpacker

TEXT = bytes(random.Random(1).choices(b"abc\n", k=700_000)) + bytes(3_000_000)


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize("step", [1_000, 65_536, 10**9])
@pytest.mark.parametrize(
    ("coding", "packed"),
    [
        ("", TEXT),
        ("identity", TEXT),
        ("gzip", gzip.compress(TEXT, mtime=0)),
        ("x-gzip", gzip.compress(TEXT, mtime=0)),
        ("deflate", zlib.compress(TEXT)),
        ("deflate", raw_deflate(TEXT)),
    ],
)
def test_what_was_packed_comes_out(coding: str, packed: bytes, step: int) -> None:
    unpacking = unpacker(coding)
    assert unpacking is not None
    pieces = [
        piece
        for start in range(0, len(packed), step)
        for piece in unpacking.feed(packed[start : start + step])
    ]
    assert b"".join(pieces) == TEXT
    assert unpacking.done == (coding not in ("", "identity"))
    if coding not in ("", "identity"):
        assert max(map(len, pieces)) <= PIECE


def test_one_piece_of_a_bomb_is_all_that_is_unpacked() -> None:
    unpacking = unpacker("gzip")
    assert unpacking is not None
    bomb = gzip.compress(bytes(500_000_000), 1)
    assert len(next(iter(unpacking.feed(bomb)))) == PIECE


@pytest.mark.parametrize("coding", ["zstd", "br", "compress", "gzip, gzip", "x"])
def test_other_codings_are_unknown(coding: str) -> None:
    assert unpacker(coding) is None


@pytest.mark.parametrize(
    ("header", "codings"),
    [
        ("", []),
        (" , ", []),
        ("identity, utf-8", []),
        ("aws-chunked, GZip", ["gzip"]),
        ("deflate,br ,x-compress", ["deflate", "br", "x-compress"]),
    ],
)
def test_only_what_packs_counts(header: str, codings: list[str]) -> None:
    assert codings_of(header) == codings


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_damage(coding: str) -> None:
    unpacking = unpacker(coding)
    assert unpacking is not None
    with pytest.raises(DamagedError):
        list(unpacking.feed(b"this was never packed"))
