"""Markdown to what its readers see: text, titles, includes."""

import pytest

from ingest.sources.markdown.convert import extract_markdown


def text_of(markdown: str, *, is_mdx: bool = False) -> str:
    return extract_markdown(markdown, is_mdx=is_mdx).text


@pytest.mark.parametrize(
    ("markdown", "title"),
    [
        ("```\n# a comment\n```\n# The title", "The title"),
        ("~~~sh\n# a\n```\n# b\n~~~\n# The title #", "The title"),
        ("Quick tour\n==========\n\nText.", "Quick tour"),
        ("Quick\ntour\n---\n\nText.", "Quick tour"),
        ("## Changing the oil\n\ntext\n\n## More", "Changing the oil"),
        ("### Deep\n\n## Less deep\n", "Less deep"),
        ("## First\n\n# Main\n", "Main"),
        ("#hashtag\n\ntext", ""),
        ("no heading", ""),
        ("#   spaced \t out  \n", "spaced out"),
        ("# **Setup** of `tiny-tool` &amp; friends", "Setup of tiny-tool & friends"),
        ("# First steps { #first-steps }", "First steps"),
        ("# First steps {#first-steps .wide}", "First steps"),
        ("# First steps {: #first }", "First steps"),
        ("# Premiers pas {/* #premiers */}", "Premiers pas"),
        ("[![B](https://a/b.svg)](https://a)\n\n# [Tool](https://t) ![logo](l.png)", "Tool"),
        ('<h1 align="center">Tiny <em>tool</em></h1>\n\n## Install', "Tiny tool"),
        ("<h1>\n  <img src=a.png alt='Tiny tool'>\n</h1>\n", "Tiny tool"),
        ("<head><title>Old page</title></head>\n\nText", "Old page"),
        ("# _Never_ `<div>` twice :tada:", "Never <div> twice"),
        ("# snake\\_case and \\*star", "snake_case and *star"),
        ('<div hidden>\n\n# Draft\n\n</div>\n\n# Real "one"', 'Real "one"'),
        ("# A ##", "A"),
        ("#  A# ", "A#"),
        ("# A # b #", "A # b"),
        ("#\tA\t#", "A"),
    ],
)
def test_titles(markdown: str, title: str) -> None:
    assert extract_markdown(markdown).title == title


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("Some *text* with `code` and __more__.", "Some text with `code` and more."),
        ("snake\\_case \\# 1\\. &lt;b&gt; &copy;", "snake_case # 1. <b> ©"),
        ("un**believ**able __init__.py", "unbelievable init.py"),
        ("**FastAPI <b>CLI</b>**는 좋다", "FastAPI CLI는 좋다"),
        ("a[^1] b\n\n[^1]: The note\n    goes on.", "a[^1] b\n\n[^1]: The note\ngoes on."),
        ('[text](https://a/b?c=d "Title") and <https://a.b/>', "text and https://a.b/"),
        ("[full][r], [r][], [r] and [none][x]\n\n[r]: https://a 'T'", "full, r, r and none"),
        ("see [`site_url`][settings.site_url].", "see `site_url`."),
        ("a [b](my file.md) c ![d](my pic.png)", "a b c d"),
        ("![a barn](b.png) ![](x.png) ![image.png](y.png)", "a barn"),
        ("[![Build](https://ci/b.svg)](https://ci)", "Build"),
        ("one  \ntwo<br>three<br/>\nfour", "one\ntwo\nthree\nfour"),
        ("- a\n- b\n  1. c\n  2. d\n- [x] done", "- a\n- b\n  1. c\n  2. d\n- [x] done"),
        ("3) c\n4) d", "3. c\n4. d"),
        ("> quoted\n> text\n>\n> more", "> quoted\n> text\n>\n> more"),
        ("Term\n: What it means\n", "Term\n: What it means"),
        ("==Marked== H~2~O x^2^ ~~old~~ ++ctrl+c++", "Marked H2O x2 ~~old~~ ctrl+c"),
        ("a == b and c == d, 1~2 ~3", "a == b and c == d, 1~2 ~3"),
        ("so :smile: it is 10:30:45", "so it is 10:30:45"),
        ("$x_1^2$ costs $5 or $6", "$x_1^2$ costs $5 or $6"),
        ("$$\na_1 * b_1\n$$", "$$\na_1 * b_1\n$$"),
        ("[[Page|shown]] and [[Other page#part]]", "shown and Other page"),
        ("20&nbsp;cm", "20 cm"),
        ("Head\n====\nSub\n---", "# Head\n\n## Sub"),
        ("***\n\ntext\n\n---", "text"),
        ("[TOC]\n\n* TOC\n{:toc}\n\ntext", "text"),
    ],
)
def test_words_without_signs(markdown: str, text: str) -> None:
    assert text_of(markdown) == text


