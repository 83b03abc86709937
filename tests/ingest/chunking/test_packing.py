from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.chunking.packing import pack
from rag_stream.text.weight import weight

PIECES = [
    *"ab .!?\n\r\t#=-|>*`~:,;_",
    *["\n\n", "\r\n", "```\n", "# A heading\n", "One sentence here. ", "- item\n", "e.g. "],
    *["| a | b |\n", "User: hello there\n", "Title\n=====\n", "x" * 60, "\u3002", "\u4e2d\u6587"],
    *[
        "\u0e01\u0e33",
        "\U0001f44d\U0001f3fd",
        "\U0001f468\u200d\U0001f469",
        "\u00a0",
        "\u3000",
        "\x0c",
    ],
]
texts = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=5)), max_size=60).map("".join)
sizes = st.integers(1, 120)


def cut(text: str, size: int, overlap: int = 0) -> list[str]:
    return [text[start:end] for start, end in pack(text, size, overlap)]


def letters(text: str) -> str:
    return "".join(text.split())


@given(texts, sizes)
def test_nothing_is_lost_and_nothing_comes_twice(text, size):
    chunks = pack(text, size)
    assert "".join(letters(text[start:end]) for start, end in chunks) == letters(text)
    places = [0, *(place for chunk in chunks for place in chunk), len(text)]
    assert places == sorted(places)


@given(texts, sizes, st.integers(0, 60))
def test_chunks_are_bare_and_within_the_size(text, size, overlap):
    for chunk in cut(text, size, min(overlap, size - 1)):
        assert 0 < weight(chunk) <= size or len(chunk) == 1
        assert chunk == chunk.strip()


@given(texts, sizes, st.integers(1, 60))
def test_overlapping_chunks_go_on(text, size, overlap):
    overlap = min(overlap, size - 1)
    chunks = pack(text, size, overlap)
    for (start, end), (following, last) in pairwise(chunks):
        assert start < following
        assert end < last
        assert weight(text[following:end]) <= overlap
        assert not text[end:following].strip()
    assert bool(chunks) == bool(text.strip())


def test_sentences_stay_whole():
    text = "Dr. Who met Mr. A. B. Smith at 3.15 p.m. on Monday. They left! Did it rain? Yes."
    assert cut(text, 60) == [
        "Dr. Who met Mr. A. B. Smith at 3.15 p.m. on Monday.",
        "They left! Did it rain? Yes.",
    ]


def test_a_half_full_chunk_ends_with_its_paragraph():
    text = f"{'One. ' * 12}\n\n{'Two. ' * 12}"
    assert cut(text, 100) == [("One. " * 12).strip(), ("Two. " * 12).strip()]
    assert len(cut("One. One.\n\n" + "Two two. " * 12, 100)) == 2


@pytest.mark.parametrize("title", ["## Costs", "== Costs ==", " = = Costs = = ", "Costs\n-----"])
def test_a_heading_stays_with_what_follows(title):
    text = f"{'Some words here. ' * 5}\n\n{title}\n\n{'They are low. ' * 5}"
    assert cut(text, 100)[1].startswith(title.strip())


def test_wrapped_lines_are_one_paragraph():
    text = "The quick brown fox which we all know jumps\nover Rex the lazy dog. It sleeps."
    assert cut(text, 70) == [
        "The quick brown fox which we all know jumps\nover Rex the lazy dog.",
        "It sleeps.",
    ]


def test_items_rows_and_turns_are_cut_at_their_ends():
    for lines in (
        ["- wash the dishes in the kitchen and dry them", "- take out the trash", "- sleep"],
        ["| name | a long enough row of a table |", "|---|---|", "| x | y |"],
        ["User: what is the capital of France, please tell", "Assistant: Paris", "User: thanks"],
        ["for x in range(10):", "    print(x)", "print('done')"],
    ):
        text = "\n".join(lines)
        size = max(map(len, lines))
        assert cut(text, size)[0] == lines[0]
        assert all(chunk in text for chunk in cut(text, size))


