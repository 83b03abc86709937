"""The paragraph under the title that says what an article is about."""

import pytest

from ingest.sources.content import main_content

MARK = '<head><meta property="og:type" content="article"></head>'
PROSE = "".join(
    f"<p>Paragraph {n} tells at length of the bridge, its piers, and the men who built it.</p>"
    for n in range(9)
)
LEAD = "The Wombat bridge will be closed from Monday on, and nobody knows for how long."
LONG = f"{LEAD} The town has asked for help, and the railway has said that it will see."


def page(lead: str, title: str = "<h1>Bridge</h1>") -> str:
    """One as newspapers make them: the title in one box, the body in another."""
    return (
        f"{MARK}<body><header><a href=/>Home</a></header><div class=top>{title}{lead}</div>"
        f"<div class=grid><div class=body-text>{PROSE}</div></div></body>"
    )


@pytest.mark.parametrize(
    "lead",
    [
        f"<p class=lead>{LEAD}</p>",
        f"<p>{LEAD}</p>",
        f"<h2 class=article__deck>{LEAD}</h2>",
        f"<div class=articleDek>{LEAD}</div>",
        f"<div class='c-teaser-text'><span>{LEAD}</span></div>",
        f"<div>{LONG}</div>",
        f"<div class=meta>By A. Writer</div><p class=intro>{LEAD}</p><div class=date>May 3</div>",
    ],
)
def test_the_lead_comes_first(lead: str) -> None:
    text, _ = main_content(page(lead))
    assert text.count("The Wombat bridge will be closed") == 1
    assert text.index("Wombat") < text.index("Paragraph 0")
    assert "Writer" not in text
    assert "May 3" not in text


@pytest.mark.parametrize(
    "line",
    [
        "<p>Photo: the Wombat bridge on a day in May, seen from the other side of it.</p>",
        "<p>The Wombat bridge in May, as it is seen from the river. © A. Painter</p>",
        f"<div class=paywall-notice>{LONG}</div>",
        f"<p class=caption>{LEAD}</p>",
        f"<figure><figcaption>{LEAD}</figcaption></figure>",
        f"<aside><p>{LEAD}</p></aside>",
        "<div>Wombat, Monday</div>",
        "<p><a href=/w>The Wombat bridge and all of the other bridges of the river</a></p>",
    ],
)
def test_other_lines_under_the_title_are_none(line: str) -> None:
    assert "Wombat" not in main_content(page(line))[0]


def test_what_stands_above_the_title_is_none() -> None:
    title = f"<p>{LEAD}</p><h1>Bridge</h1>"
    assert "Wombat" not in main_content(page("", title))[0]


def test_of_many_lines_the_named_one_is_taken() -> None:
    lines = "".join(
        f"<p>Line {n} of a list that a newspaper has put under its title.</p>" for n in range(6)
    )
    text, _ = main_content(page(f"<p class=standfirst>{LEAD}</p>{lines}"))
    assert "Wombat" in text
    assert "Line 3" not in text