def test_tables_are_tables() -> None:
    markdown = (
        "| Pan | Size |\n|-----|:----:|\n| `small|er` | x |\n"
        "| [big](/b) | 20&nbsp;cm<br>*(round)* |\n| a \\| b | |\n"
    ).replace("small|er", "small\\|er")
    assert text_of(markdown) == (
        "| Pan | Size |\n| --- | --- |\n| `small\\|er` | x |\n"
        "| big | 20 cm (round) |\n| a \\| b |  |"
    )


CODE = (
    "x = {{ y }} {% z %}  # <!-- kept -->\n:::tip\n    !!! note\n[a](b) \\_ &amp; **c** {#d}\n"
    "import a from 'b'\n<Tabs x={1}>\n\n\n![i](j) {{< k >}}  \n"
)


@pytest.mark.parametrize("fence", ["```", "~~~~", "`````"])
@pytest.mark.parametrize("is_mdx", [False, True])
def test_code_stays_exactly_as_it_is(fence: str, is_mdx: bool) -> None:
    found = text_of(f"before\n\n{fence}python\n{CODE}{fence}\n\nafter", is_mdx=is_mdx)
    assert found == f"before\n\n```python\n{CODE}```\n\nafter"


def test_code_in_lists_boxes_and_quotes_stays() -> None:
    assert (
        text_of("- a\n\n  ```sh\n  {{ b }}\n    c\n  ```")
        == "- a\n\n  ```sh\n  {{ b }}\n    c\n  ```"
    )
    assert text_of("!!! note\n\n    ```\n    {{ b }}\n\n    c\n    ```\n") == (
        "Note\n\n```\n{{ b }}\n\nc\n```"
    )
    assert text_of("> ```\n> {% b %}\n> ```") == "> ```\n> {% b %}\n> ```"


def test_indented_code_is_code_and_stays() -> None:
    assert text_of("a\n\n    <!-- b -->\n    {{< c >}} \\_\n\nd") == (
        "a\n\n```\n<!-- b -->\n{{< c >}} \\_\n```\n\nd"
    )


@pytest.mark.parametrize(
    "code",
    [
        "`{{ a }}`",
        "`<!-- a -->`",
        "`{% a %}`",
        "`` `a` ``",
        "`a\\_b`",
        "`![a](b)`",
        "`{#a}`",
        "`<B>`",
    ],
)
def test_code_in_a_line_stays_exactly_as_it_is(code: str) -> None:
    assert text_of(f"one {code} two") == f"one {code} two"


