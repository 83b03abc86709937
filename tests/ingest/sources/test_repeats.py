"""What is taken out of the ends of pages, and what never is."""

import pytest
from lxml.html import HtmlElement

from ingest.sources.content import main_content
from ingest.sources.ends import Ends, number_of
from ingest.sources.page_tree import parse
from ingest.sources.repeats import ends_of, take_out

LINE = "The crew looks for volunteers every spring."
OWN = "<h1>Of the {0}</h1><p>What is to be said of the {0}.</p><p>And more of the {0}.</p>"


def body(html: str) -> HtmlElement:
    page = parse(f"<html><body>{html}</body></html>")
    assert page is not None
    found = page.find("body")
    assert found is not None
    return found


def left(template: str) -> str:
    """The words of a page once what it has in common with another was learned."""
    one, other = (body(template.replace("OWN", OWN.format(name))) for name in ("horn", "ramp"))
    take_out(one, ends_of(one) & ends_of(other))
    return " ".join("".join(one.itertext()).split())


@pytest.mark.parametrize(
    "template",
    [
        f"<div class=a>{LINE}</div>OWN",
        f"<div><div class=a><a href=x>{LINE}</a></div><div>OWN</div></div>",
        f"<main>OWN<footer>{LINE}</footer></main>",
        f"<main>OWN<footer><h4>Contact</h4><p>{LINE}</p></footer></main>",
        f"<div class=c>OWN</div><div><p>{LINE}</p></div>",
        f"<div class=c>OWN</div><p>{LINE}</p><p>All rights are reserved.</p>",
        f"<table><tr><td>{LINE}</td><td>About us</td></tr></table><div>OWN</div>",
        f"OWN<p class=foot>{LINE}</p>",
        f"OWN<hr><p>{LINE}</p>",
        f"<p>{LINE}</p><hr>OWN",
        f"<h1>Ferry</h1><div class=w><div class=c>OWN</div><div class=f>{LINE}</div></div>",
        f"<div>OWN<div class=s><h2>Horn</h2><p>Loud.</p><hr><ul><li>{LINE}</li></ul></div></div>",
        "<div>OWN</div><div class=f>\u672c\u66f8\u306f\u6e2f\u306e\u624b\u5f15\u304d</div>",
        "<div class=a>Der Aushang gilt f\u00fcr alle Schiffe.</div><article>OWN</article>",
    ],
)
def test_what_stands_apart_at_an_end_is_taken_out(template: str) -> None:
    own = " ".join("".join(body(OWN.format("horn")).itertext()).split())
    words = left(template)
    assert own.split()[0] in words
    assert "volunteers" not in words
    assert "\u6e2f" not in words
    assert "Aushang" not in words
    assert "What is to be said of the horn.And more of the horn." in words


@pytest.mark.parametrize(
    "template",
    [
        f"OWN<p>{LINE}</p>",  # a paragraph among paragraphs
        f"<p>{LINE}</p>OWN",
        f"<h1>Horn</h1><div class=note>{LINE}</div>OWN",  # behind the first heading
        f"OWN<h2>Licence</h2><div class=x>{LINE}</div>",  # what a heading says is there
        f"OWN<details><summary>try_into</summary><div class=x>{LINE}</div></details>",
        f"OWN<div class=s><h2>The suite</h2><div class=x><p>{LINE}</p></div></div>",
        f"OWN<div class=s><h2>The suite</h2><p>It is big.</p><div class=x>{LINE}</div></div>",
        f"<div class=c>OWN</div><dl><dt>Returns</dt><dd>{LINE}</dd></dl>",
        "<div class=c>OWN</div><div class=x><pre>pip install ferry of the harbour</pre></div>",
        "<div class=c>OWN</div><div class=x>Run <code>pip install</code> in the folder.</div>",
        "<div class=c>OWN</div><table><tr><th>Name</th><th>Type of the thing</th></tr></table>",
        "<main><div>Package org.ferry.horn</div>OWN</main>",  # short
        "<div class=c>OWN</div><div class=x>Since 2.1</div>",
        f"<div class=c>OWN</div><div class=x>{LINE}</div>and words behind it",
        f"words before it<div class=x>{LINE}</div><div class=c>OWN</div>",
        f"<div class=x>{LINE * 60}</div><div class=c>OWN</div>",  # long
    ],
)
def test_what_may_be_a_pages_own_stays(template: str) -> None:
    whole = body(template.replace("OWN", OWN.format("horn")))
    assert left(template) == " ".join("".join(whole.itertext()).split())


@pytest.mark.parametrize("end", ["<", ">"])
def test_what_is_learned_at_one_end_stays_in_the_middle_and_at_the_other(end: str) -> None:
    box = f"<div class=a>{LINE}</div>"
    learned = ends_of(body((box if end == "<" else "") + "<div>OWN</div>" + (box * (end == ">"))))
    assert number_of(learned) == 1
    for html in (
        f"<div><h1>T</h1></div>{box}<p>Own words here.</p>",
        f"<h1>Own</h1><p>One.</p>{box}<p>Own words here.</p>"
        if end == ">"
        else f"<div>Own words here.</div>{box}",
    ):
        page = body(html)
        take_out(page, learned)
        assert LINE in "".join(page.itertext())


@pytest.mark.parametrize(
    ("html", "kept"),
    [
        (f"<div class=a>{LINE}</div>", LINE),
        (f"<div><div class=a>{LINE}</div></div>", LINE),
        (f"<h1>T</h1><div class=a>{LINE}</div>", f"T{LINE}"),
        (f"<div class=a>{LINE}</div><div class=b>All rights are reserved.</div>", "All rights"),
    ],
)
def test_a_page_that_has_nothing_else_keeps_it(html: str, kept: str) -> None:
    learned: set[str] = set()
    for other in (
        "<div class=a>{0}</div><div class=c>Own.</div>",
        "<div>Own</div><div class={1}>{2}",
    ):
        learned |= ends_of(body(other.format(LINE, "a", LINE)))
    learned |= ends_of(body("<div class=c>Own.</div><div class=b>All rights are reserved.</div>"))
    assert number_of(learned) == 3  # one of them at both ends
    page = body(html)
    take_out(page, learned)
    assert "".join(page.itertext()).startswith(kept)


def test_a_page_is_written_without_and_says_what_is_at_its_ends() -> None:
    html = f"<html><body><div class=c>{OWN}</div><div class=f>{LINE}</div></body></html>"
    ends = Ends(is_wanted=True)
    text, _ = main_content(html.format("horn"), ends=ends)
    assert text.endswith(LINE)
    assert ends.found is not None
    again = Ends(repeats=frozenset(ends.found))
    assert main_content(html.format("ramp"), ends=again)[0].endswith("And more of the ramp.")
    assert again.found is None


def test_deep_and_wide_pages_are_done_in_time() -> None:
    box = f"<div class=a>{LINE}</div>"
    learned = ends_of(body(f"<div>Own words.</div>{box}"))
    for html in (
        f"<h1>T</h1>{'<div>' * 1_000}<h2>x</h2>y{'</div>' * 1_000}{box}",
        f"<div>Own</div>{'<p>' * 50_000}{box}",
        f"<div>Own</div>{'<div class=o>of its own</div>' * 20_000}{box * 5_000}",
    ):
        page = body(html)
        assert ends_of(page) <= learned
        take_out(page, learned)
        assert LINE not in "".join(page.itertext())
