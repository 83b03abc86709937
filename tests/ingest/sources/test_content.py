"""Which part of a page is taken, and what of it is left out."""

import pytest

from ingest.sources.content import main_content

PROSE = "".join(
    f"<p>Sentence number {n} tells at length of the house, its garden, and the people in it.</p>"
    for n in range(8)
)
HIDDEN = [
    "<!-- {} -->",
    "<template><p>{}</p></template>",
    "<p hidden>{}</p>",
    "<p style='color: red; display : none'>{}</p>",
    "<p style='visibility:hidden'>{}</p>",
    "<span aria-hidden=true>{}</span>",
    "<script>var a = '{}'</script>",
    "<style>.x::after {{ content: '{}' }}</style>",
    "<noscript>{}</noscript>",
    "<dialog><p>{}</p></dialog>",
    "<iframe>{}</iframe>",
    "<span class='sr-only'>{}</span>",
    "<p class='text d-none'>{}</p>",
    "<div class=hidden><p>{}</p></div>",
    "<p class='is-hidden'>{}</p>",
    "<p class='d-none d-print-none'>{}</p>",
    "<datalist><option>{}</datalist>",
    "<svg><title>{}</title></svg>",
]
FURNITURE = [
    "<nav class=x><a href=/>{}</a></nav>",
    "<div role=navigation><a href=/>{}</a></div>",
    "<ul class=breadcrumbs><li><a href=/>{}</a></li></ul>",
    "<div class='theme-doc-breadcrumbs'><a href=/>{}</a></div>",
    "<a href='https://github.com/x/y/edit/main/a.md'>Edit this page {}</a>",
    "<a class='theme-edit-this-page' href=/e>{}</a>",
    "<a class=next rel=next href=/n>{}</a>",
    "<div class='pagination-nav'><a href=/n>{}</a></div>",
    "<div class='cookie-banner'><p>We bake {}.</p><button>Accept</button></div>",
    "<div id=cmp class='consent-layer'><p>We and our partners {}</p><button>Reject</button></div>",
    "<div class='share-buttons'><a href=/x>{}</a><a href=/y>Post</a></div>",
    "<button class='copy-button'>{}</button>",
    "<button aria-label='Copy to clipboard'>{}</button>",
    "<div><button>Copy {}</button></div>",
]
SHOWN = [
    "<details><summary>Why</summary>{}</details>",
    "<div hidden='until-found'>{}</div>",
    "<div role=tabpanel hidden>{}</div>",
    "<div class='tab-content' style='display:none'>{}</div>",
    "<div class='tab-pane hidden'>{}</div>",
    "<p class='d-none d-md-block'>{}</p>",
    "<p class='hidden md:block'>{}</p>",
    "<p class='hidden-gem'>{}</p>",
    "<p class='starlight-aside__title' aria-hidden=true>{}</p>",
    "<button aria-controls=p9>More</button><div id=p9 hidden>{}</div>",
    "<button aria-expanded=false>Where?</button><div class=x hidden>{}</div>",
    "<h3><button aria-expanded=false>Where?</button></h3><div hidden>{}</div>",
    "<button aria-expanded=false>{}</button>",
    "<aside><p>{}</p></aside>",
    "<div class=sidebar><p>{}</p></div>",
    "<div class=related><p>{}</p></div>",
    "<section class=comments-section><p>{}</p></section>",
    "<section id=cookies><h2>Cookies</h2><p>{}</p></section>",
    "<p>See <a href=/a>{}</a> or <a href=/b>the other</a>.</p>",
    "<ul><li><a href=/a>{}</a></li><li><a href=/b>Birch</a></li></ul>",
]


@pytest.mark.parametrize("form", HIDDEN + FURNITURE)
def test_what_nobody_reads_is_left_out(form: str) -> None:
    page = f"<body><main><h1>House</h1>{PROSE}{form.format('WOMBAT')}<p>Last.</p></main></body>"
    text, _ = main_content(page)
    assert "WOMBAT" not in text
    assert text.startswith("# House\n\nSentence number 0")
    assert text.endswith("people in it.\n\nLast.")


@pytest.mark.parametrize("form", SHOWN)
@pytest.mark.parametrize("prose", [PROSE, "<p>Short.</p>"])
def test_what_a_reader_sees_or_opens_is_kept(form: str, prose: str) -> None:
    page = f"<body><main><h1>House</h1>{prose}{form.format('WOMBAT')}</main></body>"
    assert main_content(page)[0].count("WOMBAT") == 1


@pytest.mark.parametrize("sign", ["¶", "#", "§", "\uf0c1", "🔗"])
@pytest.mark.parametrize("name", ["headerlink", "anything"])
def test_signs_that_stand_for_an_address_are_no_text(sign: str, name: str) -> None:
    heading = f'<h2>Part<a class="{name}" href="#part">{sign}</a></h2>'
    assert main_content(f"<main>{heading}<p>Text.</p></main>")[0] == "## Part\n\nText."


MENU = "<ul><li><a href=/>Home</a></li><li><a href=/shop>Things to buy</a></li></ul>"
FOOT = "<div><a href=/i>Imprint</a> <a href=/p>Privacy</a></div>"


