"""What stands around and between the paragraphs of an article, and is none of them."""

import re

import pytest

from ingest.sources.content import main_content

MARK = '<head><meta property="og:type" content="article"></head>'
PROSE = "".join(
    f"<p>Paragraph {n} tells at length of the orchard, its old trees, and who picked the fruit.</p>"
    for n in range(8)
)
BOXES = [
    "<div class='share-buttons'>{}</div>",
    "<div class='post-social-share'><span>{}</span></div>",
    "<div class='sharedaddy'><h3>Share this: {}</h3></div>",
    "<section id='comments'><h2>Two comments</h2><p>I think that {} is wrong.</p></section>",
    "<div class='comments-area'><p>{} was the first to write of the apples.</p></div>",
    "<div class='related-posts'><p>{} grows in the north, and nobody asks why.</p></div>",
    "<div class='author-bio'><p>{} writes about gardens and lives near the sea.</p></div>",
    "<div class='newsletter-signup'><p>Every week {} writes to you of gardens.</p></div>",
    "<div class='post-ratings'>4.7 of 5 by {}</div>",
]
POINTERS = [
    "<p>Read more: <a href=/a>{}</a></p>",
    "<p><strong>READ ALSO | <a href=/a>{} and the pears</a></strong></p>",
    "<p>Lesen Sie auch: <a href=/a>{}</a></p>",
    "<h3>Lea también: <a href=/a>{} y las peras</a></h3>",
    "<p><b>Le puede interesar:</b> <a href=/a>{} y las peras</a></p>",
    "<div>À lire aussi : <a href=/a>{}</a></div>",
    "<p>Leggi anche - <a href=/a>{}</a></p>",
    "<p>Czytaj też: <a href=/a>{}</a></p>",
    "<p>Lue lisää: <a href=/a>{}</a></p>",
    "<p>Читайте также: <a href=/a>{}</a></p>",
    "<p><a href=/a>{}</a> <a href=/b>Sign up to our newsletter</a></p>",
    "<p>Abonnieren Sie unseren <a href=/a>Brief mit {}</a></p>",
    "<p>{}: <a href=/a>Folgen Sie uns auf Instagram</a></p>",
    "<p><a href=/a>Assine a newsletter</a> de {}</p>",
    "<p>{} vous écrit : <a href=/a>inscrivez-vous à la newsletter</a></p>",
    "<p><a href=/a>Back to {}</a></p>",
    "<p><a href=/a>Zurück zur {}</a></p>",
    "<a href=/a>« Retour aux {}</a>",
]


def article(between: str) -> str:
    return f"{MARK}<body><article><h1>Apples</h1>{PROSE}{between}{PROSE}</article></body>"


@pytest.mark.parametrize("form", BOXES + POINTERS)
def test_an_article_is_without_what_leads_away_from_it(form: str) -> None:
    text, _ = main_content(article(form.format("Wombat")))
    assert "Wombat" not in text
    assert text.count("Paragraph 7 tells") == 2


@pytest.mark.parametrize(
    "words",
    [
        "<p>Read more books: that of Wombat is in <a href=/a>one</a> of the best of them.</p>",
        "<p>Back to the Wombat, whose orchard we left behind in the first of these stories.</p>",
        "<p>Lea, the owner of Wombat: she came in the year of the flood and stayed.</p>",
        "<p>Sign up for our newsletter, said the sign, and so the Wombat did. "
        + "It was long. " * 60,
        "<p>The newsletter of Wombat has been printed on the same press for forty years.</p>",
    ],
)
def test_sentences_that_begin_alike_stay(words: str) -> None:
    assert "Wombat" in main_content(article(words))[0]


@pytest.mark.parametrize(
    "words",
    [
        "<li>Folgen Sie den Anweisungen des <a href=/a>Wombat</a> auf dem Bildschirm.</li>",
        "<li>Abonnieren Sie uns beim Wombat mit <a href=/a>diesem Blatt</a>.</li>",
        "<p>Im Gebäude folgen Sie der Beschilderung zum Raum Wombat.</p>",
        "<p>Abonnieren Sie den <a href=/a>Kalender</a> des Wombat in Ihrem Programm.</p>",
        "<p>Assine o <a href=/a>formulário</a> do Wombat na última página.</p>",
        "<p>Inscrivez-vous à l'examen du Wombat <a href=/a>au guichet</a>.</p>",
        "<p>Schrijf je in bij de <a href=/a>gemeente Wombat</a>.</p>",
        "<p>Zapisz się na <a href=/a>egzamin Wombat</a>.</p>",
        "<p>To join the Wombat mailing list, write to <a href=/a>this address</a>.</p>",
        "<p>Follow these steps on Facebook to <a href=/a>report</a> a Wombat.</p>",
        "<p>To get the newsletter of the Wombat you sign up for newsletters at the desk.</p>",
    ],
)
@pytest.mark.parametrize("mark", ["", MARK])
def test_instructions_are_no_invitations(words: str, mark: str) -> None:
    page = f"{mark}<body><div><h1>Apples</h1>{PROSE}{words}{PROSE}</div></body>"
    assert main_content(page, re.sub("<[^>]+>", " ", page))[0].count("Wombat") == 1


