"""HTML between the lines."""

import pytest

from tests.support.converted import text_of


def test_html_inside_becomes_its_text() -> None:
    markdown = (
        '<p align="center">A <b>bold</b> word and <code>a_b</code>.<br>A <a href="/">b</a></p>\n'
        "<ul><li>one<li>two</ul>\n<dl><dt>T<dd>D</dl>\n"
        '<pre lang="sh"><code>a &lt; b\n  c</code></pre>\n'
    )
    assert text_of(markdown) == (
        "A bold word and `a_b`.\nA b\n\n- one\n- two\n\nT\n: D\n\n```sh\na < b\n  c\n```"
    )


def test_tables_of_html() -> None:
    markdown = (
        "<table>\n<thead><tr><th>Plan</th><th>Cost</th></tr></thead>\n"
        "<tr><td><p>Gannet</p><p>big</p></td><td>3 | 4</td></tr>\n"
        "<tr><td>\n\n**Tern** `x`\n\n</td><td><ul><li>5<li>6</ul></td></tr>\n</table>"
    )
    assert text_of(markdown) == (
        "| Plan | Cost |\n| --- | --- |\n| Gannet big | 3 \\| 4 |\n| Tern `x` | 5 6 |"
    )
    assert text_of("<table><tr><td>alone</td></tr></table>") == "alone"


def test_markdown_between_elements() -> None:
    markdown = "<details>\n<summary>More</summary>\n\n## Inside\n\n- **a**\n\n</details>\n\nAfter"
    assert text_of(markdown) == "More\n\n## Inside\n\n- a\n\nAfter"


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        (
            "<div class=x>\nBild\n</div>\n```sh\n{: .a }\n\nls\n```\nText",
            "Bild\n\n```sh\n{: .a }\n\nls\n```\n\nText",
        ),
        ('<figure markdown="span">\n  ![水泵](a.png)\n  <figcaption>Ein *Bild*</figcaption>\n'
         "</figure>", "水泵\n\nEin Bild"),
        ("<div class=grid markdown>\n**Eins** und `zwei`\n</div>", "Eins und `zwei`"),
        ("<div class=markdown>\n2 ** 3 ** 4\n</div>", "2 ** 3 ** 4"),
    ],
)  # fmt: skip
def test_markdown_beside_and_within_elements(markdown: str, text: str) -> None:
    assert text_of(markdown) == text
