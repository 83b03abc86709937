"""Code in pages: its lines and its language."""

import pytest
from lxml.html import fromstring

from ingest.sources.code_blocks import fenced
from ingest.sources.markup import to_text

LINES = "for a in b:\n    print(a)\n\nend()"


def code(body: str) -> str:
    return to_text(fromstring(f"<main>{body}</main>"))


@pytest.mark.parametrize(
    "body",
    [
        f"<pre>{LINES}</pre>",
        f"<pre><code>\n{LINES}\n</code></pre>",
        "<pre><span><span>for</span> a <span>in</span></span> b:\n    print(a)\n\nend()\n\n</pre>",
        "<pre>for a in b:<br>    print(a)<br><br>end()</pre>",
        "<pre><code><span class='token-line'>for a in b:<br></span><span class='token-line'>"
        "    print(a)<br></span><span class='token-line'><br></span>"
        "<span class='token-line'>end()<br></span></code></pre>",
        "<pre><span class=line>for a in b:</span>\n<span class=line>    print(a)</span>\n"
        "<span class=line></span>\n<span class=line>end()</span></pre>",
        "<pre><span class=line>for a in b:</span><span class=line>    print(a)</span>"
        "<span class=line></span><span class=line>end()</span></pre>",
        "<pre><div>for a in b:</div><div>    print(a)</div><div></div><div>end()</div></pre>",
        "<pre>for a in b:\r\n    print(a)\r\n\r\nend()</pre>",
    ],
)
def test_lines_stay(body: str) -> None:
    assert code(body) == f"```\n{LINES}\n```"


@pytest.mark.parametrize(
    ("body", "language"),
    [
        ("<pre><code class='language-python'>x</code></pre>", "python"),
        ("<pre><code class='hljs lang-c++'>x</code></pre>", "c++"),
        (
            "<div class='highlight-python3 x'><div class=highlight><pre>x</pre></div></div>",
            "python3",
        ),
        (
            "<div class='highlight-default x'><div class=highlight><pre>x</pre></div></div>",
            "",
        ),
        ("<div class='highlight highlight-source-shell'><pre>x</pre></div>", "shell"),
        ("<pre data-lang=Go>x</pre>", "go"),
        ("<pre class='sourceCode haskell'>x</pre>", "haskell"),
        ("<pre class='brush: js'>x</pre>", "js"),
        ("<figure class='highlight ruby'><pre>x</pre></figure>", "ruby"),
        ("<pre><code class='language-plaintext'>x</code></pre>", ""),
        ("<pre>x</pre>", ""),
        ("<pre class='prettyprint linenums'>x</pre>", ""),
        (
            "<figure class='highlight js'><table><tr><td class=code><pre>x</pre></td></tr>"
            "</table></figure>",
            "js",
        ),
        (
            "<div class='highlight-python x'><div class=highlight><table><tr><td class=code><div>"
            "<pre>x</pre></div></td></tr></table></div></div>",
            "python",
        ),
    ],
)
def test_the_language_is_named(body: str, language: str) -> None:
    assert code(body) == f"```{language}\nx\n```"


def test_code_with_fences_in_it_gets_a_longer_one() -> None:
    assert fenced("```\na\n```", "md") == "````md\n```\na\n```\n````"


def test_soft_signs_are_none_of_the_code() -> None:
    assert code("<pre>a\xad\u200bb&nbsp;c</pre>") == "```\nab c\n```"
