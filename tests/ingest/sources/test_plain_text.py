"""Markdown and plain text: what is kept and what it is called."""

import pytest

from ingest.sources.plain_text import extract_markdown, extract_plain


def test_markdown_is_kept_as_it_is() -> None:
    text = "# Title\n\nSome *text* with `code`.\n\n- a\n- b\n"
    extract = extract_markdown(text)
    assert extract.text == text
    assert extract.title == "Title"


def test_front_matter_is_removed_and_its_title_wins() -> None:
    extract = extract_markdown('---\ntitle: "From: above"\ntags:\n  - a\n- b\n---\n\n# H\n\nText.')
    assert extract.text == "# H\n\nText."
    assert extract.title == "From: above"


@pytest.mark.parametrize(
    ("front", "title"),
    [
        ("title: Plain words", "Plain words"),
        ("title: 'quoted'", "quoted"),
        ("title:", "H"),
        ("title: >-\n  folded", "H"),
        ("date: 2024-01-01", "H"),
        ("", "H"),
        ('title: "', '"'),
    ],
)
def test_front_matter_titles(front: str, title: str) -> None:
    assert extract_markdown(f"---\n{front}\n---\n# H\n").title == title


def test_a_rule_at_the_top_is_no_front_matter() -> None:
    text = "---\nA letter that begins with a rule.\n---\nAnd goes on."
    assert extract_markdown(text).text == text


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("```\n# a comment\n```\n# The title", "The title"),
        ("~~~sh\n# a\n```\n# b\n~~~\n# The title #", "The title"),
        ("## Only a section\n\ntext", ""),
        ("#hashtag\n\ntext", ""),
        ("no heading", ""),
        ("#   spaced \t out  \n", "spaced out"),
    ],
)
def test_the_title_of_markdown_is_its_first_main_heading(text: str, title: str) -> None:
    assert extract_markdown(text).title == title


def test_windows_line_ends_become_newlines() -> None:
    assert extract_markdown("# T\r\n\r\nText\r\n").text == "# T\n\nText\n"
    assert extract_plain("One\r\rTwo").text == "One\n\nTwo"


def test_a_text_file_is_called_by_its_first_line_if_that_is_short() -> None:
    assert extract_plain("\n  Minutes of May  \n\nWe met.").title == "Minutes of May"
    assert extract_plain("word " * 40).title == ""
    assert extract_plain("").title == ""


def test_an_endless_title_is_cut() -> None:
    assert len(extract_markdown("# " + "word " * 100).title) <= 200


@pytest.mark.parametrize(
    "text",
    [
        "# a" + " " * 2_000_000 + "b",
        "# " + "# " * 1_000_000 + "b",
        "# a" + " #" * 1_000_000 + "b",
        "---\ntitle: a" + " " * 2_000_000 + "b\n---\ntext",
        "---\n" + "--- " * 500_000,
    ],
    ids=["blanks", "hashes", "closing hashes", "title", "rules"],
)
def test_hostile_lines_take_no_more_than_their_length(text: str) -> None:
    """By a backtracking pattern each of these took days."""
    assert len(extract_markdown(text).title) <= 200


@pytest.mark.parametrize(
    ("line", "title"),
    [("# A ##", "A"), ("#  A# ", "A#"), ("# A # b #", "A # b"), ("# ##", "##"), ("#\tA\t#", "A")],
)
def test_hashes_that_end_a_heading(line: str, title: str) -> None:
    assert extract_markdown(line).title == title
