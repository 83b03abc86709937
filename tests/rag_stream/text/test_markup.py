"""Which signs of a heading or a cell are marks of Markdown, and which are its own."""

import pytest

from rag_stream.text.markup import plain, plain_cell

SAME = [
    "List<String>",
    "Map<K, V> of a <T>",
    "a < b and c > d",
    "__init__",
    "the __all__ of a module",
    "*args, **kwargs",
    "(*) or (*)",
    "2 * 3 * 4",
    "rows[0][1]",
    "steps[0](event)",
    'data["a"]["b"]',
    "[0, 1]",
    "a_b_c",
    "{.page}",
    "{#page}",
]


@pytest.mark.parametrize("text", SAME)
def test_signs_of_the_text_itself_stay(text: str) -> None:
    assert plain(text) == text
    assert plain_cell(text) == text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("**Heron** and *Tern*", "Heron and Tern"),
        ("__Two words__ and _three more words_", "Two words and three more words"),
        ("**.env**", ".env"),
        ("[here](a.md), [there](/b), [page](#c)", "here, there, page"),
        ("see[here](https://a.example/b)", "seehere"),
        ("[word][ref] and [other](target)", "word and other"),
        ("![logo](a.png) [![badge](b.svg)](c.md)", "logo badge"),
        ("one<br>two<br/>three <b>four</b>", "one two three four"),
        ('<span class="x">five</span><BR>six', "five six"),
        ("`a` and ``b`c``", "a and b`c"),
        ("`**x**` and `__y z__`", "**x** and __y z__"),
    ],
)
def test_marks_do_not(text: str, words: str) -> None:
    assert plain(text) == words
    assert plain_cell(text) == words


@pytest.mark.parametrize(
    ("text", "heading", "cell"),
    [
        ("~~40~~ 30", "40 30", "~~40~~ 30"),
        ("snake\\_case", "snake_case", "snake\\_case"),
        ("\\d+\\.\\d+", "\\d+.\\d+", "\\d+\\.\\d+"),
        ("&lt; and &amp;", "< and &", "&lt; and &amp;"),
        ("Title {#id}", "Title", "Title {#id}"),
        ("`first[1]`", "first[1]", "`first[1]`"),
        ("``a`[1]`` or `b`", "a`[1] or b", "``a`[1]`` or b"),
        ("`{#x}` {: .small}", "{#x}", "{#x} {: .small}"),
    ],
)
def test_of_a_cell_nothing_is_taken_that_says_something(text: str, heading: str, cell: str) -> None:
    assert plain(text) == heading
    assert plain_cell(text) == cell


@pytest.mark.parametrize("piece", ["[", "](", "*", "_", "<a ", "`", "{#", "__a", "[a]("])
def test_much_of_anything(piece: str) -> None:
    text = piece * (50_000 // len(piece))
    assert len(plain(text)) <= 2_000
    assert len(plain_cell(text)) <= 2_000
