"""Texts that are made to take long."""

import pytest

from ingest.sources.markdown.convert import extract_markdown


@pytest.mark.parametrize(
    "text",
    [
        "# a" + " " * 2_000_000 + "b",
        "# " + "# " * 300_000 + "b",
        "# a" + " #" * 300_000 + "b",
        "---\ntitle: a" + " " * 2_000_000 + "b\n---\ntext",
        "---\n" + "--- " * 500_000,
        "{{<a>}}" * 5_000 + "x",
        "`a" * 100_000,
        "<A b={" * 5_000,
        ":::a\n" * 20_000,
        "<div>\n" + "<!-- " * 300_000 + "\n</div>",
        "+++\n" + "a." * 49_000 + "a = 1\n+++\ntext",
        "<A/>\n\nexport const a = {\n" + "b: 1,\n" * 100_000,
        "<b><i>" * 40_000 + "</u>" * 100_000,
    ],
    ids=[
        *("blanks", "hashes", "closing", "title", "rules", "macros", "ticks", "jsx", "boxes"),
        *("comments", "keys", "exports", "tags"),
    ],
)
def test_hostile_lines_take_no_more_than_their_length(text: str) -> None:
    """By a backtracking pattern each of these took days."""
    assert len(extract_markdown(text, is_mdx=text[0] == "<").title) <= 200


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("<p align=center><![](banner.png)</p>\n\nNach", "<![](banner.png)\n\nNach"),
        ("<center>\n<![徽标](logo.png)>\n</center>", "<![徽标](logo.png)>"),
        ("<div>arrays <![0]> of one</div>", "arrays <![0]> of one"),
        ("<div><![CDATA[x]]> y</div>", "y"),
        ("<!--[if IE]>z<![endif]-->a", "a"),
    ],
)
def test_what_only_begins_like_a_declaration_is_text(markdown: str, text: str) -> None:
    assert extract_markdown(markdown).text == text