@pytest.mark.parametrize(
    "title",
    [
        "Return to work after illness",
        "Back to school leave",
        "Zurück zur Arbeit",
        "Retour à la vie active",
        "Volver al trabajo",
    ],
)
@pytest.mark.parametrize(
    "form",
    [
        "<ul><li><a href=/a>Sick pay</a></li><li><a href=/b>{}</a></li></ul>",
        "<ul><li>Sick pay</li><li><span><a href=/b>{}</a></span></li></ul>",
        "<p><a href=/a>Sick pay</a></p><p><a href=/b>{}</a></p>",
        "<table><tr><td><a href=/b>{}</a></td><td>in May</td></tr></table>",
        "<h2><a href='#b'>{}</a></h2><p>Ask for it in May.</p>",
    ],
)
@pytest.mark.parametrize("main", ["main", "div"])
def test_a_title_among_others_leads_nowhere_back(title: str, form: str, main: str) -> None:
    page = f"<body><{main}><h1>Leave</h1>{PROSE}{form.format(title)}{PROSE}</{main}></body>"
    assert title in main_content(page, re.sub("<[^>]+>", "\n", page))[0]


@pytest.mark.parametrize(
    ("title", "name", "words"),
    [
        ("Comments", "comments", "A comment begins with two strokes, says Wombat."),
        ("Kommentare: comments", "comments", "Ein Kommentar beginnt mit zwei Strichen, Wombat."),
        ("Share", "share", "Un dossier est partagé par Wombat."),
    ],
)
@pytest.mark.parametrize(
    "form",
    [
        "<section id={}><h2>{}</h2><p>{}</p><button>Copy</button><pre>// a</pre></section>",
        "<div class={}><h2>{}</h2><p>{}</p><button class=copy>Copy</button></div>",
        "<div class={}><h2>{}</h2><p>{}</p><button>Run</button><pre>// a</pre></div>",
        "<section id={}><h2>{}</h2><p>{}</p><p>Helpful? <button>Yes</button></p></section>",
    ],
)
def test_a_section_with_buttons_is_no_box(title: str, name: str, words: str, form: str) -> None:
    page = f"<body><main><h1>Tool</h1>{PROSE}{form.format(name, title, words)}</main></body>"
    text, _ = main_content(page)
    assert f"## {title}\n\n{words}" in text


@pytest.mark.parametrize(
    "words",
    [
        "<p>Read more: <a href=/a>Wombat</a></p>",
        "<div class='related'><p>Wombat is told of in part two, with all of its options.</p></div>",
        "<h2>Related topics</h2><ul><li><a href=/a>Wombat</a></li></ul>",
        "<div class='comments'><p>Wombat begins a comment, which ends with the line.</p></div>",
        "<div class='deprecation-comment'>Use <a href=/a>Wombat</a>.</div>",
        "<section id='share'><h2>Share</h2><p>Wombat shares a folder with others.</p></section>",
        "<a class=card href=/a><h3>Wombat</h3><p>Everything about installing it.</p></a>",
    ],
)
def test_documentation_of_an_unknown_tool_keeps_its_own(words: str) -> None:
    code = "<p>Call <code>a</code>, <code>b</code> and <code>c</code>.</p>"
    page = f"<body><main><h1>Tool</h1>{PROSE}{code}{words}</main></body>"
    assert main_content(page)[0].count("Wombat") == 1


@pytest.mark.parametrize(
    "words", ["Register the Wombat channel with it.", "Read more: <a>Wombat</a>"]
)
def test_so_does_a_page_of_code_without_a_main_part(words: str) -> None:
    code = "<p>Call <code>a</code>, <code>b</code> and <code>c</code>.</p>"
    page = f"<body><h1>Tool</h1>{PROSE}{code}<p>{words}</p>{PROSE}</body>"
    assert main_content(page)[0].count("Wombat") == 1


def test_what_a_box_is_called_does_not_cost_the_page() -> None:
    page = f"{MARK}<body><div class='entry share'><h2>Apples</h2>{PROSE}{PROSE}</div></body>"
    assert main_content(page)[0].count("Paragraph 3") == 2
