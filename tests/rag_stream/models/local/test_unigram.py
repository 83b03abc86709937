"""Texts as numbers of pieces, against another implementation of the same over the same pieces."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag_stream.models.local.e5_file import BEGIN, END, PAD, UNKNOWN, E5File
from rag_stream.models.local.unigram import Unigram
from tests.support.e5 import REFERENCE, published

MASK = 250_001
RESERVED = (BEGIN, PAD, END, MASK)


@pytest.fixture(scope="module")
def file() -> E5File:
    return E5File(published())


@pytest.fixture(scope="module")
def unigram(file: E5File) -> Unigram:
    return Unigram(
        file.pieces(),
        file.scores.tolist(),
        file.normalisation,
        unknown=UNKNOWN,
        reserved=RESERVED,
    )


@pytest.fixture(scope="module")
def other(file: E5File) -> Any:
    """That of `tokenizers`, with the reserved pieces out of a text's reach."""
    from tokenizers import Tokenizer, models, pre_tokenizers

    names = [piece.decode() for piece in file.pieces()]
    for number in (*RESERVED, UNKNOWN):
        names[number] = f"\x00{number}"
    vocabulary = list(zip(names, file.scores.tolist(), strict=True))
    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=UNKNOWN))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    return tokenizer


TEXTS = [
    *(row["text"] for row in REFERENCE),
    "def f(x: list[int]) -> None: return {'<s>': x[0] ** 2}  # </s>",
    "𐎀𐎁 ꙮ \U0001f9ff unknown 𒀀𒀁 signs",
    "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz" * 3,
    "ab\tc\r\nd\u00a0e\u3000f\u200bg",
    "   ",
    "",
]


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_the_pieces_are_the_likeliest(unigram: Unigram, other: Any, text: str) -> None:
    plain = " ".join(unigram.normalised(text).split(" ")).strip()
    expected = other.encode(" ".join(plain.split())).ids if plain else []
    assert unigram.encode(text, 10_000) == expected


@given(st.text(st.characters(exclude_categories=["Cs", "Cn", "Co"]), max_size=80))
@settings(max_examples=200, deadline=None)
def test_any_text_has_the_same_pieces(unigram: Unigram, other: Any, text: str) -> None:
    plain = " ".join(unigram.normalised(text).split(" ")).replace("\u2581", "")
    words = [word for word in plain.split(" ") if word]
    expected = other.encode(" ".join(words)).ids if words else []
    assert unigram.encode(" ".join(words), 10_000) == expected


def test_no_more_pieces_than_asked_for(unigram: Unigram) -> None:
    text = "The harbour kept its records. " * 20
    whole = unigram.encode(text, 10_000)
    assert unigram.encode(text, 7) == whole[:7]
    assert unigram.encode(text, 0) == []


def test_a_text_without_blanks_is_cut_before_it_is_put_together(unigram: Unigram) -> None:
    assert len(unigram.encode("港口保存着记录" * 100_000, 510)) == 510


def test_decomposed_letters_are_the_composed_ones(unigram: Unigram) -> None:
    assert unigram.encode("cafe\u0301", 10) == unigram.encode("caf\u00e9", 10)
