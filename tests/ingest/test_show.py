"""A look at the chunks of a source."""

import json
from collections import Counter

import pytest

from ingest.show import MOST_LISTED, as_objects, as_text, listed, matching, readable
from rag_stream.errors import SourceError
from rag_stream.index.client import Record

KNOWN = Counter({"docs/index.md": 3, "docs/more/deep.md": 1, "https://example.org/a": 2})
CHUNKS = [
    Record(
        f"id{n}",
        text,
        {
            **{"source": "docs/a\x1b.md", "title": "A", "section": "A > B", "start_index": 7 * n},
            **{"since": 3, "until": 0, "root": "#1", "columns": "x | y"},
        },
    )
    for n, text in enumerate(("one\x07\n\ttwo", "three"))
]


def test_a_part_of_a_name_finds_it_in_any_case() -> None:
    assert matching("INDEX", KNOWN) == ["docs/index.md"]
    assert matching("docs/", KNOWN) == ["docs/index.md", "docs/more/deep.md"]
    assert matching("", KNOWN) == sorted(KNOWN)


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("docs/indx.md", "near it are docs/index.md"),
        ("dep.md", "docs/more/deep.md"),
        ("zzz", "'zzz', which is in none of 3"),
    ],
)
def test_what_is_in_no_name_is_refused_with_those_near_it(name: str, near: str) -> None:
    with pytest.raises(SourceError, match="expected a source or a part of the name") as caught:
        matching(name, KNOWN)
    assert near in str(caught.value)


def test_people_see_where_a_chunk_lies_what_is_known_of_it_and_its_text() -> None:
    assert list(as_text(CHUNKS)) == [
        r"docs/a\x1b.md: 2 chunks",
        *("", "--- 1 of 2, characters 0 to 9 ---", "title: A", "section: A > B", "columns: x | y"),
        *("", r"one\x07", "\ttwo"),
        *("", "--- 2 of 2, characters 7 to 12 ---", "title: A", "section: A > B"),
        *("columns: x | y", "", "three"),
    ]


def test_machines_see_the_same_and_no_bookkeeping() -> None:
    first, second = map(json.loads, as_objects(CHUNKS))
    assert first == {
        **{"event": "chunk", "number": 1, "of": 2, "id": "id0", "text": "one\x07\n\ttwo"},
        "metadata": {
            **{"source": "docs/a\x1b.md", "title": "A", "section": "A > B", "start_index": 0},
            "columns": "x | y",
        },
    }
    assert second["number"] == 2


def test_long_lists_end() -> None:
    many = Counter({f"{number}.md": 1 for number in range(MOST_LISTED + 5)})
    lines = list(listed(sorted(many), many))
    assert (len(lines), lines[-1]) == (MOST_LISTED + 2, "and 5 more")


def test_lines_are_whole_and_steer_no_terminal() -> None:
    assert readable("x" * 5_000 + "\x1b]0;t\x07\u202e\ud800é日") == (
        "x" * 5_000 + r"\x1b]0;t\x07\u202e\ud800é日"
    )
