"""Sources in the text: nothing of a name or an address becomes Markdown, and all is taken back."""

import pytest

from app.openai.source_list import numbered, source_list, without_sources

ENTRIES = [(1, "A [b](c) *d*\n<e>", "https://h/a b(c)?q=1#:~:text=x,y"), (2, "F", "http://h/f")]


def test_names_and_addresses_are_text() -> None:
    assert source_list(ENTRIES, "de") == (
        "\n\n**Quellen**\n\n"
        "1. [A \\[b\\]\\(c\\) \\*d\\* \\<e\\>](https://h/a%20b%28c%29?q=1#:~:text=x,y)\n"
        "2. [F](http://h/f)"
    )
    assert source_list([], "en") == ""


@pytest.mark.parametrize("language", ["en", "ja", "zh-TW", "xx"])
def test_what_was_added_is_taken_out_again(language: str) -> None:
    sent = f"Why {numbered(1, 'https://h/(a)')} so {numbered(2, 'http://h/f')}."
    assert without_sources(sent + source_list(ENTRIES, language)) == "Why [1] so [2]."


def test_lists_and_links_of_the_answer_itself_stay() -> None:
    text = "See [1](http://x).\n\n**Sources**\n\nThere are two.\n1. [A](http://x)"
    assert without_sources(text) == text
