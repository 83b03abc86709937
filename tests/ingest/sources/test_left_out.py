"""What is left out, in one line, and when it outweighs what was read."""

from collections import Counter
from pathlib import Path

import pytest

from ingest.sources.left_out import LeftOut


def test_many_kinds_are_told_in_one_line() -> None:
    left_out = LeftOut(Counter({f".{number}": 1 for number in range(30)}))
    line = left_out.line()
    assert line is not None
    assert line.startswith("left out 30 files: 1 .0, 1 .1, ")
    assert line.endswith(", 18 of other kinds")


def test_nothing_is_told_of_nothing() -> None:
    assert LeftOut().line() is None


@pytest.mark.parametrize(
    ("texts", "read", "outweighs"), [(0, 0, False), (3, 3, False), (4, 3, True)]
)
def test_more_texts_than_were_read(texts: int, read: int, outweighs: bool) -> None:
    told = LeftOut(Counter({".adoc": texts}), texts).outweighs(read)
    assert (told is not None) == outweighs
    assert not told or "--allow-skipped" in told


def test_of_texts_it_is_told_how_to_have_them_read(tmp_path: Path) -> None:
    left_out = LeftOut()
    for name in ("a.adoc", "b.adoc", "c.asciidoc", "d.asc", "e.tex", "README"):
        (tmp_path / name).write_text("= Guide\n\nThe pump hums at night, and nobody minds.\n")
        left_out.add(tmp_path / name)
    (tmp_path / "key.asc").write_text("-----BEGIN PGP SIGNATURE-----\n\niQIzBAABCAAdFiEE\n")
    (tmp_path / "x.png").write_bytes(b"\x89PNG\0")
    left_out.add(tmp_path / "key.asc")
    left_out.add(tmp_path / "x.png")
    both = LeftOut()
    both.update(left_out)
    assert both.texts == 6
    assert both.line() == (
        "left out 8 files: 2 .adoc, 2 .asc, 1 .asciidoc, 1 .tex, 1 without suffix, 1 .png"
    )
    assert both.advice() == (
        "text among what is left out: 2 .adoc, 1 .asciidoc, 1 .asc, 1 .tex, 1 without suffix; "
        "read as plain text with --include '*.adoc' --include '*.asc' --include '*.asciidoc'"
    )


def test_where_none_is_text_there_is_nothing_to_read(tmp_path: Path) -> None:
    left_out = LeftOut()
    (tmp_path / "x.png").write_bytes(b"\x89PNG\0")
    left_out.add(tmp_path / "x.png")
    assert left_out.advice() is None
