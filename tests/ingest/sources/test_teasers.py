"""Other pages that are told of below an article and within it."""

import re

import pytest

from ingest.sources.content import main_content

MARK = '<head><meta property="og:type" content="article"></head>'
PROSE = "".join(
    f"<p>Paragraph {n} tells at length of the harbour, its ships, and what they brought home.</p>"
    for n in range(8)
)
CARDS = [
    "<div><a href=/a><img src=a><h3>{} sails</h3></a><p>The captain saw it.</p></div>",
    "<ul><li><a href=/a><figure><img src=a></figure></a><h3><a href=/a>{} sails</a></h3>"
    "<h4>What the captain said of the storm and of his crew</h4></li></ul>",
    "<article><h3><a href=/a>{} sails</a></h3><time>May 3</time></article>",
    "<a href=/a><img src=a><h3>{} sails</h3></a>",
    "<div><div><h3><a href=/a>{} 1</a></h3></div><div><h3><a href=/b>{} 2</a></h3></div>"
    "<div><h3><a href=/c>{} 3</a></h3></div></div>",
]
LISTS = [
    "Related articles",
    "You may also like",
    "More from the harbour",
    "Das könnte Sie auch interessieren",
    "Mehr zum Thema",
    "Weitere Artikel aus dem Norden",
    "À lire aussi",
    "Noticias relacionadas",
    "Leia também",
    "Potrebbe interessarti",
    "Lees ook",
    "Zobacz także",
    "Читайте также",
    "関連記事",
    "相关阅读",
]


def article(after: str) -> str:
    return f"{MARK}<body><main><h1>Harbour</h1>{PROSE}{after}</main></body>"


@pytest.mark.parametrize("card", CARDS)
def test_boxes_of_other_pages_are_left_out(card: str) -> None:
    text, _ = main_content(article(card.replace("{}", "Wombat") + PROSE))
    assert "Wombat" not in text
    assert "captain" not in text
    assert text.count("Paragraph 7 tells") == 2


@pytest.mark.parametrize("title", LISTS)
@pytest.mark.parametrize(
    "form", ["<h3>{}</h3>{}", "<div><div><h2>{}</h2></div>{}</div>", "<p>{}</p>{}"]
)
def test_a_list_goes_with_the_heading_that_names_it(title: str, form: str) -> None:
    links = (
        "<ul><li><a href=/a>Wombat sails again</a></li><li><a href=/b>The Wombat sank</a></li></ul>"
    )
    text, _ = main_content(article(form.format(title, links)))
    assert "ombat" not in text
    assert title not in text
    assert text.endswith("what they brought home.")


@pytest.mark.parametrize(
    "section",
    [
        "<h2>Related stories</h2><p>Wombat was told twice in the harbour, and never so.</p>",
        "<h2><a href='#w'>Wombat</a></h2><p>The ship of that name came in a flood.</p>",
        f"<div><h2><a href=/w>Wombat</a></h2>{PROSE}</div>",
        "<h2>More about ships</h2><p>Wombat is the last of those that were built of wood here.</p>",
    ],
)
def test_sections_of_the_article_stay(section: str) -> None:
    text, _ = main_content(article(section + PROSE))
    assert "Wombat" in text


def test_a_page_of_such_boxes_is_made_of_them() -> None:
    cards = "".join(
        f"<article><h2><a href=/{n}>Ship {n}</a></h2><p>It was built in the year of a flood, says "
        f"the book of the harbour, and sold in the next.</p></article>"
        for n in range(9)
    )
    held = "Ship 0 Ship 1 Ship 2 " + cards
    text, _ = main_content(f"<body><h1>Ships</h1>{cards}</body>", re.sub("<[^>]+>", "\n", held))
    assert all(f"Ship {n}" in text for n in range(9))


@pytest.mark.parametrize(
    "title",
    [
        "Comments (3)",
        "Leave a reply",
        "12 Kommentare",
        "Commentaires",
        "Deja un comentario",
        "评论",
    ],
)
@pytest.mark.parametrize("main", ["main", "div"])
def test_what_readers_can_write_is_left_out(title: str, main: str) -> None:
    form = "<p>Wombat said this, and much more.</p><form><input name=a><button>Send</button></form>"
    asked = "<p>You must <a href=/in>sign in, Wombat</a>.</p>"
    for below in (form, asked, ""):
        end = f"<h3>{title}</h3>{below}"
        page = f"{MARK}<body><{main}><h1>Harbour</h1>{PROSE}{end}</{main}></body>"
        text, _ = main_content(page)
        assert "Wombat" not in text
        assert title not in text


def test_a_section_about_comments_stays() -> None:
    section = "<h2>Comments</h2><p>Two signs begin one, as Wombat has it.</p>"
    text, _ = main_content(f"<body><main><h1>Harbour</h1>{PROSE}{section}</main></body>")
    assert "## Comments\n\nTwo signs begin one, as Wombat has it." in text


MANY = (
    "<p>Below each page readers can write what they think of it, says Wombat, and read others.</p>"
)


@pytest.mark.parametrize("title", ["Comments", "Kommentare", "Commentaires", "コメント"])
@pytest.mark.parametrize("main", ["main", "div"])
@pytest.mark.parametrize("asked", ["<button>Yes</button>", "<form><button>OK</button></form>"])
@pytest.mark.parametrize("before", ["<h1>{}</h1>", f"<h1>Manual</h1>{PROSE}<h2>{{}}</h2>"])
def test_a_page_or_section_about_comments_stays(
    title: str, main: str, asked: str, before: str
) -> None:
    below = f"{MANY}<p>They are kept.</p><div><p>Was this page helpful?</p>{asked}</div>"
    page = f"<body><{main}>{before.format(title)}{below}</{main}></body>"
    text, _ = main_content(page, re.sub("<[^>]+>", "\n", page))
    assert f"# {title}\n\nBelow each page" in text
    assert "They are kept." in text


@pytest.mark.parametrize(
    "title",
    ["Related", "Related topics", "Read more", "Recommended", "Verwandte Themen", "À lire aussi"],
)
@pytest.mark.parametrize("level", ["h1", "h2", "p"])
def test_documentation_keeps_its_links_to_other_pages(title: str, level: str) -> None:
    links = "<ul><li><a href=/a>Wombat</a></li><li><a href=/b>Pumps</a></li></ul>"
    page = f"<body><main><h1>Tool</h1>{PROSE}<{level}>{title}</{level}>{links}</main></body>"
    text, _ = main_content(page)
    assert text.index(title) < text.index("Wombat") < text.index("Pumps")


@pytest.mark.parametrize(
    ("field", "stays"),
    [
        ("<textarea name=a></textarea>", False),
        ("<input name=author>", False),
        ("<input type=email name=a>", True),
        ("<input name=q>", True),
        ("<input type=radio name=a>", True),
    ],
)
def test_comments_are_where_one_can_be_written(field: str, stays: bool) -> None:
    end = f"<h2>Comments</h2>{MANY}<form>{field}<button>Send</button></form>"
    text, _ = main_content(article(end))
    assert ("Wombat" in text) is stays
