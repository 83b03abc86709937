"""What others wrote, in messages and logs: short, on one line, at a bounded cost."""

from typing import Any

import pytest

from rag_stream.errors import InvalidInputError
from rag_stream.excerpts import few_fields, named, path_of, printable, sentences, shown
from rag_stream.options import options_of
from rag_stream.schema import parse_question
from rag_stream.settings import load_settings

LONG = "x" * 900_000


def deep(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize("value", ["Why?", 5, None, [1, "a"], {"a": 1}, 1.5])
def test_what_is_short_is_shown_whole(value: object) -> None:
    assert shown(value) == repr(value)


@pytest.mark.parametrize(
    "value",
    [LONG, deep(100_000), [LONG] * 50, {LONG: LONG}, [[[["x"] * 99] * 99] * 99] * 99, 10**5000],
    ids=["text", "deep", "list", "dict", "wide", "number"],
)
def test_what_is_long_or_deep_is_cut(value: object) -> None:
    assert len(shown(value)) <= 80


def test_names_are_cut_and_escaped() -> None:
    assert named("top_k") == "top_k"
    assert named("a\x1b[2J\r\nb") == "a\\x1b[2J\\r\\nb"
    assert named(LONG) == "x" * 80 + " ..."
    assert path_of(["filter", 0, LONG]).startswith("filter.0.xxx")
    assert len(path_of([LONG] * 1000)) < 1100


def test_printable_keeps_letters_of_all_scripts() -> None:
    assert printable("Wer fährt? 漢字", 80) == "Wer fährt? 漢字"
    assert printable("a\u2028b\x85c\u202ed", 80) == "a\\u2028b\\x85c\\u202ed"
    assert printable("\ud83d", 80) == "\\ud83d"


def test_of_many_complaints_a_few_are_told() -> None:
    assert sentences(["one", "two"]) == "one; two"
    assert sentences(map(str, range(9))) == "0; 1; 2; 3; 4; and more"


def test_of_many_fields_the_known_ones_stay() -> None:
    many = {**{f"k{number}": 1 for number in range(1000)}, "input": "Why?"}
    few = few_fields(many, {"input"})
    assert (few["input"], len(few)) == ("Why?", 7)
    assert few_fields({"a": 1}, {"input"}) == {"a": 1}
    assert few_fields([1], {"input"}) == [1]


@pytest.mark.parametrize(
    "asked",
    [
        {"input": "Why?", LONG: 1},
        {"input": "Why?", **{f"k{number}": 1 for number in range(50_000)}},
        {LONG: LONG},
    ],
)
def test_a_complaint_about_a_question_is_short(asked: dict[str, Any]) -> None:
    with pytest.raises(InvalidInputError) as caught:
        parse_question(asked)
    assert len(str(caught.value)) < 1000


@pytest.mark.parametrize(
    "chosen",
    [
        {"k": deep(1000)},
        {"filter": deep(1000)},
        {"filter": {"source": deep(1000)}},
        {"filter": {LONG: 1}},
        {"filter": {f"k{number}": 1 for number in range(50_000)}},
        {"filter": {"source": [1] * 300_000}},
        {"search_type": LONG},
        {"k": 10**5000},
    ],
)
def test_a_complaint_about_a_choice_is_short(chosen: dict[str, Any]) -> None:
    with pytest.raises(InvalidInputError) as caught:
        options_of(load_settings(), chosen)
    assert len(str(caught.value)) < 1500


def test_long_numbers_are_told_by_their_size_wherever_they_are() -> None:
    for value in (10**5_000, [10**5_000], {"k": {"n": [10**5_000]}}):
        assert "a number of 16610 bits" in shown(value)
