"""What is told of links and includes, in few lines."""

from ingest.notes import includes, loops, outside


def test_many_links_are_told_in_few_lines() -> None:
    told = outside(tuple(f"docs/{number}.md" for number in range(1_000)))
    assert len(told) == 51
    assert told[0] == "docs/0.md: leads out of the folder, left out without --follow-links"
    assert told[-1] == "and 950 more links that lead out of their folder"


def test_many_loops_are_told_in_few_lines() -> None:
    told = loops(tuple(f"docs/{number}" for number in range(1_000)))
    assert len(told) == 51
    assert told[0] == "docs/0: leads back to a folder that it is in, read once"
    assert told[-1] == "and 950 more links that lead back"
    assert loops(()) == []


def test_includes_are_told_in_one_line() -> None:
    assert includes({}) is None
    assert includes({"a.md": ("b.md",)}) == "1 includes were not followed: a.md includes b.md"
    many = {f"{number}.md": ("a", "b", "c", "d") for number in range(9)}
    assert includes(many) == (
        "36 includes were not followed: 0.md includes a, b, c; 1.md includes a, b, c; "
        "2.md includes a, b, c ..."
    )
