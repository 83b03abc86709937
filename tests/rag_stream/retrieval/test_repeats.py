"""The same text once: what counts as the same, and what does not."""

import pytest

from rag_stream.retrieval.repeats import Repeats

BODY = (
    "The cache keeps every page that was asked for in the last hour, so that the next reader has"
    " it at once. When the disk is full, the pages that nobody has asked for are thrown away first,"
    " and a line in the log says how many they were. Reading goes on meanwhile, as writing does."
)


def is_same(one: str, other: str) -> bool:
    repeats = Repeats()
    assert repeats.of(one) is None
    return repeats.of(other) is not None


@pytest.mark.parametrize(
    "other",
    [
        BODY,
        BODY.upper(),
        BODY.replace(" ", "\n"),
        BODY.replace("cache", "**cache**").replace(".", " ."),
        BODY.replace("cache", "ca\u00adche"),
        f"{BODY} See also.",
        f"Note: {BODY}",
        BODY.replace("the next reader", "next reader"),
    ],
)
def test_the_same_with_other_signs_or_a_word_more_is_the_same(other: str) -> None:
    assert is_same(BODY, other)
    assert is_same(other, BODY)


@pytest.mark.parametrize(
    "other",
    [
        BODY.replace("hour", "week"),  # another word
        f"{BODY} Since 3.12.",  # a number more
        BODY.replace("was asked", "was not asked"),
        BODY[:120],  # a part
        "Something else altogether, which has nothing to do with it.",
        "",
    ],
)
def test_what_says_something_else_is_not(other: str) -> None:
    assert not is_same(BODY, other)


def test_long_texts_that_differ_in_a_number_or_a_name_are_two() -> None:
    long = " ".join(f"word{'abcdefghij'[n % 10]}{'klmnopqrst'[n // 10]}" for n in range(100))
    for one, other in (("120", "121"), ("Falcon", "Otter"), ("enabled", "disabled")):
        assert not is_same(f"{long} {one}", f"{long} {other}")
    assert is_same(f"{long} the", f"{long} a")


@pytest.mark.parametrize(
    ("one", "other"),
    [("x < 5", "x > 5"), ("-5 degrees", "5 degrees"), ("5%", "5"), ("$9", "\u20ac9"), ("==", "!=")],
)
def test_signs_that_change_what_is_said_make_two(one: str, other: str) -> None:
    said = "The pump runs where the value in the log is {} and stops in all other cases there are."
    assert not is_same(said.format(one), said.format(other))
    assert not is_same(f"{BODY} {said.format(one)}", f"{BODY} {said.format(other)}")
    assert is_same(said.format(one), said.format(one).replace("log", "`log`"))


def test_scripts_without_blanks_are_compared_by_their_characters() -> None:
    text = "缓存保存最近一小时内请求过的每个页面以便下一位读者立即获得磁盘已满时首先删除无人请求的"
    assert is_same(text, f"{text}。")
    assert not is_same(text, text.replace("小时", "星期"))
    assert not is_same(text, text[: len(text) // 2])


def test_each_repeat_tells_which_it_repeats() -> None:
    repeats = Repeats()
    found = [repeats.of(text) for text in ("One text.", "Another.", "another", "one text", "Third")]
    assert found == [None, None, 1, 0, None]


def test_texts_without_a_word_are_the_same_only_as_each_other() -> None:
    assert is_same("---", "***")
    assert not is_same("---", "word")
