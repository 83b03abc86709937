"""Which links of a page are signs, and which are words."""

import pytest

from ingest.sources.content import main_content

FORGE = "https://github.com/acme/x"


def read(html: str) -> str:
    return main_content(f"<main><h1>Pump</h1>{html}<p>Last.</p></main>")[0]


@pytest.mark.parametrize(
    ("html", "text"),
    [
        (
            f"<p>If it fails, please <a href='{FORGE}/issues'>open an issue</a> with the log.</p>",
            "If it fails, please open an issue with the log.",
        ),
        (
            f"<p>Lesen Sie <a href='{FORGE}'>diese Anleitung zur Wartung</a> vor dem Start.</p>",
            "Lesen Sie diese Anleitung zur Wartung vor dem Start.",
        ),
        (
            "<p>Siehe <a href='https://gitlab.example/a/b'>Seite 3 des Handbuchs</a>.</p>",
            "Siehe Seite 3 des Handbuchs.",
        ),
        (
            "<p>Siehe <a rel=next href=/n>das nächste Kapitel</a> für mehr.</p>",
            "Siehe das nächste Kapitel für mehr.",
        ),
        ("<p>Go back to <a rel=prev href=/p>the basics</a>.</p>", "Go back to the basics."),
        (
            f"<p>You can <em><a href='{FORGE}/edit/main/a.md'>edit this page</a></em>.</p>",
            "You can edit this page.",
        ),
        (
            f"<p><b>Bitte</b> <a href='{FORGE}/edit/a.md'>diese Seite bearbeiten</a>.</p>",
            "Bitte diese Seite bearbeiten.",
        ),
        (
            "<p>Siehe <a href=/a>Wartung</a>, <a rel=next href=/n>Austausch</a>.</p>",
            "Siehe Wartung, Austausch.",
        ),
        ("<p>See <svg></svg> <a rel=next href=/n>Care</a>.</p>", "See Care."),
        (f"<p><a href='{FORGE}'>Show the log</a></p>", "Show the log"),
        (f"<p><a href='{FORGE}'>Seite 3 des Handbuchs</a></p>", "Seite 3 des Handbuchs"),
        (f"<p><a href='{FORGE}/blob/a.py'>Edit distance</a></p>", "Edit distance"),
        (f"<p><a href='{FORGE}/issues'>Report a fault</a></p>", "Report a fault"),
        (
            f"<p>貸出の<a href='{FORGE}/edit/a.md'>記録を編集</a>できます。</p>",
            "貸出の記録を編集できます。",
        ),
    ],
)
def test_a_link_in_a_sentence_is_a_part_of_it(html: str, text: str) -> None:
    assert read(html) == f"# Pump\n\n{text}\n\nLast."


@pytest.mark.parametrize(
    "html",
    [
        *(
            f"<p><a href='{FORGE}/edit/main/a.md'>{words}</a></p>"
            for words in (
                "Edit",
                "✎ Edit this page",
                "Edit on GitHub",
                "Improve this doc",
                "Suggest edits",
                "View page source",
                "Show source",
                "Report an issue with this page",
                "Seite bearbeiten",
                "Diese Seite bearbeiten",
                "Auf GitHub bearbeiten",
                "Quelltext anzeigen",
                "Modifier cette page",
                "Editar esta página",
                "Modifica questa pagina",
                "编辑此页",
                "在 GitHub 上编辑此页面",
                "このページを編集",
                "이 페이지 편집하기",
                "Редактировать эту страницу",
            )
        ),
        "<p><a rel=prev href=/p>Wartung</a> | <a rel=next href=/n>Austausch</a></p>",
        "<p><span><a rel=prev href=/p>Care</a></span> · <span><a rel=next href=/n>Use</a></span>",
        f"<p><a href='_sources/a.txt'>Show Source</a> • <a href='{FORGE}/edit/a'>Edit</a></p>",
    ],
)
def test_a_link_on_its_own_to_the_source_or_the_next_page_is_none_of_the_text(html: str) -> None:
    words = read(html).replace("|", "").replace("·", "").replace("•", "").split()
    assert words == ["#", "Pump", "Last."]


