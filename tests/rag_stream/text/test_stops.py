"""The one rule of where a sentence ends, and that all who cut text go by it."""

import pytest

from ingest.chunking.packing import pack
from rag_stream.citations.claims import before
from rag_stream.text.sentences import split_sentences
from rag_stream.text.stops import goes_on

ONE = [
    "It was Dr. Smith.",
    "It was DR. SMITH.",
    "We met at 5 p.m. Monday.",
    "The U.S. Army came.",
    "See no. 7 there.",
    "Roe v. Wade was read.",
    "Miller et al. Found it.",
    "J. R. Smith wrote it.",
    "On Oct. 5 it was.",
]
TWO = [
    ("Was it so? No.", "It was not."),
    ("He lives in the U.S.", "The army does not."),
    ("It is done!", "Go on."),
    ("And then...", "Nothing came."),
    ("\u092f\u0939 \u0939\u0948\u0964", "\u0935\u0939 \u0939\u0948\u0964"),
    ("\u0647\u0644 \u0647\u0630\u0627\u061f", "\u0646\u0639\u0645."),
]


@pytest.mark.parametrize("text", ONE)
def test_where_a_sentence_goes_on_nobody_cuts_it(text: str) -> None:
    assert [sentence.text for sentence in split_sentences(text)] == [text]
    assert pack(f"{text} {text}", len(text)) == [(0, len(text)), (len(text) + 1, 2 * len(text) + 1)]
    assert before(text) == (0, len(text))


@pytest.mark.parametrize(("first", "second"), TWO)
def test_where_it_ends_everybody_cuts(first: str, second: str) -> None:
    text = f"{first} {second}"
    assert split_sentences(text)[-1].text == second
    assert pack(text, len(text) - 1)[-1] == (len(first) + 1, len(text))
    assert before(text) == (len(first) + 1, len(text))


@pytest.mark.parametrize("rest", ["and on", ", then", ")", "= 2"])
def test_small_letters_and_marks_begin_no_sentence(rest: str) -> None:
    assert goes_on(f"A stop. {rest}", 6, 8)


def test_what_is_before_the_start_is_no_abbreviation() -> None:
    assert goes_on("Dr. Who", 2, 4)
    assert not goes_on("Dr. Who", 2, 4, start=2)
