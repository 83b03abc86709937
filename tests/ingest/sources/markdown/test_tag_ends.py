"""HTML inside Markdown that is named, and such that holds what comes after it."""

import pytest

from ingest.sources.markdown.convert import extract_markdown

HIDING = ["script", "style", "template", "iframe", "svg", "select", "video", "math"]
NAMES = [*HIDING, "head", "object", "title", "table", "textarea", "noscript"]


def text_of(markdown: str) -> str:
    return extract_markdown(markdown).text


@pytest.mark.parametrize("name", NAMES)
def test_a_tag_that_a_sentence_names_hides_nothing(name: str) -> None:
    text = text_of(
        f"Put it into <{name}> of the *page*, at the top.\n\n- a <{name}> in an item\n\n"
        f"| A | B |\n|---|---|\n| a <{name.upper()}> cell | c |\n\n# More\n\nText here."
    )
    for words in ("Put it into of the page, at the top.", "- a in an item", "| a cell | c |"):
        assert words in text
    assert text.endswith("# More\n\nText here.")


@pytest.mark.parametrize("name", NAMES)
def test_a_tag_that_a_line_begins_with_hides_nothing(name: str) -> None:
    text = text_of(f"Intro.\n\n<{name}> is first.\n\n# More *text*\n\nThe end.")
    assert "is first." in text
    assert text.endswith("# More text\n\nThe end.")


@pytest.mark.parametrize(
    "name", ["script", "style", "template", "iframe", "svg", "select", "video", "math"]
)
@pytest.mark.parametrize(
    "markdown",
    [
        "One <{0}>secret</{0}> two\n\nThree",
        "One\n\n<{0}>\nsecret\n</{0}>\n\ntwo\n\nThree",
        "One\n\n<{0} a=b>\n\nsecret\n\n</{0}>\n\ntwo\n\nThree",
        "One <{0} a=b/> two\n\nThree",
        "One <{0}> two\n\nThree <{0}>secret</{0}>",
    ],
)
def test_what_is_in_such_an_element_is_hidden(name: str, markdown: str) -> None:
    assert " ".join(text_of(markdown.format(name)).split()) == "One two Three"


def test_an_attribute_hides_what_is_ended() -> None:
    assert text_of("Use <b hidden> to hide it.\n\nMore.") == "Use to hide it.\n\nMore."
    assert text_of("<div hidden>\n\nsecret\n\n</div>\n\nMore.") == "More."
    assert text_of("<div>\n<p hidden>secret\n<p>shown\n</div>\n\nMore.") == "shown\n\nMore."


def test_one_within_another_is_ended_by_its_own_end() -> None:
    assert text_of("a <svg><svg>x</svg>y</svg> b <svg> c") == "a b c"
    assert text_of("a <!-- <svg> --> b <svg>x</svg> c") == "a b c"


def test_the_title_is_that_of_an_element_that_is_ended() -> None:
    found = extract_markdown("<head><title>Wells</title></head>\n\nText")
    assert (found.title, found.text) == ("Wells", "Text")
    assert extract_markdown("The <title> is long.\n\nText").title == ""
