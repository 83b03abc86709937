"""Pipe tables of every form: their rows, their columns, and what is none."""

import pytest

from rag_stream.text.tables import (
    MAX_COLUMNS,
    SEPARATOR,
    cells,
    columns_of,
    columns_text,
    named,
    tables,
)

PLANS = "| Plan | Price |\n|---|---:|\n| Heron | 5 |\n| Osprey | 8 |"


def read(text: str, columns: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], list[str]]]:
    return [
        (table.columns, [text[row.start : row.end] for row in table.rows])
        for table in tables(text, columns)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (PLANS, [(("Plan", "Price"), ["| Heron | 5 |", "| Osprey | 8 |"])]),
        (f"before\n\n{PLANS}\n\nafter", [(("Plan", "Price"), ["| Heron | 5 |", "| Osprey | 8 |"])]),
        ("A | B\n--- | ---\nx | y\nz | ", [(("A", "B"), ["x | y", "z |"])]),
        ("A | B\n:-: | -:\nx | y\nafter", [(("A", "B"), ["x | y"])]),
        ("| A |\n|---|\n| x |", [(("A",), ["| x |"])]),
        ("  | A | B |\r\n  |---|---|\r\n  | x | y |\r\n", [(("A", "B"), ["| x | y |"])]),
        ("| `a` | **b** |\n|---|---|\n| x | y |", [(("a", "b"), ["| x | y |"])]),
        ("| A \\| B | C |\n|---|---|\n| x | y \\| z |", [(("A | B", "C"), ["| x | y \\| z |"])]),
        ("| A | B |\n|---|---|", [(("A", "B"), [])]),
        ("|  |  |\n|---|---|\n| x | y |", [(("", ""), ["| x | y |"])]),
        (
            f"{PLANS}\n\n| C |\n|---|\n| z |",
            [(("Plan", "Price"), ["| Heron | 5 |", "| Osprey | 8 |"]), (("C",), ["| z |"])],
        ),
        (
            "| A |\n|---|\n| x |\n| B | C |\n|---|---|\n| y | z |",
            [(("A",), ["| x |"]), (("B", "C"), ["| y | z |"])],
        ),
        ("| A | B |\n|---|---|\n| x | y |\n# Title | of\n", [(("A", "B"), ["| x | y |"])]),
    ],
)
def test_these_are_tables(text: str, expected: list[tuple[tuple[str, ...], list[str]]]) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        f"```\n{PLANS}\n```",
        "| A | B |\n|---|\n| x | y |",
        "Title\n-----\nwords | words",
        "words | words\nmore",
        "a \\| b\n---\nwords",
        "|---|---|\n| x | y |",
        "",
    ],
)
def test_these_are_none(text: str) -> None:
    assert read(text) == []


def test_a_text_may_begin_inside_a_table() -> None:
    text = "| Tern | 38 |\n| Gannet | 41 |\n\nAfter it.\n\n| A |\n|---|\n| x |"
    assert read(text, ("Plan", "Price")) == [
        (("Plan", "Price"), ["| Tern | 38 |", "| Gannet | 41 |"]),
        (("A",), ["| x |"]),
    ]
    assert read(PLANS, ("Plan", "Price")) == read(PLANS)
    cut = PLANS[PLANS.index("|---") :]  # right behind the names of its columns
    assert read(cut, ("Plan", "Price")) == read(PLANS)
    assert read("No table here.", ("Plan", "Price")) == []
    assert read("Type `a | b` or `c | d`.", ("Plan", "Price")) == []
    assert read("Tern | 38", ("Plan", "Price")) == [(("Plan", "Price"), ["Tern | 38"])]


def test_cells_are_named_by_their_columns() -> None:
    row = tables("| Plan | Price |\n|---|---|\n| **Heron** | | 7 |")[0].rows[0]
    assert named(row, ("Plan", "Price")) == [("Plan", "Heron"), ("", "7")]


def test_a_row_has_its_cells_with_or_without_pipes_at_its_ends() -> None:
    assert cells("| a | b |") == cells("a | b") == cells("a | b |") == ("a", "b")
    assert cells("| a \\| b |  | c |") == ("a \\| b", "", "c")


def test_columns_are_one_string_and_back() -> None:
    names = ("Plan", "", "Price | net")
    assert columns_text(names) == "Plan |  | Price \\| net"
    assert columns_of(columns_text(names)) == names
    assert columns_text(("", "")) == ""
    assert columns_of("") == ()
    assert len(columns_text(["x" * 500] * 100)) <= MAX_COLUMNS


def test_so_many_names_as_have_room_are_taken_and_all_whole() -> None:
    for name in ("", "a", "Preis", "Größe|Maß", "x" * 77, "x" * 500):
        names = ["Plan", *([name] * 300_000)]
        text = columns_text(names)
        taken = columns_of(text)
        assert taken == ("Plan", *([name[:80]] * (len(taken) - 1)))
        again = len(SEPARATOR) + len(name[:80].replace("|", "\\|"))
        assert MAX_COLUMNS - again < len(text) <= MAX_COLUMNS
    whole = ["y" * 77] * 7 + ["y" * 40]
    assert columns_of(columns_text(whole)) == tuple(whole)
    assert len(columns_text(whole)) == MAX_COLUMNS


@pytest.mark.parametrize("piece", ["|", "| a ", "-|", "| - ", ":-", "|\n-\n", "\\|", "`|`"])
def test_much_of_anything(piece: str) -> None:
    text = piece * (50_000 // len(piece))
    for columns in ((), ("a", "b")):
        assert all(table.end <= len(text) for table in tables(text, columns))
