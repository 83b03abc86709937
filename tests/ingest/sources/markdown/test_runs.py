"""What is read without the parser is what the parser reads."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it.rules_core import StateCore, text_join
from markdown_it.token import Token

from ingest.sources.markdown.convert import _parser
from ingest.sources.markdown.runs import pieces

Read = list[tuple[str, str]]
_NAMES = {
    **dict.fromkeys(("em_open", "em_close", "strong_open", "strong_close"), "em"),
    "hardbreak": "softbreak",
    "image": "picture",
}
SIGNS = [
    *("a", "b ", "word", " ", "  ", "\n", "*", "**", "_", "`", "``", "[", "]", "(", ")", "!", "\\"),
    *(
        "[a](b)",
        '[a b](c "d")',
        "![a](b)",
        "![a_b](c)",
        "\\*",
        "\\_",
        "&",
        "&amp;",
        "<",
        "<b>",
        "~",
    ),
    *(
        "</b>",
        "<br/>",
        '<a href="x">',
        "~~",
        ".",
        ",",
        '"',
        "'",
        "-",
        "é",
        "中",
        "\u00a0",
        "\t",
        "$",
    ),
    *(
        "[**a**](b)",
        "**`a`**",
        "*a*",
        "**a**",
        "(**a**)",
        "`a b`",
        "[`a`](b)",
        "](",
        "^",
        "[^",
        "1",
    ),
    *("|", "\x1c", "…", "“", "€", "<http://a.b>", "http://a", ":", "{", "}", "#", "+", "=", "@"),
]


def by_parser(run: str) -> Read:
    children: list[Token] = []
    parser, token = _parser(False), Token("inline", "", 0, content=run, children=children)
    parser.inline.parse(run, parser, {}, children)
    text_join(StateCore("", parser, {}, [token]))
    found = []
    for child in token.children or []:
        kind = _NAMES.get(child.type, child.type)
        content = child.content
        if child.type == "image":
            inside = child.children or []
            content = "".join(part.content for part in inside if part.type != "softbreak")
        elif kind in ("em", "softbreak"):
            content = ""
        if kind != "text" or content:
            found.append((kind, content))
    return found


def at_once(run: str) -> Read | None:
    found = pieces(run)
    return None if found is None else [(piece.type, piece.content) for piece in found]


@pytest.mark.parametrize(
    "run",
    [
        "Words with some_name, R&D, 5 < 6 and a ~ sign.",
        "Two lines,  \nwith `code` and ``a ` b``.",
        "**Bold** words, *others* (**here**) and **`code`**.",
        "**bold with *more* in it**, 2 * 3",
        'See [the guide](../a/b_(c).md#d), [`call`](x "Title") and ![a picture](p.png).',
        "An escaped \\*, C:\\path and a <kbd class='x'>key</kbd>.",
        "[**Tower**: words](https://a.example/?q=*a*&b=`c`)",
    ],
)
def test_what_people_write_is_read_at_once(run: str) -> None:
    assert at_once(run) == by_parser(run)


@pytest.mark.parametrize(
    "run",
    [
        "[a]",
        "[a][b]",
        "[^1]",
        "***a***",
        "_a_",
        "~~a~~",
        "&nbsp;",
        "$a$",
        "`a",
        "<!-- a -->",
        "a**b",
    ],
)
def test_what_is_in_doubt_is_left_to_the_parser(run: str) -> None:
    assert pieces(run) is None
    assert by_parser(run)


@given(st.lists(st.sampled_from(SIGNS), max_size=14).map("".join))
@settings(max_examples=600, deadline=None)
def test_it_is_as_the_parser_reads_it_or_nothing(run: str) -> None:
    found = at_once(run)
    assert found is None or found == by_parser(run)
