"""Tables: rows as lines, cells that span, and tables that only lay a page out."""

import pytest
from lxml.html import fromstring

from ingest.sources.markup import to_text


def text(body: str) -> str:
    return to_text(fromstring(f"<main>{body}</main>"))


HEAD = "<tr><th>Plan</th><th>Price</th></tr>"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (f"{HEAD}<tr><td>Heron<td>5", "| Plan | Price |\n| --- | --- |\n| Heron | 5 |"),
        (
            "<thead><tr><td>Plan<td>Price<tbody><tr><td>Heron<td>5",
            "| Plan | Price |\n| --- | --- |\n| Heron | 5 |",
        ),
        ("<tr><td>a<td>b<tr><td>c<td>d", "| a | b |\n| c | d |"),
        ("<tr><th>a<td>b<tr><th>c<td>d", "| a | b |\n| c | d |"),
        (
            "<tr><td><th>Mo<th>Di<tr><th>8 Uhr<td>offen<td>zu",
            "|  | Mo | Di |\n| --- | --- | --- |\n| 8 Uhr | offen | zu |",
        ),
        (
            "<tr><td><b>Name</b><td><strong>Alter</strong><tr><td>Ute<td>5",
            "| Name | Alter |\n| --- | --- |\n| Ute | 5 |",
        ),
        ("<tr><td><b>Ute</b><td>5<tr><td><b>Ali</b><td>6", "| Ute | 5 |\n| Ali | 6 |"),
        ("<tr><th>Name<td><tr><th>Alter<td>5", "| Name |  |\n| Alter | 5 |"),
        (
            f"<caption>Rates</caption>{HEAD}<tr><td>a<td>b",
            "Rates\n\n| Plan | Price |\n| --- | --- |\n| a | b |",
        ),
        ("<tr><td rowspan=2>s<td>1<tr><td>2<tr><td>t<td>3", "| s | 1 |\n|  | 2 |\n| t | 3 |"),
        ("<tr><td>1<td rowspan=2>s<tr><td>2<tr><td>3<td>t", "| 1 | s |\n| 2 |  |\n| 3 | t |"),
        ("<tr><td colspan=2>both<td>x<tr><td>a<td>b<td>c", "| both |  | x |\n| a | b | c |"),
        ("<tr><td colspan=9999999>a<td rowspan=x>b<tr><td>c<td>d", "| a | b |\n| c | d |"),
        (
            "<tr><td>pdf<br>epub<td><ul><li>a<li>b</ul><tr><td><p>x</p><p>y</p><td><pre>1\n2</pre>",
            "| pdf epub | a b |\n| x y | 1 2 |",
        ),
        ("<tr><td>a|b<td><code>x || y</code><tr><td>PDF<td>-", "| a|b | `x || y` |\n| PDF | - |"),
        (
            f"{HEAD}<tr><td><code>str | None</code><td>a||b",
            "| Plan | Price |\n| --- | --- |\n| `str \\| None` | a\\|\\|b |",
        ),
        (
            "<tr><th>a|b<th>c<tr><td>d<td>e",
            "| a\\|b | c |\n| --- | --- |\n| d | e |",
        ),
        (
            "<tr><td><img alt=yes src=y.png><td>a<tr><td>b<td><img alt=Logo>text",
            "| yes | a |\n| b | text |",
        ),
    ],
)
def test_rows_are_lines(rows: str, expected: str) -> None:
    assert text(f"<table>{rows}</table>") == expected


@pytest.mark.parametrize(
    "rows",
    [
        "<div class=row><div class=cell>a</div><div class=cell>b</div></div>"
        "<div class=row><div class=cell>c</div><div class=cell>d</div></div>",
        "<div role=row><span role=cell>a</span><span role=cell>b</span></div>"
        "<div role=row><span role=cell>c</span><span role=cell>d</span></div>",
        "<div role=rowgroup><div role=row><div role=cell>a</div><div role=cell>b</div></div>"
        "<div role=row><div role=cell>c</div><div role=cell>d</div></div></div>",
    ],
)
def test_tables_of_other_elements_are_tables(rows: str) -> None:
    assert text(f"<div class=table>{rows}</div>") == "| a | b |\n| c | d |"


def test_head_cells_by_role_name_the_columns() -> None:
    rows = (
        "<div role=row><div role=columnheader>a</div><div role=columnheader>b</div></div>"
        "<div role=row><div role=cell>c</div><div role=cell>d</div></div>"
    )
    assert text(f"<div role=table>{rows}</div>") == "| a | b |\n| --- | --- |\n| c | d |"


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ("<table><tr><td>menu<td><h1>A</h1><p>b</p></table>", "menu\n\n# A\n\nb"),
        ("<table role=presentation><tr><td>a<td>b<tr><td>c<td>d</table>", "a\n\nb\n\nc\n\nd"),
        ("<table><tr><td>a<tr><td>b</table>", "a\n\nb"),
        (
            "<table><tr><td>o<td><table><tr><th>x<th>y<tr><td>1<td>2</table></table>",
            "o\n\n| x | y |\n| --- | --- |\n| 1 | 2 |",
        ),
        ("<table><tr><td>a<td><pre>1\n2\n3\n4</pre></table>", "a\n\n```\n1\n2\n3\n4\n```"),
    ],
)
def test_what_only_lays_out_is_no_table(table: str, expected: str) -> None:
    assert text(table) == expected


def test_a_heading_in_the_first_row_stands_above_the_table() -> None:
    rows = "<tr><td>char *</td><td>titel</td></tr><tr><td>int</td><td>zahl</td></tr>"
    table = f"<table><tr class=heading><td colspan=2><h2>Felder</h2></td></tr>{rows}</table>"
    assert text(table) == "## Felder\n\n| char * | titel |\n| int | zahl |"
    said = table.replace("</h2>", "</h2>in Reihe")
    assert text(said).startswith("## Felder\n\nin Reihe")


@pytest.mark.parametrize(
    "box",
    [
        "<div class='admonitionblock tip'><table><tr><td class=icon><div class=title>注記</div>"
        "</td><td class=content>水を止める。</td></tr></table></div>",
        "<div class=note><table><tr><td rowspan=2><img alt='[注記]' src=n.png></td>"
        "<th>注記</th></tr><tr><td><p>水を止める。</p></td></tr></table></div>",
    ],
)
def test_a_box_in_a_table_is_a_box(box: str) -> None:
    assert text(box) == "注記\n水を止める。"


def test_a_table_in_a_box_is_a_table() -> None:
    rows = f"{HEAD}<tr><td>Heron<td>5<tr><td>Otter<td>6"
    table = "| Plan | Price |\n| --- | --- |\n| Heron | 5 |\n| Otter | 6 |"
    assert text(f"<div class=note><table>{rows}</table></div>") == table
