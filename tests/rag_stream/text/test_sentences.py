import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag_stream.text.paragraphs import without_link_targets
from rag_stream.text.sentences import split_sentences


def texts(text: str) -> list[str]:
    return [sentence.text for sentence in split_sentences(text)]


def whole(text: str) -> list[str]:
    return [s.text for s in split_sentences(text) if s.opens and s.closes]


def test_plain_sentences_are_split() -> None:
    assert texts("One is here. Two is there! Is it three? Yes.") == [
        "One is here.",
        "Two is there!",
        "Is it three?",
        "Yes.",
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        "Use a cache, e.g. Redis, where it helps.",
        "Use a cache, e.g. The Cache, where it helps.",
        "Dr. Smith met Mrs. Jones.",
        "I believe Roe v. Wade got it right.",
        "It fell by 3.5 percent, i.e. less than before.",
        "See Fig. 3 and Sec. 4.2 for more.",
        "J. R. Smith wrote it with A. Jones.",
        "The U.S. Army moved to the U.K. Border.",
        "It was shown by Miller et al. (2019) and others.",
        "It opens at 9 a.m. Monday.",
        "He works for Acme Inc. Holdings.",
        "Version v1.2.3 of example.com is out.",
        "Yahoo! is a company, and so is Google.",
        "Wait ... it goes on.",
        "On Jan. 5 it snowed.",
        "The answer (see Sec. 3. It is long) is short.",
        'He said "We won. It was good." and left.',
        "She said, \u201cWe won. It was good,\u201d and left.",
        "Write `dumps(...) + x` there.",
    ],
)
def test_a_full_stop_inside_a_sentence_does_not_end_it(sentence: str) -> None:
    assert texts(f"{sentence} Then it ended.") == [sentence, "Then it ended."]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He lives in the U.S. The army does not.", ["He lives in the U.S.", "The army does not."]),
        ("It is No. 5 there. No. It is six.", ["It is No. 5 there.", "No.", "It is six."]),
        ("Apples, pears, etc. Then more.", ["Apples, pears, etc.", "Then more."]),
        ("It costs 5. Pay now.", ["It costs 5.", "Pay now."]),
        ("\u4eca\u65e5\u3002\u660e\u65e5\u3002", ["\u4eca\u65e5\u3002", "\u660e\u65e5\u3002"]),
        ("Spaced out . Like tokens .", ["Spaced out .", "Like tokens ."]),
    ],
)  # fmt: skip
def test_a_full_stop_that_ends_a_sentence_is_found(text: str, expected: list[str]) -> None:
    assert texts(text) == expected


def test_quotation_marks_stay_whole_or_go() -> None:
    assert texts("\u201cWe won. It was good.\u201d Then they left.") == [
        "We won.",
        "It was good.",
        "Then they left.",
    ]
    assert texts('He said "stop." Then he left.') == ['He said "stop."', "Then he left."]
    assert texts("(It is so. It was so.)") == ["It is so.", "It was so."]
    assert texts("**Note. This holds.**") == ["Note.", "This holds."]


def test_markdown_markers_are_not_part_of_sentences() -> None:
    text = (
        "# A title\n\nA paragraph of text.\n\n## Next. Title\n- First item.\n* Second item.\n"
        "  It goes on.\n1. Third item.\n2) Fourth item.\n- [x] A task.\n> A quoted line.\n"
        "Heading\n=======\nLast words.\n"
    )
    assert whole(text) == [
        "A paragraph of text.",
        "First item.",
        "Second item.",
        "It goes on.",
        "Third item.",
        "Fourth item.",
        "A task.",
        "A quoted line.",
        "Last words.",
    ]


def test_code_comments_and_tags_are_left_out() -> None:
    text = (
        "Before it.\n```python\nx = 1. Then.\n```\nBetween them.\n~~~\nCode here.\n~~~\n"
        "<!-- A comment.\nIt goes on. -->\n<details>\nAfter it.\n"
    )
    assert texts(text) == ["Before it.", "Between them.", "After it."]


def test_a_text_cut_inside_code_starts_with_code() -> None:
    text = "Code = here.\n```\nProse in between.\n```python\nMore = code.\n```\nThe end.\n"
    assert texts(text) == ["Prose in between.", "The end."]


def test_cells_of_a_table_are_apart() -> None:
    text = "| name | what it does |\n|---|---|\n| port | Where the server listens. |\n"
    assert whole(text) == ["Where the server listens."]


def test_wrapped_lines_are_joined_and_a_title_is_not() -> None:
    wrapped = (
        "The first sentence of this text is wrapped by hand at the\n"
        "Apache limit of sixty. The second one ends here."
    )
    assert texts(wrapped) == [
        "The first sentence of this text is wrapped by hand at the\nApache limit of sixty.",
        "The second one ends here.",
    ]
    titled = "Deployment notes\nThe service runs as one process behind a reverse proxy of choice."
    assert texts(titled)[0] == "Deployment notes"
    assert whole(titled) == ["The service runs as one process behind a reverse proxy of choice."]


def test_fragments_are_told_from_sentences() -> None:
    cut = split_sentences("of the house was red. It was sold. The buyer came from")
    assert [(s.opens, s.closes) for s in cut] == [(False, True), (True, True), (True, False)]
    # A program's name may begin a paragraph, when the text was not cut right there.
    assert not split_sentences("orjson is fast.")[0].opens
    assert split_sentences("# orjson\n\norjson is fast.")[0].opens
    assert not split_sentences("# orjson\n\nthen it is fast.")[0].opens
    assert split_sentences("`orjson` is fast.")[0].opens


def test_link_addresses_are_dropped_for_reading() -> None:
    assert without_link_targets("See [the docs](http://x.y/z) now.") == "See [the docs] now."


LUMPS = st.sampled_from(
    [
        "e.g. ", "Dr. ", "U.S. ", ". ", "? ", "...", "\n", "\n\n", "# ", "- ", "1. ", "| ", "```\n",
        "~~~", "> ", "<!--", "-->", "\u201c", "\u201d", '"', "**", "`", "(", ")", "[x](y)", "Word ",
        "word ", "3.5", "\x00", "\x0c", "\u2028", "\ud800", "\U0001f600", "\u3002", "\r\n", "=",
    ]
)  # fmt: skip
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=300) | st.lists(
    LUMPS, max_size=60
).map("".join)


@given(ANY_TEXT)
@settings(max_examples=300)
def test_offsets_are_exact_and_sentences_do_not_overlap(text: str) -> None:
    end = 0
    for sentence in split_sentences(text):
        assert text[sentence.start : sentence.end] == sentence.text
        assert sentence.text == sentence.text.strip() != ""
        assert sentence.start >= end
        end = sentence.end


@pytest.mark.parametrize("lump", ["(", "[", '"', "a.", ". ", "> ", "|", "\n", "- ", "<!-- ", "= "])
def test_long_odd_texts_are_taken(lump: str) -> None:
    text = lump * (20_000 // len(lump))
    assert "".join(texts(text)).strip() in text or texts(text)


@pytest.mark.parametrize(
    "item",
    [
        "b) T\u1ebft \u00c2m l\u1ecbch: 05 ng\u00e0y;",
        "- El duelo: tres d\u00edas;",
        "1. \u5a5a\u5047\u4e09\u5929\uff1b",
        "\u0623) \u062b\u0644\u0627\u062b\u0629 \u0623\u064a\u0627\u0645\u061b",
    ],
)
def test_an_item_of_a_law_is_whole_that_ends_with_a_semicolon(item: str) -> None:
    (first, last) = split_sentences(f"{item}\n\n{item}")
    assert first.closes
    assert last.closes
