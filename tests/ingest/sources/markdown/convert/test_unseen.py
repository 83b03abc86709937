"""What readers do not see: comments, what is hidden, pictures, includes."""

import pytest

from ingest.sources.markdown.convert import extract_markdown
from tests.support.converted import text_of


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
        "%%secret%%",
        "%%\nsecret\n\nsecret\n%%",
        "*[secret]: Secret secret",
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


def test_pictures_of_a_state_are_no_text_and_others_are() -> None:
    badges = (
        "[![Build](https://img.shields.io/b.svg)](https://ci) ![cov](https://codecov.io/x)\n"
        '<img alt="npm" src="https://badge.fury.io/js/x.svg"> ![ok](https://a.b/w/badge.svg?x=y)'
    )
    assert text_of(f"{badges}\n\n# Werkzeug\n\n![Scheune](a.png)") == "# Werkzeug\n\nScheune"
    assert text_of("![Dachs](img/badger.png) ![[bild.PNG]]") == "Dachs"


@pytest.mark.parametrize("before", ["", "Heute: ", "*Heute* <i>und</i> `x` ", "[Heute](a) [x] "])
@pytest.mark.parametrize("address", ["https://img.shields.io/b.svg", "https://a.b/w/ci-badge.svg"])
def test_a_picture_of_a_state_is_none_wherever_it_stands(before: str, address: str) -> None:
    assert "Stand" not in text_of(f"{before}![Stand]({address}) jetzt")


@pytest.mark.parametrize("address", ["list-with-badges.png", "/img/badge.png", "../badges/a.png"])
def test_a_picture_that_shows_badges_is_one_of_the_text(address: str) -> None:
    assert text_of(f"![Liste mit Zeichen]({address})") == "Liste mit Zeichen"
    assert text_of(f"![Liste mit Zeichen]({address}) [x]: a") == "Liste mit Zeichen [x]: a"


def test_signs_of_comments_within_words_are_none() -> None:
    assert text_of("5%% und 6%% Rabatt, 2 ^10") == "5%% und 6%% Rabatt, 2 ^10"
    assert text_of("Merksatz ^merk-1\n\nMehr") == "Merksatz\n\nMehr"
    assert text_of("a\n\n%%\n\nb") == "a\n\n%%\n\nb"


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
        ('{{ include("teile/a.md") }}', "teile/a.md"),
        ('{% include-markdown "../a.md" start="x" %}', "../a.md"),
    ],
)
def test_what_is_included_is_named_and_no_text(markdown: str, name: str) -> None:
    found = extract_markdown(f"Before.\n\n{markdown}\n\nAfter.")
    assert found.includes == (name,)
    assert found.text == "Before.\n\nAfter."
