"""Rows of links from page to page, and rows of links that are a part of the text."""

import pytest

from ingest.sources.content import main_content


def read(html: str) -> str:
    return main_content(f"<main><h1>Pumpe</h1>{html}<p>Zuletzt das Ventil.</p></main>")[0]


@pytest.mark.parametrize(
    "row",
    [
        "<table><tr><td>[<a href=a> &lt; </a>]</td><td>[<a href=b> &gt; </a>]</td><td>&nbsp;</td>"
        "<td>[<a href=c>Up</a>]</td></tr></table>",
        "<div class=header><p>Weiter: <a href=b accesskey=n rel=next>Rohre</a>, zurück: "
        "<a href=a accesskey=p rel=prev>Hähne</a>, hoch: <a href=c rel=up>Wasser</a> "
        "[<a href=t rel=contents>Inhalt</a>]</p></div>",
        "<table width='100%'><tr><td><a accesskey=p href=a>前へ</a></td><td><a accesskey=n href=b>"
        "次へ</a></td></tr></table>",
    ],
)
def test_a_row_of_links_from_page_to_page_is_no_text(row: str) -> None:
    assert read(row) == "# Pumpe\n\nZuletzt das Ventil."


@pytest.mark.parametrize(
    ("row", "text"),
    [
        (
            "<table><tr><td><a href=a>Alder</a></td><td><a href=b>Birch</a></td>"
            "<td><a href=c>Cedar</a></td></tr></table>",
            "| Alder | Birch | Cedar |",
        ),
        (
            "<p>Siehe <a rel=prev href=a>Hähne</a> und <a rel=next href=b>Rohre</a>, wo steht, wie "
            "beide im Winter vor Frost zu schützen sind und was sie kosten.</p>",
            "Siehe Hähne und Rohre, wo steht, wie beide im Winter vor Frost zu schützen sind und "
            "was sie kosten.",
        ),
        ("<p><a href='#a'>+</a> <a href='#b'>-</a> <a href='#c'>mal</a></p>", "+ - mal"),
    ],
)
def test_other_rows_of_links_are_text(row: str, text: str) -> None:
    assert read(row) == f"# Pumpe\n\n{text}\n\nZuletzt das Ventil."