@pytest.mark.parametrize(
    "comment",
    [
        "<!-- secret -->",
        "<!--\nsecret\n\nsecret\n-->",
        "[//]: # (secret)",
        "[//]: # (secret (of (all)))",
        '[comment]: <> "secret"',
        "{/* secret */}",
        "{# secret #}",
        "{#\nsecret\n\n# secret\n#}",
        "{{/* secret */}}",
        "{% comment %}\nsecret\n\nsecret\n{% endcomment %}",
        "{{< comment >}}\nsecret\n{{< /comment >}}",
        "<template>secret</template>",
        "<div hidden>\n\nsecret **secret**\n\n```\nsecret\n```\n\n</div>",
        '<p style="display: none">secret</p>',
        '<span aria-hidden="true">secret</span>',
        "<script>\nlet secret = 1\n\nsecret()\n</script>",
        "<style>.secret {}</style>",
        '<details hidden="">\n<summary>secret</summary>\n\n- secret\n\n</details>',
    ],
)
def test_what_readers_do_not_see_is_left_out(comment: str) -> None:
    assert text_of(f"Before.\n\n{comment}\n\nAfter.") == "Before.\n\nAfter."


def test_comments_within_a_line() -> None:
    assert text_of("one <!-- a --> two <span hidden>b</span> three") == "one two three"
    assert text_of("one <!-- a\n\nb --> two") == "one\ntwo"
    assert text_of("a `<!--` b\n\nc `-->` d") == "a `<!--` b\n\nc `-->` d"
    assert text_of("a --> b") == "a --> b"


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
    "picture",
    [
        "![barn](data:image/png;base64,{data})",
        "![barn](data:image/svg+xml;base64,{data})",
        "![barn][1]\n\n[1]: <data:image/png;base64,{data}>",
        '<img alt="barn" src="data:image/jpeg;base64,{data}">',
        "barn\n\n[a]: data:font/woff2;base64,{data}",
    ],
)
def test_pictures_written_into_a_text_are_no_text(picture: str) -> None:
    markdown = picture.replace("{data}", "RCCCPP3m8cJrMPkOx90B5Ih1" * 2_000)
    assert text_of(markdown) == "barn"


def test_pictures_written_into_code_are_cut() -> None:
    data = "RCCCPP3m8cJrMPkOx90B5Ih1" * 2_000
    assert text_of(f"```css\na {{ b: url(data:image/png;base64,{data}) }}\n```") == (
        "```css\na { b: url(data:image/png;base64,…) }\n```"
    )


@pytest.mark.parametrize(
    ("markdown", "name"),
    [
        ('--8<-- "snippets/a.md"', "snippets/a.md"),
        ("```python\n--8<-- 'a.py'\n```".replace("'", '"'), "a.py"),
        ("```python\n{!../../docs_src/a.py!}\n```", "../../docs_src/a.py"),
        ("{* ../../docs_src/a.py hl[1,3] *}", "../../docs_src/a.py"),
        ('{% include "a.html" %}', "a.html"),
        ("{% include_relative sub/a.md %}", "sub/a.md"),
        ('{{% include file="/a.md" %}}', "/a.md"),
        ("{{#include ../a.rs:5:9}}", "../a.rs"),
        ("<!--@include: ./parts/a.md-->", "./parts/a.md"),
        ("<<< @/snippets/a.js{1,3}", "snippets/a.js"),
        ("```{include} ../README.md\n:start-line: 2\n```", "../README.md"),
        ("```{literalinclude} a.py\n```", "a.py"),
        (":::{include} a.md\n:::", "a.md"),
        ("::: package.module\n    options:\n      members: yes\n", "package.module"),
        ("![[Other note]]", "Other note"),
    ],
)
def test_what_is_included_is_named_and_no_text(markdown: str, name: str) -> None:
    found = extract_markdown(f"Before.\n\n{markdown}\n\nAfter.")
    assert found.includes == (name,)
    assert found.text == "Before.\n\nAfter."


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
    ],
    ids=["blanks", "hashes", "closing", "title", "rules", "macros", "ticks", "jsx", "boxes"],
)
def test_hostile_lines_take_no_more_than_their_length(text: str) -> None:
    """By a backtracking pattern each of these took days."""
    assert len(extract_markdown(text, is_mdx=text[0] == "<").title) <= 200


_BRACES = "Call GET /users/{id} with {name} set. A price {for example 3} matters."


