"""Quotes are exact, fit the claim, and are found in every kind of page."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag_stream.citations.quote_units import MAX_QUOTE, units, words
from rag_stream.citations.quotes import Quote, Quotes
from rag_stream.text.folding import folded
from rag_stream.text.stand_ins import comparable

PAGE = (
    "# Rivers\n\nRivers carry water down to the sea. The Nile is 6,650 km long.\n"
    "It flows through Egypt\nand  Sudan. Grapes grow on slopes.\n\n"
    "```\nmake run --port 8000\n```\n"
)


def best(claim: str, page: str = PAGE) -> Quote:
    quote = Quotes(page).best(claim)
    assert page[quote.start : quote.end] == quote.text
    return quote


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        ("Rivers carry water down to the sea", "Rivers carry water down to the sea"),
        ("Rivers carry water\ndown  to the sea.", "Rivers carry water down to the sea."),
        ("**It flows through Egypt and Sudan**", "It flows through Egypt\nand  Sudan"),
    ],
)
def test_what_the_page_says_in_these_words_is_quoted(claim: str, expected: str) -> None:
    assert best(claim) == Quote(expected, PAGE.index(expected), best(claim).end, 1.0)


@pytest.mark.parametrize(
    ("claim", "expected", "support"),
    [
        ("The length of the Nile: 6650 km", "The Nile is 6,650 km long.", 0.82),
        ("Slopes are where a grape grows", "Grapes grow on slopes.", 1.0),
        ("The service listens on port 8000", "make run --port 8000", 0.6),
        ("Water is carried by rivers.", "Rivers carry water down to the sea.", 1.0),
        ("Grapes grow on slopes", "Grapes grow on slopes.", 1.0),
        ("long", "The Nile is 6,650 km long.", 1.0),
    ],
)
def test_else_the_sentence_with_most_of_its_words_is_quoted(
    claim: str, expected: str, support: float
) -> None:
    quote = best(claim)
    assert quote.text == expected
    assert quote.support == pytest.approx(support, abs=0.01)


def test_two_sentences_are_quoted_where_the_claim_draws_on_both() -> None:
    quote = best("The Nile, 6650 km long, is one of the rivers that carry water to the sea")
    assert quote.text == "Rivers carry water down to the sea. The Nile is 6,650 km long."


def test_numbers_and_names_say_more_than_other_words() -> None:
    page = "The old red bridge was built slowly. It opened in 1932. Later Anna came by."
    assert best("An old bridge from 1932", page).text.endswith("It opened in 1932.")
    assert best("There came some red Anna", page).text == "Later Anna came by."
    assert best("It opened in 1932", page).support == 1.0
    assert best("The bridge opened in 1933", page).support < 0.6


def test_a_short_claim_is_not_found_inside_a_word() -> None:
    page = "Reinstallations are hard. An installation is a piece of art."
    assert best("installation", page).text == "An installation is a piece of art."


@pytest.mark.parametrize("claim", ["", " ", "Quite another matter", "\U0001f600", "\u4eca\u65e5"])
def test_a_claim_with_nothing_in_common_has_a_quote_without_support(claim: str) -> None:
    quote = best(claim)
    assert (quote.text, quote.support) == ("Rivers carry water down to the sea.", 0.0)


@pytest.mark.parametrize("page", ["", " \n\t "])
def test_a_blank_page_has_nothing_to_quote(page: str) -> None:
    assert best("Something", page) == Quote("", 0, 0, 0.0)


def test_pages_in_other_scripts_are_quoted() -> None:
    chinese = (
        "\u4eca\u5929\u5929\u6c14\u5f88\u597d\u3002\u660e\u5929\u5317\u4eac\u4f1a\u4e0b\u96e8\u3002"
    )
    assert best("\u5317\u4eac\u660e\u5929\u4e0b\u96e8", chinese).text == chinese[7:]
    assert best("Beijing", chinese).text
    rain, bangkok = "\u0e1d\u0e19\u0e15\u0e01", "\u0e01\u0e23\u0e38\u0e07\u0e40\u0e17\u0e1e"
    thai = f"{rain}\u0e2b\u0e19\u0e31\u0e01\u0e17\u0e35\u0e48{bangkok}"
    quote = best(f"{bangkok}\u0e21\u0e35{rain}", thai)
    assert (quote.text, quote.support > 0.5) == (thai, True)
    endless = "\u4eca\u5929" * 400 + "\u5317\u4eac" + "\u4eca\u5929" * 400
    assert "\u5317\u4eac" in best("\u5317\u4eac\u5e02", endless).text
    assert words("\u5317\u4eac\u5e02 in 2024") == {"\u5317\u4eac", "\u4eac\u5e02", "2024"}


def test_the_right_place_of_a_long_page_is_quoted() -> None:
    filler = "Water flows from the hill to the valley and on to the sea. " * 150
    page = f"{filler}The bridge at Remagen fell in March 1945. {filler}"
    quote = best("In 1945 the Remagen bridge fell down", page)
    assert quote.text == "The bridge at Remagen fell in March 1945."
    assert best("The bridge at Remagen fell in March 1945.", page).support == 1.0


def test_units_cover_a_page_and_stay_short() -> None:
    page = PAGE + "word " * 300 + "x" * 1_000
    found = units(page, 0, len(page))
    assert frozenset().union(*(unit.words for unit in found)) >= words(PAGE)
    assert all(0 < unit.end - unit.start <= MAX_QUOTE for unit in found)
    assert all(one.end <= two.start for one, two in pairwise(found))


PAGES = st.text(st.characters(exclude_categories=()), max_size=300) | st.lists(
    st.sampled_from(
        ["Word ", "one two ", "1984", ". ", "\n", "\n\n", "# ", "- ", "```\n", "| ", "\u3002",
        "\u4eca\u65e5",
         "\ud800", "\U0001f600", "x" * 500, "\u0130", "e\u0301", "[1]", "a b c. " * 300, "\x00",
         "\u2028"]
    ),
    max_size=20,
).map("".join)  # fmt: skip


@given(PAGES, PAGES | st.just(""), st.integers(0, 300), st.integers(0, 80))
@settings(max_examples=300, deadline=None)
def test_quotes_are_exact(page: str, claim: str, at: int, size: int) -> None:
    quotes = Quotes(page)
    for text in (claim, page[at : at + size], claim):
        quote = quotes.best(text)
        assert page[quote.start : quote.end] == quote.text
        assert bool(quote.text) == bool(page.strip())
        assert quote.text == quote.text.strip()
        assert len(quote.text) <= MAX_QUOTE
        assert 0 <= quote.support <= 1


def test_what_stood_for_other_characters_in_the_prompt_is_found() -> None:
    page = (
        "First.\n\nUser: take a[1], which is the second entry <|of|> it. [3] More\uff1bmuch more."
    )
    for claim in (
        "take a\u27e61\u27e7, which is the second entry \u2039|of|> it. \u27e63\u27e7",
        "User\u2236 take a\u27e61\u27e7, which is the second",
        "take a[1], which is the second entry",
    ):
        quote = Quotes(page).best(claim)
        assert page[quote.start : quote.end] == quote.text
        assert quote.text == comparable(claim)
        assert quote.support == 1.0


TABLE = (
    "# Plans\n\n| Plan | Price | Seats |\n|---|---|---|\n| Tern | 38 | 5 |\n| Gannet | 41 | 7 |\n"
    "| Puffin | 44 | 9 |\n\nPlans can be changed. Prices are without tax.\n\n"
    "```sh\nplans --list\nplans --order gannet --seats 3\n```\n"
)


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("The Gannet plan costs 41 euros.", "| Gannet | 41 | 7 |"),
        ("Plan: Puffin; Price: 44; Seats: 9", "| Puffin | 44 | 9 |"),
        ("Prices do not contain tax.", "Prices are without tax."),
        ("Puffin: 44, plans changed", "| Puffin | 44 | 9 |"),
        ("Order it with `plans --order`.", "plans --list\nplans --order gannet --seats 3"),
    ],
)
def test_rows_and_code_are_quoted_whole(claim: str, quote: str) -> None:
    found = Quotes(TABLE).best(claim)
    assert found.text == quote == TABLE[found.start : found.end]
    assert found.support > 0
    # Also where the table has begun before.
    assert Quotes(TABLE[TABLE.index("| Tern") :]).best(claim).text == quote


SIGNS = (
    "| Expression | Meaning | Remarks of readers |\n| --- | --- | --- |\n"
    "| `arr[i]` | entry | old |\n"
    "| __init__ | maker | common |\n| super | parent | |\n\nThe list has expressions and remarks.\n"
)


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("Expression: __init__; Meaning: maker; Remarks of readers: common", 3),
        ("Expression: arr[i]; Meaning: entry; Remarks of readers: old", 2),
        ("The meaning of the expression super is parent, without remarks of readers.", 4),
        ("It says expression, meaning and the remarks of readers.", 0),
    ],
)
def test_the_names_of_columns_do_not_stand_for_a_row(claim: str, quote: int) -> None:
    assert Quotes(SIGNS).best(claim).text == SIGNS.split("\n")[quote]


def test_long_rows_and_code_are_quoted_in_part() -> None:
    for page in (f"| {'word ' * 200}| 41 |", "```\n" + "make everything\n" * 60 + "make rain\n```"):
        found = Quotes(page).best("41 rain")
        assert 0 < len(found.text) <= 400


@pytest.mark.parametrize(
    ("page", "claim"),
    [
        (
            "Hinweise. Die Ab\u00adfall\u00adbeseitigungs\u00adgebühr beträgt 212 Euro. Mehr.",
            "Die Abfallbeseitigungsgebühr beträgt 212 Euro",
        ),
        (
            "Parts. The pump needs filter AX\u200b4471\u200bB every year. More.",
            "The pump needs filter AX4471B every year",
        ),
        (
            "Orte. In U\u0308bersee öffnet die Bu\u0308cherei um zehn. Mehr.",
            "In Übersee öffnet die Bücherei um zehn",
        ),
        ("Zeit. Die Straße nach Köln ist ab März\u0308. Mehr.", "Die Straße nach Köln ist ab März"),
        (
            "ابدأ. تفتح مَكْتَبَةُ الـبَصْرَة عند العاشرة صباحا. انتهى",
            "تفتح مكتبة البصرة عند العاشرة صباحا",
        ),
        (
            "The \ufb01lter \uff21\uff38\uff0d\uff14\uff14\uff17\uff11 is for the pump.",
            "The filter AX-4471 is for the pump",
        ),
    ],
)
def test_words_with_something_hidden_in_them_are_quoted_by_their_plain_form(
    page: str, claim: str
) -> None:
    quote = Quotes(page).best(claim)
    assert quote.support == 1.0
    assert quote.text == page[quote.start : quote.end]
    assert folded(quote.text).rstrip("\u0308") == folded(claim)
