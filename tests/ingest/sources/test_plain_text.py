"""Plain text: what is kept and what it is called."""

from ingest.sources.plain_text import extract_plain


def test_line_ends_become_newlines() -> None:
    assert extract_plain("One\r\rTwo\r\nThree").text == "One\n\nTwo\nThree"


def test_a_text_file_is_called_by_its_first_line_if_that_is_short() -> None:
    assert extract_plain("\n  Minutes of May  \n\nWe met.").title == "Minutes of May"
    assert extract_plain("word " * 40).title == ""
    assert extract_plain("").title == ""
