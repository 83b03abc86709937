"""Text of others on a terminal: as it is where it is text, spelt out where it is orders."""

import json

import pytest
from langchain_core.documents import Document

from rag_stream.terminal.harmless import harmless, json_line

ORDERS = {
    "\x1b[2J": "\\x1b[2J",
    "\x1b]0;title\x07": "\\x1b]0;title\\x07",
    "\x9b31m": "\\x9b31m",
    "\x08\x08": "\\x08\\x08",
    "over\rwritten": "overwritten",
    "turned \u202eround": "turned \\u202eround",
    "half \ud83d": "half \\ud83d",
    "a\x00b": "a\\x00b",
}


@pytest.mark.parametrize(("given", "shown"), ORDERS.items(), ids=map(ascii, ORDERS))
def test_orders_to_the_terminal_are_spelt_out(given: str, shown: str) -> None:
    assert harmless(given) == shown


@pytest.mark.parametrize(
    "text",
    ["", "one\n\ttwo\n", "été à 5\u00a0%", "👩\u200d👧", "نمی\u200cشود", "[bold]no markup[/]"],
    ids=["empty", "lines", "space", "emoji", "persian", "markup"],
)
def test_text_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text


def test_every_kind_of_line_break_is_one() -> None:
    assert harmless("a\r\nb\u2028c\x85d") == "a\nb\nc\nd"


def test_json_is_one_line_that_says_the_same() -> None:
    value = {"answer": "été\x9b31m\u2028\x1b[2J \ud83d\n", "context": [Document("x", metadata={})]}
    line = json_line(value)
    assert "été" in line
    assert line.isprintable()
    read = json.loads(line)
    assert read["answer"] == value["answer"]
    (document,) = read["context"]
    assert document == {"id": None, "metadata": {}, "page_content": "x", "type": "Document"}


def test_what_is_no_json_is_told() -> None:
    with pytest.raises(TypeError, match="got set"):
        json_line({"answer": set()})