def test_code_is_cut_between_lines_only():
    code = "```python\nx = a. B\ny = 1\n\nz = 'One. Two. Three.'\n```"
    assert cut(code, 30) == ["```python\nx = a. B\ny = 1", "z = 'One. Two. Three.'\n```"]


def test_long_sentences_are_cut_at_the_best_place():
    assert cut("one two three, four five six", 20) == ["one two three,", "four five six"]
    assert cut("one two three four five six", 16) == ["one two three", "four five six"]
    assert cut("abcdefghij" * 3, 20) == ["abcdefghijabcdefghij", "abcdefghij"]


def test_scripts_without_blanks():
    text = "\u4eca\u65e5\u306f\u6674\u308c\u3002\u660e\u65e5\u306f\u96e8\u3002"
    assert cut(text, 16) == [text[:6], text[6:]]  # 6 characters as heavy as 16 of English
    thai = "\u0e01\u0e33\u0e25\u0e31\u0e07" * 20
    assert "".join(cut(thai, 30)) == thai
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    assert set(cut(family * 8, 12)) <= {family, family * 2}


def test_sizes_count_what_is_said():
    """A sentence of Chinese is as heavy as its translation, not a third of it."""
    english = "The leave request is filed with the office three days before. " * 9
    chinese = "请假申请须提前三天提交给办公室。" * 9
    assert len(chinese) * 3 < len(english)
    assert [len(cut(english, 200)), len(cut(chinese, 200))] == [3, 3]
    assert cut(chinese, 100) == ["请假申请须提前三天提交给办公室。" * 2] * 4 + [chinese[:16]]
    assert cut(chinese, 96, 48)[1][:16] == cut(chinese, 96, 48)[0][-16:]


def test_a_long_sentence_of_heavy_characters_is_cut_by_weight():
    assert list(map(len, cut("汉" * 250, 300))) == [100, 100, 50]
    assert list(map(len, cut("汉" * 60 + "x" * 200, 150))) == [50, 130, 80]
    assert cut("汉字", 1) == ["汉", "字"]  # not even one fits


@pytest.mark.parametrize(
    "piece",
    [
        "word ",
        ".",
        "x",
        "汉",
        "한 ",
        "a汉。",
        "a\n",
        "Yes. ",
        ".)",
        ". ",
        "= ",
        "*",
        '."""',
        "```\n",
        "a b ",
        "- ",
        " ",
    ],
)
def test_much_of_anything(piece):
    text = piece * (200_000 // len(piece))
    chunks = pack(text, 300)
    assert sum(len(letters(text[start:end])) for start, end in chunks) == len(letters(text))


@pytest.mark.parametrize(("size", "overlap"), [(0, 0), (10, 10), (10, -1)])
def test_sizes_that_make_no_sense(size, overlap):
    with pytest.raises(ValueError, match="expected 0 <= overlap < size"):
        pack("text", size, overlap)


@pytest.mark.parametrize(
    "pause", ["\u060c ", "\u061b ", "\u1363 ", "\uff64", "\u061f", "\u0964", "\u06d4", "\u1362"]
)
def test_too_long_a_sentence_is_cut_at_its_own_pauses(pause):
    before, after = "\u0628\u0628\u0628 " * 8, "\u062b\u062b\u062b " * 8
    text = f"{before}\u062a\u062a{pause}{after}"
    first = cut(text, int(weight(text) * 0.7))[0]
    assert first == f"{before}\u062a\u062a{pause}".rstrip()


@pytest.mark.parametrize(
    ("before", "aside", "after"),
    [
        (
            "\u4e0d\u8ba4\u8bc6\u7684\u8611\u83c7",
            "\uff08\u7ea2\u4f1e\u4f1e\u3002\u8d8a\u6f02\u4eae\u8d8a\u5371\u9669\u3002\uff09",
            "\u4e0d\u80fd\u5403\u3002",
        ),
        ("The notice period is a month", "(it was two. That has changed.)", "and no more."),
    ],
)
def test_a_chunk_does_not_end_inside_brackets(before, aside, after):
    sentence = f"{before} {aside} {after}"
    text = f"{sentence} {sentence}"
    assert cut(text, int(weight(sentence) * 1.5)) == [sentence, sentence]
