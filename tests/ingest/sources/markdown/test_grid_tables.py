"""Tables that are drawn."""

import pytest

from tests.support.converted import text_of

EDGE = "+------+--------+\n"
HEAD = f"{EDGE}| Teil | Preis  |\n+:=====+=======:+\n"


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        (
            f"Davor\n{HEAD}| Rohr | 3 €    |\n|      | *oder* |\n{EDGE}| 水泵 | `a|b`  |\n{EDGE}\n"
            "Danach",
            "Davor\n\n| Teil | Preis |\n| --- | --- |\n| Rohr | 3 € oder |\n| 水泵 | `a\\|b` |\n\n"
            "Danach",
        ),
        (f"{EDGE}| Rohr | 3 €    |\n{EDGE}", "|  |  |\n| --- | --- |\n| Rohr | 3 € |"),
        (
            f"{HEAD}| Rohr | neu    |\n|      +--------+\n|      | alt    |\n{EDGE}",
            "| Teil | Preis |\n| --- | --- |\n| Rohr | neu |\n|  | alt |",
        ),
        (f"```\n{HEAD}| Rohr | 3 €    |\n{EDGE}```", f"```\n{HEAD}| Rohr | 3 €    |\n{EDGE}```"),
        ("+---+\n| a", "+---+\n| a"),
        ("+---+---+\n| a | b\n+---", "+---+---+\n| a | b\n+---"),
        ("+ a\n+ b", "- a\n- b"),
    ],
)
def test_a_drawn_table_is_a_table(markdown: str, text: str) -> None:
    assert text_of(markdown) == text


def test_time_grows_with_the_length_alone() -> None:
    assert text_of("+---+\n" * 20_000).startswith("+---+")
    assert text_of("+---+\n| a |\n" * 2_000).startswith("+---+")
