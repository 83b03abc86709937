"""The subcommands of `python -m app`: what they take, and how they refuse the rest."""

from pathlib import Path

import pytest

from app.commands import command


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["serve"], "invalid choice: 'serve'"),
        (["feedback"], "required: --export"),
        (["feedback", "--export", "csv"], "invalid choice: 'csv'"),
        (["feedback", "--export", "jsonl", "--since", "soon"], "invalid time value: 'soon'"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_it_does_not_know_is_refused(
    arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        command(arguments)
    assert ended.value.code == 2
    assert complaint in capsys.readouterr().err


def test_where_nothing_was_ever_kept_nothing_is_told_and_nothing_made(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert command(["feedback", "--export", "jsonl"]) == 0
    assert capsys.readouterr() == ("", "")
    assert not Path("data").exists()
