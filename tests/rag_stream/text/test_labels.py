"""What is said of where a chunk stands."""

import pytest

from rag_stream.text.labels import (
    has_lead,
    heading_path,
    label,
    label_words,
    name_words,
    standing,
)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("docs/falcon-server.md", "falcon server"),
        ("docs/guide/index.md", "guide"),
        ("docs/otter/README.md", "otter"),
        ("docs/_index.md", "docs"),
        ("README.md", ""),
        ("ref/ContentTypeParser.md", "Content Type Parser"),
        ("https://x.example/guide/set-up/?q=a-b#c", "set up"),
        ("https://x.example/a/f%C3%BCr_alle.html", "für alle"),
        ("https://x.example/", ""),
        ("notes", "notes"),
        ("", ""),
    ],
)
def test_the_name_of_a_file_in_words(source: str, words: str) -> None:
    assert name_words(source) == words


@pytest.mark.parametrize(
    ("metadata", "path"),
    [
        ({"title": "Falcon server", "section": "Backup"}, "Falcon server > Backup"),
        ({"title": "Guide", "section": "Guide > Install"}, "Guide > Install"),
        ({"title": "Guide", "section": "Guide"}, "Guide"),
        ({"title": "Guide", "section": "Guidelines > Install"}, "Guide > Guidelines > Install"),
        ({"section": "Install"}, "Install"),
        ({"title": "A\n title"}, "A title"),
        ({"title": "a/set-up.md", "source": "a/set-up.md"}, "set up"),
        ({"title": "set-up.md", "source": "a/set-up.md", "section": "One"}, "set up > One"),
        ({"source": "README.md"}, ""),
        ({"title": None, "source": 7}, ""),
    ],
)
def test_the_path_of_headings_begins_with_the_title(metadata: dict[str, object], path: str) -> None:
    assert heading_path(metadata) == path


def test_a_vector_leans_on_headings_and_columns() -> None:
    assert standing({"title": "T", "section": "S", "columns": "A | B"}) == "T > S: A | B"
    assert standing({"columns": "A | B"}) == "A | B"
    assert standing({"title": "T"}) == "T"
    led = {"title": "T", "columns": "A", "lead": "So it\n begins."}
    assert standing(led) == "T: A"
    assert standing(led, leads=True) == "T: A\nSo it begins."
    assert [has_lead(standing(led, leads=leads)) for leads in (False, True)] == [False, True]
    assert standing({}) == ""


def test_all_labels_count_for_words_each_once() -> None:
    words = label_words(
        {
            "title": "Falcon server",
            "section": "Falcon server > Backup",
            "description": "How it is run",
            "tags": "ops, night",
            "slug": "falcon-machine",
            "columns": "Plan | Price",
            "source": "docs/falcon-server.md",
            "start_index": 7,
        }
    )
    for part in ("Backup", "How it is run", "ops, night", "falcon-machine", "Plan | Price"):
        assert part in words
    assert len(label_words({"description": "x " * 100_000})) <= 2_000


def test_a_label_is_a_string_on_one_line() -> None:
    assert label({"title": " a\n b\u2028c "}, "title") == "a b c"
    assert label({"title": ["a"]}, "title") == label({}, "title") == ""