@pytest.mark.parametrize("around", ["nav", "div", "header", "div class=menu"])
@pytest.mark.parametrize("body", ["<p>Telephone: 0199 4433</p>", PROSE])
def test_pages_without_a_main_part_lose_their_menu(around: str, body: str) -> None:
    menu = f"<{around}>{MENU}</{around.split()[0]}>"
    text, _ = main_content(f"<body>{menu}<h1>Contact</h1>{body}{FOOT}</body>")
    assert text.startswith(("# Contact\n\nTelephone: 0199 4433", "# Contact\n\nSentence"))
    for word in ("Home", "buy", "Imprint", "Privacy"):
        assert word not in text


def test_a_short_page_stays_in_its_lines() -> None:
    page = "<title>T</title><h1>Loose</h1><p>The <b>gate</b> <i>code</i> is on floor three."
    assert main_content(page) == ("# Loose\n\nThe gate code is on floor three.", "T")


@pytest.mark.parametrize(
    "number",
    [
        "<table class=highlighttable><tr><td class=linenos><pre>1\n2</pre></td>"
        "<td class=code><pre>a\nb</pre></td></tr></table>",
        "<table class=lntable><tr><td class=lntd><pre><span class=lnt>1\n</span>"
        "<span class=lnt>2</span></pre></td><td class=lntd><pre>a\nb</pre></td></tr></table>",
        "<figure class=highlight><table><tr><td class=gutter><pre><span class=line>1</span><br>"
        "<span class=line>2</span></pre></td><td class=code><pre><span class=line>a</span><br>"
        "<span class=line>b</span></pre></td></tr></table></figure>",
        "<pre><span class=linenos>1</span>a\n<span class=linenos>2</span>b</pre>",
    ],
)
def test_numbers_of_lines_are_none_of_the_code(number: str) -> None:
    text, _ = main_content(f"<main><h1>Code</h1>{number}</main>")
    assert text == "# Code\n\n```\na\nb\n```"


@pytest.mark.parametrize(
    "page",
    [
        f"<body><div><h1>Site</h1>{MENU}</div><div class='theme-doc-markdown'>{{}}</div></body>",
        f"<body><header>{MENU}</header><article class='md-content__inner'>{{}}</article></body>",
        f"<body><div class=side>{MENU}</div><div class=body role=main>{{}}</div></body>",
        f"<body><table class=head><tr><td>LS(1)</table>{MENU}<div class=manual-text>{{}}</div>",
        f"<body><div>{MENU}</div><main><div>{{}}</div></main><footer>Foot</footer></body>",
        f"<!-- Generated by javadoc --><body><div class=topNav>{MENU}</div>{{}}</body>",
    ],
)
def test_documentation_says_where_its_text_is(page: str) -> None:
    body = f"<h1>Tool</h1><pre>run</pre>{PROSE}<dl><dt>--out</dt><dd>PDF</dd></dl>"
    text, _ = main_content(page.format(body))
    assert text.startswith("# Tool\n\n```\nrun\n```\n\nSentence")
    assert text.endswith("--out\n: PDF")


def test_an_article_is_found_among_what_a_newspaper_puts_around_it() -> None:
    teasers = "".join(f"<div><h3><a href=/{n}>Other news {n}</a></h3></div>" for n in range(9))
    table = "<table><tr><th>Day</th><th>Sun</th></tr><tr><td>Mon</td><td>5</td></tr></table>"
    page = (
        '<head><meta property="og:type" content="article"></head>'
        f"<body><div>{teasers}</div><main><article><h1>Storm</h1>{PROSE}{table}"
        f"{PROSE.replace('of', 'off')}</article><section>{teasers}</section></main></body>"
    )
    text, _ = main_content(page)
    assert "Other news" not in text
    assert "| Day | Sun |\n| --- | --- |\n| Mon | 5 |" in text
    assert "Sentence number 7 tells at length off the house" in text


@pytest.mark.parametrize(
    ("page", "title"),
    [
        ("<title> A </title><h1>B</h1>", " A "),
        ("<title></title><meta property=og:title content=O><h1>B</h1>", "O"),
        ("<h2>B <b>c</b></h2><p>x", "B c"),
        ("<p>x", ""),
        ("<pre># install the pump\nrun</pre><h2>How to mend it</h2><p>x", "How to mend it"),
        ("<ol><li>Erst<pre># Pumpe aus\nrun</pre></ol><h2>Wartung</h2><p>x", "Wartung"),
        ("<pre>```\n# a\n```\n# b</pre><h2>C# &amp; F#</h2><p>x", "C# & F#"),
        ("<pre># only code</pre>", ""),
    ],
)
def test_the_title(page: str, title: str) -> None:
    assert main_content(page)[1].strip() == title.strip()


@pytest.mark.parametrize("name", ["generator", "Generator", "GENERATOR "])
def test_a_generator_is_known_however_its_name_is_written(name: str) -> None:
    page = (
        f"<!-- {'Who may copy it. ' * 60}-->"
        f"<head><meta name='{name}' content='texi2html 1.82'></head>"
        f"<body><div><h3>Slurs</h3><p>A slur joins notes.</p></div>{PROSE}</body>"
    )
    text, _ = main_content(page, opinion="What another program says it has found there. " * 40)
    assert text.startswith("### Slurs\n\nA slur joins notes.\n\nSentence number 0")
