"""Code that a page lays out without `pre`: its lines, and what only looks like it."""

import pytest
from lxml.html import fromstring

from ingest.sources.content import main_content
from ingest.sources.markup import to_text


def text(body: str) -> str:
    return to_text(fromstring(f"<main>{body}</main>"))


@pytest.mark.parametrize(
    "body",
    [
        "<div class=fragment><div class=line>pumpe {</div><div class=line>  an();</div>"
        "<div class=line>}</div></div>",
        "<div class=fragment><div class=line><a name=l1></a>pumpe {</div>\n<div class=foldopen>"
        "<div class=line>  an();</div>\n<div class=line>}</div></div></div>",
        "<div class='syntaxhighlighter c'><table><tr><td class=code><div class=container>"
        "<div class='line n1'><code>pumpe</code> <code>{</code></div>"
        "<div class=line><code>  an();</code></div><div class=line><code>}</code></div>"
        "</div></td></tr></table></div>",
        "<table><tr><td class='blob-code js-file-line'>pumpe {</td></tr>"
        "<tr><td class=blob-code>  an();</td></tr><tr><td class=blob-code>}</td></tr></table>",
        "<p><code>pumpe {<br>&nbsp; an();<br>}</code></p>",
        "<p><code style='white-space: pre-wrap'>pumpe {\n  an();\n}</code></p>",
    ],
)
def test_lines_are_code(body: str) -> None:
    assert text(body) == "```\npumpe {\n  an();\n}\n```"


def test_numbers_of_lines_are_none_of_it() -> None:
    page = (
        "<main><h1>給水</h1><p>こう動かす。</p><div class=fragment>"
        "<div class=line><span class=lineno>    1</span>namespace 給水 {</div>"
        "<div class=line><span class=lineno>    2</span>}</div></div></main>"
    )
    expected = "# 給水\n\nこう動かす。\n\n```\nnamespace 給水 {\n}\n```"
    assert main_content(page)[0] == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<div class=line-block><div class=line>a</div><div class=line>b</div></div>", "a\n\nb"),
        ("<div class=address><div class=line>a</div><div class=line>b</div></div>", "a\n\nb"),
        ("<div class=highlight><p>a</p><p>b</p></div>", "a\n\nb"),
        ("<div class=source><div class=line>a</div>said so</div>", "a\n\nsaid so"),
        ("<p>Call <code>a<br>b</code> twice.</p>", "Call a\nb twice."),
        ("<p><code>a<br></code></p>", "`a`"),
        ("<table><tr><td class=blob-code>a</td></tr><tr><td>b</td></tr></table>", "a\n\nb"),
    ],
)
def test_other_lines_are_none(body: str, expected: str) -> None:
    assert text(body) == expected