@pytest.mark.parametrize("words", ["Dauer der Wartung", "How long it <b>takes</b>", "保守"])
@pytest.mark.parametrize(
    "heading",
    [
        "<h2 id=b><a class='header-anchor' href='#b'><span>{}</span></a></h2>",
        "<h2 id=b><a class='header-anchor' href='#b'>{}</a></h2>",
        "<h2 class=post-title><a class='permalink' href=/2026/post>{}</a></h2>",
        "<h2><span><a class='anchor-link' href='#b'>{}</a></span></h2>",
        "<h2><span class=permalink>{}</span></h2>",
        "<h2>1. <a class='headerlink' href='#b'>{}</a></h2>",
        "<h2><a class='header-anchor' href='#b'>{}</a><a class=headerlink href='#b'>¶</a></h2>",
        "<a class=permalink href=/post><h2>{}</h2></a>",
    ],
)
def test_a_heading_that_is_a_link_to_itself_is_a_heading(heading: str, words: str) -> None:
    plain = words.replace("<b>", "").replace("</b>", "")
    text = read(heading.format(words))
    assert text in {f"# Pump\n\n## {number}{plain}\n\nLast." for number in ("", "1. ")}


@pytest.mark.parametrize("words", ["Wartung", "Care", "3.12.1"])
@pytest.mark.parametrize("sign", ["#", "¶", "Permalink", "Link", "\u200b", "<svg></svg>"])
def test_a_sign_beside_the_words_of_a_heading_is_none_of_them(words: str, sign: str) -> None:
    html = f"<h2 id=b>{words} <a class='header-anchor' href='#b'>{sign}</a></h2>"
    assert read(html) == f"# Pump\n\n## {words}\n\nLast."


@pytest.mark.parametrize(
    "link",
    [
        "<a href='#r'>\u21a9</a>",
        "<a href='#r'>\u21a9\ufe0e</a>",
        "<a href='#r'>^</a>",
        "<a class=footnote-backref href='#r'>zurück</a>",
        "<a class=reversefootnote href='#r'>&#8617;</a>",
    ],
)
def test_the_way_back_from_a_footnote_is_no_text(link: str) -> None:
    assert read(f"<ol><li><p>Laut Hersteller. {link}</p></li></ol>") == (
        "# Pump\n\n1. Laut Hersteller.\n\nLast."
    )


@pytest.mark.parametrize(
    ("term", "shown"),
    [
        ("<a class=permalink href='#a'><b>-a</b></a>, <b>--alle</b>", "-a, --alle"),
        ("<a class=permalink href='#a'><b>--größe</b>=<i>ZAHL</i></a>", "--größe=ZAHL"),
        ("<a class=permalink href='#1'>-1</a>", "-1"),
        ("<a class=permalink href='#e'><code>環境</code></a>", "`環境`"),
        ("breite<a class=headerlink href='#b'>\xb6</a>", "breite"),
        ("breite <a class=headerlink href='#b'>Permalink</a>", "breite"),
    ],
)
def test_a_term_that_is_a_link_to_itself_is_a_term(term: str, shown: str) -> None:
    text = read(f"<dl><dt id=a>{term}</dt><dd>Zeigt mehr.</dd></dl>")
    assert text == f"# Pump\n\n{shown}\n: Zeigt mehr.\n\nLast."


def test_a_name_in_a_sentence_that_is_a_link_to_itself_is_a_word() -> None:
    link = "<a class=permalink href='#HOME'><code>HOME</code></a>"
    assert read(f"<p>Aus {link} gelesen.</p>") == "# Pump\n\nAus `HOME` gelesen.\n\nLast."
