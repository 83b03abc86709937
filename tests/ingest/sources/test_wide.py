"""UTF-16 and UTF-32 that does not say so."""

import os

import pytest

from ingest.sources.decode import decode
from ingest.sources.wide import wide
from tests.support.languages import TEXTS

ENCODINGS = ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"]


@pytest.mark.parametrize("language", TEXTS)
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_it_is_seen_in_any_language(language: str, encoding: str) -> None:
    for text in ("\n".join(TEXTS[language]), "\n".join(TEXTS[language]) * 300):
        assert wide(text.encode(encoding)) == encoding
        assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_plain_english_is_seen_too(encoding: str) -> None:
    assert decode("# Title\n\nSome words.".encode(encoding)) == "# Title\n\nSome words."


@pytest.mark.parametrize(
    "body",
    [
        b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x03\x00>\x00\x01" + bytes(51),
        bytes(1000),
        b"text with a \0 in it.",
        b"text with\0\0 two in it.",
        b"odd number of bytes\0\0",
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
        b"GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00!\xf9\x04",
        b"PK\x03\x04\x14\x00\x00\x00\x08\x00\x12\x34\x56\x78" + bytes(range(100)),
        os.urandom(10_000) + bytes(2),
    ],
    ids=range(9),
)
def test_other_bytes_with_zeros_are_no_text(body: bytes) -> None:
    assert wide(body) is None
    assert decode(body) is None
