"""The multilingual model's file: what is in it, and that damage is told and harms nothing."""

import struct
from pathlib import Path

import pytest

from rag_stream.errors import WeightsError
from rag_stream.models.local.e5 import MultilingualE5
from rag_stream.models.local.e5_file import HIDDEN, WORDS, E5File
from rag_stream.models.local.manifest import E5_FILE
from tests.support.e5 import published

# Where the sizes, the vocabulary's length, the normalisation and the directory stand.
SIZES, PIECES, TEXT_SIZE = 8, 44, 64
DIRECTORY = 4_632_226


@pytest.fixture(scope="module")
def content() -> bytes:
    return published().read_bytes()


def test_it_holds_the_vocabulary_the_normalisation_and_the_tensors() -> None:
    file = E5File(published())
    pieces = file.pieces()
    assert (len(pieces), pieces[:5]) == (250_002, [b"<s>", b"<pad>", b"</s>", b"<unk>", b","])
    assert file.normalisation[ord("\ufb01")] == "fi"
    assert file.words.shape == (WORDS, 12, 18)
    assert file.floats("emb.ln.w", HIDDEN).shape == (HIDDEN,)


@pytest.mark.parametrize(
    ("at", "put", "told"),
    [
        (0, b"GGUF", "expected a file that begins with"),
        (SIZES, struct.pack("<i", 768), "sizes: expected"),
        (PIECES, struct.pack("<i", -1), "tokens: expected"),
        (TEXT_SIZE, struct.pack("<Q", 2**63), "the file is short"),
        (72 + 4, struct.pack("<I", 2**31), "offsets in order"),
    ],
)
def test_damage_is_told(content: bytes, tmp_path: Path, at: int, put: bytes, told: str) -> None:
    path = tmp_path / E5_FILE
    path.write_bytes(content[:at] + put + content[at + len(put) :])
    with pytest.raises(ValueError, match=told):
        E5File(path)


@pytest.mark.parametrize("size", [0, 3, 50, 10_000, 3_000_000, 4_630_000, 71_000_000])
def test_a_file_that_ends_early_is_an_error_that_names_the_command(
    content: bytes, tmp_path: Path, size: int
) -> None:
    (tmp_path / E5_FILE).write_bytes(content[:size])
    with pytest.raises(WeightsError, match=r"python -m rag_stream\.weights"):
        MultilingualE5(tmp_path, 1)


def test_tensors_of_another_shape_or_outside_the_file_are_refused(
    content: bytes, tmp_path: Path
) -> None:
    at = content.index(b"emb.pos") + len(b"emb.pos")
    for put, told in (
        (struct.pack("<BI", 0, 5), "'emb.pos': expected"),
        (struct.pack("<BIQ", 0, 196_608, len(content)), "the file is short"),
    ):
        path = tmp_path / E5_FILE
        path.write_bytes(content[:at] + put + content[at + len(put) :])
        with pytest.raises(ValueError, match=told):
            E5File(path).floats("emb.pos", 512, HIDDEN)