@pytest.mark.parametrize(
    "before",
    [
        '# API\n\n```js\nimport x from "y"\n```',
        '```js\n\nimport x from "y"\n\nimport z from "y"\n```',
        "# API\n\n~~~\nimport { a } from 'y';\n~~~",
        "- item\n\n  ```js\n  import x from 'y'\n  ```",
        "# API\n\n    import x from 'y'\n    a()",
        "{% highlight js %}\na\n\nimport x from 'y'\n{% endhighlight %}",
        "<pre>\na\n\nimport x from 'y'\n\n</pre>",
        "<!--\n\nimport x from 'y'\n\n-->\n\nText",
        "Write\nimport x from 'y'\nfirst.",
    ],
)
def test_an_import_in_code_makes_no_mdx(before: str) -> None:
    after = f"{_BRACES}\n\nexport const is a beginning.\n\n    code {{a}}"
    words = f"{_BRACES}\n\nexport const is a beginning.\n\n```\ncode {{a}}\n```"
    assert text_of(f"{before}\n\n{after}").endswith(words)


@pytest.mark.parametrize(
    "before",
    [
        "import x from 'y';",
        "---\ntitle: A\n---\n\nimport x, { z } from 'y'\nimport a from 'b'",
        "import {\n  A,\n  B,\n} from 'y'",
    ],
)
def test_an_import_outside_of_code_makes_mdx(before: str) -> None:
    assert text_of(f"{before}\n\n# Title\n\nA {{x.y}} price.") == "# Title\n\nA price."
    assert text_of(f"# Title\n\n{before.split('---')[-1]}\n\nA {{x.y}} price.").endswith("A price.")


def test_what_is_called_mdx_is_mdx_whatever_is_in_it() -> None:
    assert text_of("```js\nimport x from 'y'\n```\n\nA {x} b", is_mdx=True).endswith("A b")
    assert text_of("A {x} b", is_mdx=True) == "A b"


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("10<sup>6</sup> Hz and 10^6^ and 2^10^", "10^6 Hz and 10^6 and 2^10"),
        (
            "10<sup>-9</sup> 10^-9^ 10<sup>\u22129</sup> 10<sup> +3 </sup>",
            "10^-9 10^-9 10^\u22129 10^+3",
        ),
        ("**10**<sup>6</sup> 101<sub>2</sub>", "10^6 101_2"),
        ("# 10<sup>6</sup> Hz", "# 10^6 Hz"),
        (
            "| a | b |\n|-|-|\n| 10<sup>6</sup> | 2^10^ |",
            "| a | b |\n| --- | --- |\n| 10^6 | 2^10 |",
        ),
        ("<div>10<sup>6</sup> Hz</div>", "10^6 Hz"),
        ("1<sup>st</sup> x<sup>2</sup> H<sub>2</sub>O x^2^ 1^st^", "1st x2 H2O x2 1st"),
        ("2020<sup>[1](#f)</sup> 2020<sup><a href='#f'>1</a></sup>", "20201 20201"),
        ("`10<sup>6</sup>` $10^6$", "`10<sup>6</sup>` $10^6$"),
    ],
)
def test_powers_stay_apart_from_their_numbers(markdown: str, text: str) -> None:
    assert text_of(markdown) == text


@pytest.mark.parametrize(
    "words",
    [
        "Der Wert [netto](ca. 3.5 Euro je St\u00fcck) gilt.",
        "See [a] (x.y z) and [b](see fig. 2, p. 7).",
        "[x](v. 1.2) and [y](#1 of 3)",
        "[km](per hour / day) and ![m](1/2 of it)",
    ],
)
def test_words_in_brackets_are_no_target(words: str) -> None:
    assert text_of(words) == words


def test_the_name_of_a_file_is_a_target() -> None:
    assert text_of("[a](my file.md#b) [c](<d e.md>) [f](g.md 'of h') [i](../j k.md)") == "a c f i"
