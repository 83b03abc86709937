"""Web pages: the reference loader's text to the letter, and main text elsewhere."""

import pytest

from ingest.sources.html import Extract, declared_charset, extract_page
from tests.support.paths import DATA

AGENT_PAGE = (DATA / "agent_page.html").read_text(encoding="utf-8")
DOCS_PAGE = """<!doctype html>
<html><head><title> The manual:
  widgets </title><meta property="og:title" content="Other"></head>
<body>
<nav><ul><li><a href="/">Home</a></li><li><a href="/shop">Shop for things</a></li></ul></nav>
<main>
<h1>Widgets</h1>
<p>Widgets are <b>small</b> parts that do one thing well and are easy to replace when they break,
which happens to every one of them after some years of use.</p>
<h2>Installing a widget</h2>
<ul><li>Open the hatch.</li><li>Put the widget in.</li></ul>
<table><tr><th>Size</th><th>Weight</th></tr><tr><td>small</td><td>2 grams</td></tr></table>
<p>A widget that was put in the wrong way round does no harm, but it does no work either; turn it.
</p>
</main>
<div id="comments"><p>First! A comment by a reader of the manual.</p></div>
<footer>Copyright by the widget company, all rights reserved.</footer>
</body></html>"""


def in_page(body: str, head: str = "") -> str:
    return f"<html><head>{head}</head><body>{body}</body></html>"


def test_a_page_of_the_references_structure_yields_its_post() -> None:
    extract = extract_page(AGENT_PAGE)
    assert extract.title == "Agents in a Lighthouse"
    assert len(extract.text) > 6000
    assert "Task decomposition means turning one large duty" in extract.text
    assert "“naïve” poems and notes in 日本語 are filed in the same way 🗼." in extract.text
    for outside in (
        "Posts from the menu",
        "Table of Contents",
        "footer line",
        "Tags of the footer",
        "nobody should ever find",
        "inline script",
        "not content",
    ):
        assert outside not in extract.text


def test_other_pages_yield_their_main_text_as_markdown() -> None:
    extract = extract_page(DOCS_PAGE)
    assert extract.title == "The manual: widgets"
    assert "## Installing a widget\n\n- Open the hatch.\n- Put the widget in." in extract.text
    assert "| small | 2 grams |" in extract.text
    assert "turn it." in extract.text
    for outside in ("Shop for things", "Copyright", "First!"):
        assert outside not in extract.text


def test_named_classes_are_taken_instead() -> None:
    page = in_page('<p class="x y">one</p><p>two</p><div class="z"><b>three</b></div>')
    assert extract_page(page, ["y", "z"]).text == "onethree"


def test_post_content_among_other_classes_is_found() -> None:
    page = in_page('<h1 class="post-title big">A</h1><div class="post-content wide">B</div>')
    assert extract_page(page) == Extract("AB", "A")


def test_a_page_without_the_named_classes_yields_its_main_text() -> None:
    assert "easy to replace" in extract_page(DOCS_PAGE, ["no-such-class"]).text


def test_a_headline_of_the_class_does_not_hide_an_article_of_another() -> None:
    article = "".join(f"<p>Sentence number {n} of a long article in it.</p>" for n in range(30))
    page = in_page(f'<h1 class="post-title">Head</h1><div class="entry">{article}</div>')
    extract = extract_page(page)
    assert "Sentence number 29" in extract.text


def test_a_page_that_is_only_a_headline_of_the_class() -> None:
    page = in_page('<h1 class="post-title">Short news of the day</h1>')
    assert extract_page(page) == Extract("Short news of the day", "Short news of the day")


def test_empty_content_of_the_class_falls_back_to_the_main_text() -> None:
    page = DOCS_PAGE.replace("<main>", '<div class="post-content"> \n</div><main>')
    assert "easy to replace" in extract_page(page).text


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        ("<title>T</title>", '<h1 class="post-title"> P\n Q </h1>', "P Q"),
        ("<title>T</title>", '<h1 class="post-title"> </h1>', "T"),
        ("<title> </title><meta property='og:title' content=' O '>", "", "O"),
        ("<title></title><meta property='og:title'>", "", ""),
        ("<title>T</title>", "<svg><title>An icon</title></svg>", "T"),
    ],
)
def test_titles(head: str, body: str, title: str) -> None:
    page = in_page(f'{body}<div class="post-content">Text</div>', head)
    assert extract_page(page).title == title


@pytest.mark.parametrize(
    "page",
    [
        "",
        "<",
        "<![if foo]><![CDATA[ <p",
        "<!doctype",
        "<html><head><title>Empty</title></head><body><script>draw()</script></body></html>",
        '<?xml version="1.0" encoding="utf-8"?><feed><entry>An entry</entry></feed>',
        "<div>" * 3000 + "deep" + "</div>" * 3000,
        "<p>\ud800</p>",
    ],
)
def test_odd_pages_do_no_harm(page: str) -> None:
    assert isinstance(extract_page(page), Extract)


@pytest.mark.parametrize("text", ["just words", "https://example.com/looks-like-an-address"])
def test_text_served_as_a_page_is_kept(text: str) -> None:
    assert extract_page(text) == Extract(text, "")


def test_xhtml_is_read_as_html() -> None:
    page = f'<?xml version="1.0" encoding="utf-8"?>\n{AGENT_PAGE}'
    assert extract_page(page) == extract_page(AGENT_PAGE)


@pytest.mark.parametrize(
    ("body", "charset"),
    [
        (b'<meta charset="koi8-r">', "koi8-r"),
        (b'<meta http-equiv="Content-Type" content="text/html; charset=EUC-JP">', "euc-jp"),
        (b"<p>nothing</p>", None),
    ],
)
def test_the_charset_a_page_declares(body: bytes, charset: str | None) -> None:
    assert declared_charset(body) == charset
