"""Lists of links before and behind the text of a page without a main part."""

import re

import pytest

from ingest.sources.content import main_content

PROSE = {
    "en": "<p>The pump draws water from the well, and the filter keeps sand out of it.</p>" * 8,
    "de": "<p>Die Pumpe holt Wasser aus dem Brunnen, und der Filter hält den Sand ab.</p>" * 8,
}
LINKS = {
    "en": "<ul><li><a href=/a>Care of the pump</a></li><li><a href=/b>Filters</a></li></ul>",
    "de": "<ul><li><a href=/a>Wartung der Pumpe</a></li><li><a href=/b>Filter</a></li></ul>",
}
ABOVE = {"en": "Further reading", "de": "Weiterlesen"}
MADE = "<head><meta name=generator content=pandoc></head>"


@pytest.mark.parametrize("words", ["en", "de"])
@pytest.mark.parametrize("end", ["<h2>{}</h2>{}", "<section><h3 id=w>{}</h3>{}</section>"])
def test_a_closing_list_goes_with_its_heading(end: str, words: str) -> None:
    closing = end.format(ABOVE[words], LINKS[words])
    text, _ = main_content(f"<body><h1>House</h1>{PROSE[words]}{closing}</body>", "")
    assert text == "# House\n\n" + "\n\n".join(
        part.removesuffix("</p>") for part in PROSE[words].split("<p>")[1:]
    )


@pytest.mark.parametrize("words", ["en", "de"])
@pytest.mark.parametrize("name", ["", " id=w"])
def test_in_documentation_it_is_a_section(name: str, words: str) -> None:
    closing = f"<h2{name}>{ABOVE[words]}</h2>{LINKS[words]}"
    text, _ = main_content(f"{MADE}<body><h1{name}>House</h1>{PROSE[words]}{closing}</body>")
    assert f"## {ABOVE[words]}\n\n- " in text
    assert text.endswith("\n- Filters" if words == "en" else "\n- Filter")


@pytest.mark.parametrize("words", ["en", "de"])
def test_a_list_below_the_first_words_is_no_menu(words: str) -> None:
    body = f"<h1>House</h1><p>Intro.</p>{LINKS[words]}{PROSE[words]}"
    text, _ = main_content(f"{MADE}<body>{body}</body>")
    assert text.startswith("# House\n\nIntro.\n\n- ")
    menu, _ = main_content(f"{MADE}<body>{LINKS[words]}{body}</body>")
    assert menu == text


@pytest.mark.parametrize("words", ["en", "de"])
@pytest.mark.parametrize(
    "form", [f"<div class=x>0199{' 4433' * 9}{{}}</div>", "<b>0199</b>{}", "<br>0199{}"]
)
def test_a_heading_with_words_below_it_stays(form: str, words: str) -> None:
    closing = f"<h2>{ABOVE[words]}</h2>{form.format(LINKS[words])}"
    text, _ = main_content(f"<body><h1>House</h1>{PROSE[words]}{closing}</body>", "")
    assert f"## {ABOVE[words]}\n\n" in text
    assert "0199" in text


@pytest.mark.parametrize("words", ["en", "de"])
def test_a_row_of_links_above_the_page_is_a_menu(words: str) -> None:
    cells = "".join(f"<td><a href=/{n}>Place {n}</a></td>" for n in range(5))
    rows = "<tr><td><a href=/a>Pump</a></td></tr><tr><td><a href=/b>Filter</a></td></tr>"
    start = f"{MADE}<body><table><tr>{cells}</tr></table><hr>"
    text, _ = main_content(f"{start}<h2>House</h2><p>Short.</p><table>{rows}</table></body>")
    assert text.startswith("## House\n\nShort.")
    assert "Filter" in text
    below, _ = main_content(f"{MADE}<body><h2>House</h2>{PROSE[words]}<table><tr>{cells}</table>")
    assert "Place 4" in below


@pytest.mark.parametrize("end", ["", "<h3>Team</h3>", "<h2>Team</h2><h3>Press</h3>"])
def test_a_heading_of_which_nothing_is_left_goes(end: str) -> None:
    mark = '<meta property="og:type" content="article">'
    more = f"<h2>Filters</h2>{PROSE['en']}<h2>Visitors</h2><div>Nineteen of them</div>"
    page = f"{mark}<body><h1>House</h1>{PROSE['en']}{more}{end}<div>of nobody</div></body>"
    text, _ = main_content(page, f"House\n{PROSE['en']}\n{PROSE['en']}")
    assert text.count("## Filters") == 1
    for word in ("Visitors", "Team", "Press"):
        assert word not in text


@pytest.mark.parametrize(
    "form",
    [
        "<div class=a><div class=b><pre>run {}</pre></div></div>",
        "<div><div><table><tr><td>{}</td><td>5</td></tr></table></div></div>",
        "<div><figure><pre>{}</pre><figcaption>Listing</figcaption></figure></div>",
    ],
)
def test_code_and_tables_among_the_paragraphs_stay_in_their_boxes(form: str) -> None:
    mark = '<meta property="og:type" content="article">'
    page = f"{mark}<body><h1>House</h1>{PROSE['en']}{form.format('WOMBAT')}{PROSE['de']}</body>"
    held = re.sub("<[^>]+>", "\n", f"House {PROSE['en']}{PROSE['de']}")
    assert "WOMBAT" in main_content(page, held)[0]
