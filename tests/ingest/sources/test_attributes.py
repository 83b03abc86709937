"""Tags with more attributes than a parser should be given."""

import random

import pytest
from lxml.html import HTMLParser, document_fromstring

from ingest.sources.attributes import MOST, without_excess
from ingest.sources.extract import extract
from ingest.sources.page_tree import parse
from rag_stream.errors import SourceError

NAMES = [f"a{n}" for n in range(MOST + 1)]
MANY = " ".join(NAMES)
PAGE = "<html><body>{}</body></html>"


@pytest.mark.parametrize(
    "attributes",
    [
        MANY,
        "/".join(NAMES),
        "\n".join(f"{name}=1" for name in NAMES),
        " ".join(f"{name} = \"<p title='x'>\"" for name in NAMES),
        "".join(f"{name}='>\"'" for name in NAMES),
        " ".join(f'a"{name}' for name in NAMES),
        MANY * 10,
    ],
)
def test_an_element_of_too_many_keeps_none_and_its_text(attributes: str) -> None:
    html = PAGE.format(f"<p {attributes} class=x>Heron<b {attributes}>s</b> fish.</p>")
    assert without_excess(html) == PAGE.format("<p>Heron<b>s</b> fish.</p>")
    page = parse(html)
    assert page is not None
    assert [len(element.attrib) for element in page.iter("p", "b")] == [0, 0]
    assert extract(html.encode(), "html", None, None).text == "Herons fish."


def test_a_page_of_one_such_tag_has_no_text() -> None:
    for html in (f"<html><body><p {MANY}>", f"<html><body><p {MANY}"):
        with pytest.raises(SourceError, match="no text found in it"):
            extract(html.encode(), "html", None, None)


@pytest.mark.parametrize(
    "html",
    [
        f"<p {' '.join(NAMES[:MOST])}>x</p>",
        f"<img src='data:image/png;base64,{'A' * 99_000}=='>",
        f'<img srcset="{", ".join(f"/{n}.png {n}w" for n in range(2_000))}" alt=x>',
        f"<img alt='{'a > b < c ' * 2_000}'>",
        f"<p title='x'y>{MANY} > {MANY}</p>",
        f"<!-- <p {MANY}> -->",
        f"<!-- <p {MANY}>",
        f"<!--><p>1 < {MANY}</p>",
        f"<script>if (a <b && c>'</p>') {{ '<p {MANY}>' }}</script>",
        f"<STYLE>/* <p {MANY}> */</STYLE>",
        f"<textarea rows=3>{MANY} <p {MANY}></textareas></textarea>",
        f"<title>a <b {MANY}></title>",
        f"<? {MANY} ?><!DOCTYPE {MANY}></ {MANY}>",
    ],
)
def test_everything_else_stays(html: str) -> None:
    assert without_excess(html) == html


def test_what_comes_behind_comments_and_scripts_is_seen() -> None:
    for before in (
        *("<!-- -->", "<!-->", "<!---->", "<!-- --!>", "<!x>", "<?x ?>", "</ x>", "<script/>"),
        *("<script>'<!--'</script>", "<style>x</STYLE >", "<a title='<!--'>", "<script/x />"),
    ):
        assert without_excess(f"{before}<p {MANY}>x") == f"{before}<p>x"
    assert without_excess(f"<script {MANY}><b {MANY}></script {MANY}><p {MANY}>x") == (
        f"<script><b {MANY}></script><p>x"
    )


PIECES = [
    *("<p", "<b", "<script", "</script", "<style", "</style", "<title", "</title", "<!--", "-->"),
    *("--!>", "<!", "<?", "</", "</p", "<", ">", ">", ">", ">", '"', "'", "=", " ", "\n", "\f"),
    *(" a", " a=1", ' b="x"', " c='y'", " d=<", ' e=">"', "/", "/>", "word ", "<![CDATA[", "-"),
    *(f" {MANY}", f' z=">" {MANY}'),
]


@pytest.mark.parametrize("seed", range(300))
def test_the_parser_sees_the_same_elements_and_words(seed: int) -> None:
    chosen = random.Random(seed)
    pieces = (chosen.choice(PIECES) for _ in range(chosen.randint(3, 25)))
    html = f"<html><body>{''.join(pieces)}<p>end"
    before, after = parsed(html), parsed(without_excess(html))
    assert [element[1:] for element in after] == [element[1:] for element in before]
    for (kept, *_), (given, *_) in zip(after, before, strict=True):
        assert kept == given or not kept
        assert len(kept) <= MOST


def parsed(html: str) -> list[tuple[dict[str, str], str, str | None, str | None]]:
    page = document_fromstring(html, parser=HTMLParser(huge_tree=True, remove_comments=True))
    return [(dict(e.attrib), str(e.tag), e.text, e.tail) for e in page.iter()]
