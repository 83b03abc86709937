"""Documents of every kind: what is said in front of them."""

import pytest

from ingest.sources.extract import extract


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    "front", ["---\ntitle: Größen\ntags: [a]\n---", "+++\ntitle = 'Größen'\ntags = ['a']\n+++"]
)
def test_a_page_with_front_matter_has_it_read(front: str, end: str) -> None:
    page = f"{front}\n<h1>Hemden</h1>\n<p>Von S bis XL.</p>\n".replace("\n", end)
    found = extract(page.encode(), "html", None, None)
    assert found.text == "# Hemden\n\nVon S bis XL."
    assert (found.title, found.details) == ("Größen", {"tags": "a"})


def test_a_page_that_begins_with_a_rule_of_its_own_keeps_it() -> None:
    page = b"---\nHinweis ohne Feld\n---\n<p>Text.</p>"
    assert "Hinweis ohne Feld" in extract(page, "html", None, None).text
