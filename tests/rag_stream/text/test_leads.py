"""What a paragraph begins with, for all that stands in it."""

import pytest

from rag_stream.text.leads import FAR, MAX_LEAD, MOST, Leads

BODY = "It was measured in both groups, before and after, and no difference was found. " * 8
FIRST = "Ferritin was low in divers."
SECOND = "Anchors were lost by trawlers."


def lead_of(text: str, part: str) -> str:
    at = text.rindex(part)
    return Leads(text)(at, at + len(part))


def test_a_long_paragraph_is_led_by_its_first_sentence() -> None:
    text = f"{FIRST} {BODY}\n\n{SECOND} {BODY}\n"
    leads = Leads(text)
    second = text.index(SECOND)
    assert leads(FAR, FAR + 50) == leads(second - 22, second - 10) == FIRST
    assert leads(len(text) - 20, len(text)) == SECOND
    # What is near leans on it as its neighbour does; most of what straddles is of the other.
    assert leads(0, 300) == leads(FAR - 1, FAR + 49) == ""
    assert leads(second, second + 300) == leads(second - 20, second + 200) == ""


def test_a_document_on_several_lines_is_led_by_its_first() -> None:
    text = f"{FIRST}\nMethods: {BODY}\nResults: {BODY} In the end all was well.\n\n{SECOND} {BODY}"
    assert lead_of(text, "In the end all was well.") == FIRST


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_where_nothing_parts_a_long_run_each_long_line_is_led_by_its_own(end: str) -> None:
    lines = [f"Number {n} is about pump {n}. {BODY} {BODY}" for n in range(12)]
    text = end.join([*lines, "short", *lines[:1]])
    assert len(text) > MOST
    for number in (0, 5, 11):
        at = text.index(lines[number]) + len(lines[number]) - 100
        assert Leads(text)(at, at + 90) == f"Number {number} is about pump {number}."
    assert lead_of(text, "short") == ""


def test_a_title_line_above_it_comes_first() -> None:
    title = "Iron in **freedivers**"
    assert lead_of(f"{title}\n\n{FIRST} {BODY}", "found.") == f"Iron in freedivers: {FIRST}"
    asked = "Is iron low in divers?"
    assert lead_of(f"{asked}\n\n{FIRST} {BODY}", "found.") == f"{asked}: {FIRST}"
    for no_title in ("He said this.", "- an item", "> quoted", "So:", "One\ntwo", "x" * 200):
        assert lead_of(f"{no_title}\n\n{FIRST} {BODY}", "found.") == FIRST
    far = f"{title}\n\nSomething else comes first here, short as it is.\n\n{FIRST} {BODY}"
    assert lead_of(far, "found.") == FIRST


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n \n",
        "Short. " * (FAR // 7),
        "```\n" + "x = 1. Then y.\n" * 60 + "```",
        "| a | b |\n" * 90,
        "# Heading\n" * 90,
    ],
)
def test_what_is_short_or_no_prose_has_none(text: str) -> None:
    leads = Leads(text)
    assert {leads(at, at + 50) for at in range(0, len(text), 10)} <= {""}


def test_a_heading_ends_what_is_above_it() -> None:
    text = f"{FIRST} {BODY}\n# Anchors\n{SECOND} {BODY}"
    assert lead_of(text, "found.") == SECOND


def test_of_chinese_less_is_as_much() -> None:
    sentence = "\u6c34\u6cf5\u591c\u91cc\u55e1\u55e1\u4f5c\u54cd\u3002"
    text = sentence + "\u503c\u73ed\u5458\u6bcf\u5929\u68c0\u67e5\u5b83\u3002" * 24
    assert len(text) < FAR
    assert lead_of(text, "\u5b83\u3002") == sentence


def test_a_lead_is_one_line_and_no_longer_than_told() -> None:
    text = ("word " * 20 + "\n") * 30
    lead = lead_of(text, "word")
    assert lead.startswith("word word")
    assert "\n" not in lead
    assert len(lead) <= MAX_LEAD


@pytest.mark.parametrize(
    "piece", ["word ", "a. ", "x\n", "long line of text. " * 20 + "\n", "#\n\n"]
)
def test_much_of_anything(piece: str) -> None:
    text = piece * (300_000 // len(piece))
    leads = Leads(text)
    assert all(len(leads(at, at + 300)) <= MAX_LEAD for at in range(0, len(text), 300))
