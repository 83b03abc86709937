"""Plain front matter is read as the library reads it."""

from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.sources.markdown.plain_yaml import plain_yaml

PARTS = [
    *("a", "b", "title", "- ", "  - ", ": ", ":", "\n", " ", "  ", "'", '"', "''", "[", "]", ", "),
    *("#", " #", "-", "?", "|", ">", "&", "*", "!", "~", "1.10", "yes", "é", "\u00a0", "\u2028"),
    *("a: b\n", "t: c d\n", "tags:\n", "tags: [a, b]\n", "- a\n", "  - b c\n", "x: 'a'\n", "null"),
    *('y: "b"\n', "k: \n", "k:  v  \n", "p:\n", "  q: r\n", "  s:\n", "    u: v\n", "    - w\n"),
    *("# c\n", "  # c\n", "l: [/a/, 'b']\n", 'm: ["a, b", c ]\n', "---", "...", "%", "@", "`", "{"),
]


def by_library(block: str) -> Any:
    return yaml.load(block, Loader=yaml.BaseLoader)  # noqa: S506


def test_what_people_write_is_plain() -> None:
    block = (
        'title: "The tower: a guide"\nslug: Web/API/Tower\n# a comment\ndraft: false\n'
        "tags:\n  - stone\n  - falcon's nest\naliases: [/a/, '/b c/', d]\nversion: 1.10\n"
        "l10n:\n  sourceCommit: ca6052779d\n  more:\n    deep: 'it: is'\nempty:\nlast: (a) b\n"
    )
    found = plain_yaml(block)
    assert found == by_library(block)
    assert found is not None
    assert found["version"] == "1.10"


@pytest.mark.parametrize(
    "block",
    [
        "a: b: c",
        "a: >\n  b",
        "a: b\n  c",
        "a: &x b",
        "a: {b: c}",
        "a: b # c",
        "- a",
        "a:\tb",
        "a",
        "",
    ],
)
def test_what_is_not_plain_is_left_to_the_library(block: str) -> None:
    assert plain_yaml(block) is None


@given(st.lists(st.sampled_from(PARTS), max_size=10).map("".join))
@settings(max_examples=600, deadline=None)
def test_it_is_as_the_library_reads_it_or_nothing(block: str) -> None:
    found = plain_yaml(block)
    assert found is None or found == by_library(block)
