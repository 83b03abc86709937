"""What of a page may be an answer, and how rows and code are told."""

import pytest

from rag_stream.models.local.cut_code import Cut
from rag_stream.models.local.passages import MAX_TOLD, passages
from rag_stream.text.keywords import terms

TABLE = "| Plan | Price |\n|---|---|\n| Heron | 5 |\n| Osprey | 8 |"


def told(page: str, columns: str = "", asked: str = "") -> list[str]:
    found = passages(page, columns, terms(asked))
    for passage in found:
        assert page[passage.start : passage.end] == passage.text
    ends = [place for passage in found for place in (passage.start, passage.end)]
    assert ends == sorted(ends)
    return [passage.told or passage.text for passage in found]


def test_rows_are_told_with_the_names_of_their_columns() -> None:
    assert told(f"All plans are here.\n\n{TABLE}\n\nThey can be changed.") == [
        "All plans are here.",
        "Plan: Heron; Price: 5",
        "Plan: Osprey; Price: 8",
        "They can be changed.",
    ]


@pytest.mark.parametrize(
    ("page", "columns", "rows"),
    [
        (
            "| Tern | 38 |\n| Knot | 29 |",
            "Plan | Price",
            ["Plan: Tern; Price: 38", "Plan: Knot; Price: 29"],
        ),
        ("|---|---|\n| Tern | 38 |", "Plan | Price", ["Plan: Tern; Price: 38"]),
        ("Tern | 38", "Plan | Price", ["Plan: Tern; Price: 38"]),
        (
            "| Tern | `x \\| y` | 7 |",
            "Plan: | Price \\| net",
            ["Plan: Tern; Price | net: x | y; 7"],
        ),
        (
            "| `arr[1]` | List<String> | ~~40~~ 30 | __init__ | a\\\\_b |",
            "Code | Type | Price | Name | Path",
            ["Code: `arr[1]`; Type: List<String>; Price: ~~40~~ 30; Name: __init__; Path: a\\\\_b"],
        ),
        ("| Tern | |  |", "Plan | Price | Seats", ["Plan: Tern"]),
        ("| | |\n|---|---|\n| Tern | 38 |", "", ["Tern; 38"]),
        ("| | |\n|---|---|\n| - | |", "", []),
    ],
)
def test_a_part_of_a_table_is_told_like_the_whole(page: str, columns: str, rows: list[str]) -> None:
    assert told(page, columns) == rows


def test_of_a_long_row_its_name_and_what_was_asked_for_are_told() -> None:
    names = [f"Column {n}" for n in range(40)] + ["Warranty"]
    page = (
        f"| {' | '.join(names)} |\n{'|---' * 41}|\n| first {'| some words here ' * 39}| two years |"
    )
    (text,) = told(page, asked="How long is the warranty of the first?")
    assert text.startswith("Column 0: first; Column 1: ")
    assert text.endswith("; Warranty: two years")
    assert len(text) <= MAX_TOLD


def test_code_is_whole_and_comes_with_the_sentence_that_announces_it() -> None:
    page = "It is small. Install it with:\n\n```sh\npip install tiny  # [1]\n```\n\nThen run it."
    assert told(page) == [
        "It is small.",
        "Install it with:\n\n```sh\npip install tiny  # [1]\n```",
        "Then run it.",
    ]


def test_code_without_such_a_sentence_stands_alone() -> None:
    assert told("Install it with pip.\n\n```sh\npip install tiny\n```") == [
        "Install it with pip.",
        "```sh\npip install tiny\n```",
    ]


def test_code_that_was_cut_is_closed() -> None:
    assert told("Like this:\n\n```py\nx = 1\ny = 2") == ["Like this:\n\n```py\nx = 1\ny = 2\n```"]


def test_very_long_code_is_no_answer() -> None:
    assert told("Like this:\n\n```py\n" + "x = 1\n" * 1_000 + "```\n\nWords after it.") == [
        "Like this:",
        "Words after it.",
    ]


def test_words_between_two_blocks_of_code_are_no_code() -> None:
    page = "x = 1\n```\n\nIt boils.\n\n| A | B |\n|---|---|\n| 1 | 2 |\n\nRun:\n\n```\nrun\n```"
    assert told(page)[-3:] == ["It boils.", "A: 1; B: 2", "Run:\n\n```\nrun\n```"]
    assert not any("x = 1" in one and "boils" in one for one in told(page))


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("x = 1\n```\n\nIt boils.", ["~~~\nx = 1\n```\n\nIt boils.\n~~~"]),
        ("x = 1\n~~~\n\nIt boils.", ["~~~\nx = 1\n~~~", "It boils."]),
        (
            "| no | row |\n|---|---|\n~~~\nIt boils.",
            ["~~~\n| no | row |\n|---|---|\n~~~", "It boils."],
        ),
        ("x = 1", ["~~~\nx = 1\n~~~"]),
    ],
)
def test_a_page_that_is_known_to_begin_in_code(page: str, expected: list[str]) -> None:
    found = passages(page, "", frozenset(), Cut("~~~"))
    assert [one.told or one.text for one in found] == expected
    assert [one.is_rest for one in found] == [True] + [False] * (len(found) - 1)
