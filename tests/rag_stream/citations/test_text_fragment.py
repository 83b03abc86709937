"""Fragments that browsers look quotes up by; live_text_fragments.py asks a browser."""

# ruff: noqa: RUF001 - signs of other scripts are meant here

from urllib.parse import unquote

import pytest

from rag_stream.citations.text_fragment import MOST_WHOLE, with_quote, words_of

LONG = "One begins here with its words, and then it goes on and on about things of all kinds " * 2
CHINESE = "任务分解是把一个大任务分成小步骤，依次完成每一步。" * 6
CODE = "Run this:\n\n```python\ndef f(x):\n    return x * 2  # *twice*\n```\n\nand look."


def whole(text: str) -> tuple[str, ...]:
    return words_of(text, 0, len(text))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("## What *is* it?", ("What is it?",)),
        ("- Use **both** and `a_b`", ("Use both and a_b",)),
        ("> 1. see [the docs](https://x.example/a) now", ("see the docs now",)),
        ("- [x] done with it", ("done with it",)),
        ("it is \\| piped &amp; ~~old~~", ("it is | piped & old",)),
        ("| Plan | Price |\n|---|---|\n| Basic plan for two | 5 |", ("Basic plan for two",)),
        ("|---|---|\n", ()),
        ("***", ()),
        ("", ()),
        ("任务分解，一步一步。", ("任务分解，一步一步。",)),
    ],
)
def test_a_short_quote_is_given_whole_as_the_page_shows_it(
    text: str, words: tuple[str, ...]
) -> None:
    assert whole(text) == words


def test_a_long_quote_is_given_by_its_ends() -> None:
    assert whole(LONG) == ("One begins here with its words", "on about things of all kinds")


def test_without_blanks_ends_are_cut_at_pauses() -> None:
    assert whole(CHINESE) == ("任务分解是把一个大任务分成小步骤", "依次完成每一步。")


def test_a_quote_of_several_blocks_is_given_by_the_first_and_the_last() -> None:
    text = "# About the plans\n\nA plan has a price.\n\n- and it has an end"
    assert whole(text) == ("About the plans", "and it has an end")


def test_code_keeps_its_signs_and_its_lines_apart() -> None:
    start = CODE.index("def")
    assert words_of(CODE, start, CODE.index("# *") + 9) == ("def f(x):", "# *twice*")
    assert words_of(CODE, start, start + 9) == ("def f(x):",)


def test_words_that_say_little_are_left_out_at_the_ends() -> None:
    row = "| a | The basic plan for one | The large plan for many | b |"
    assert whole(row) == ("The basic plan for one", "The large plan for many")


@pytest.mark.parametrize(
    ("quoted", "words"),
    [
        ("sons and daughters", "and daughters"),
        ("persons and daugh", "persons and"),
        ("and 6.", "and"),
        ("步骤，依次完成。", "步骤，依次完成。"),
        ("ไทยคำ", "ไทยคำ"),
    ],
)
def test_halves_of_words_are_left_out(quoted: str, words: str) -> None:
    text = "persons and daughters and 6.1 成步骤，依次完成。这样 ภาษาไทยคำหนึ่ง"
    start = text.index(quoted)
    assert words_of(text, start, start + len(quoted)) == (words,)


def test_what_the_page_shows_otherwise_is_left_out() -> None:
    assert whole("A wordy claim it is[1] and more of it") == ("A wordy claim it", "and more of it")
    text = "Before the picture ![a cat](cat.png) behind the picture"
    assert whole(text) == ("Before the picture", "behind the picture")


def test_the_fragment_is_encoded_down_to_its_own_signs() -> None:
    text = "well-known, R&D 100% #1"
    url = with_quote("https://x.example/a", text, 0, len(text))
    assert url == "https://x.example/a#:~:text=well%2Dknown%2C%20R%26D%20100%25%20%231"
    assert with_quote("u", LONG, 0, len(LONG)).count(",") == 1


def test_a_fragment_that_is_there_stays_and_an_older_quote_goes() -> None:
    assert with_quote("u#sec", "some words", 0, 10) == "u#sec:~:text=some%20words"
    assert with_quote("u#sec:~:text=old", "words", 0, 5) == "u#sec:~:text=words"
    assert with_quote("u#", "words", 0, 5) == "u#:~:text=words"
    assert with_quote("u#sec", "***", 0, 3) == "u#sec"


@pytest.mark.parametrize("sign", ["`", "[", "a|", "x", "- ", "\u5b57"])
def test_whatever_a_quote_is_its_words_are_few(sign: str) -> None:
    words = whole(sign * 49_999)
    assert len(words) <= 2
    assert all(len(word) <= 2_000 for word in words)


def test_half_a_surrogate_pair_breaks_nothing() -> None:
    assert unquote(with_quote("u", "a \ud800 b", 0, 5)) == "u#:~:text=a ? b"


def test_both_ends_are_never_the_same_words() -> None:
    text = "word " * (MOST_WHOLE // 5 + 1)
    head, tail = whole(text)
    assert len(head) + len(tail) < len(text)
