"""Headings of every form, what looks like one, and the path above each place."""

import pytest

from rag_stream.text.headings import MAX_SECTION, Outline, headings


def found(text: str) -> list[tuple[int, str]]:
    return [(heading.level, heading.text) for heading in headings(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# One\n\n###### Six ######\n", [(1, "One"), (6, "Six")]),
        ("   ## Indented\r\nwords\r\n", [(2, "Indented")]),
        ("One\n===\n\nTwo\n---\n\nwords", [(1, "One"), (2, "Two")]),
        ("One\n=\n\n  Two  \n--\n", [(1, "One"), (2, "Two")]),
        ("# C# and F#\n## A #hashtag", [(1, "C# and F#"), (2, "A #hashtag")]),
        ("# **Set** of `x_y` [here](a.md) {#id}", [(1, "Set of x_y here")]),
        ("## snake\\_case &amp; ![logo](a.png) <b>bold</b>", [(2, "snake_case & logo bold")]),
        ("#\n##  ##\n### \n", [(1, ""), (2, ""), (3, "")]),
        ("# Überschrift\n## 目次", [(1, "Überschrift"), (2, "目次")]),
        ("words\n# At once\nwords", [(1, "At once")]),
        ("# The last", [(1, "The last")]),
    ],
)
def test_these_are_headings(text: str, expected: list[tuple[int, str]]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "```sh\n# a comment\n```",
        "~~~\n# a comment\n```\n# still\n~~~",
        "````\n```\n# inside\n```\n# inside\n````",
        "- item\n\n  ```\n  # a comment\n  ```",
        "```\n# a fence that never closes",
        "    # four blanks make code",
        "\t# so does a tab",
        "#hashtag",
        "####### seven",
        "words\nof two lines\n---\nand more",
        "- an item\n---",
        "> quoted\n---",
        "| a | b |\n|---|---|",
        "1. first\n---",
        "words\n\n---\n\nmore",
        "---\n---",
        "no # heading",
        "",
    ],
)
def test_these_are_none(text: str) -> None:
    assert found(text) == []


GUIDE = """\
before all

# Guide

intro

## Install

### Linux

```sh
# not me
```

on penguins

#### Deep

deep

## Use

using

Appendix
========

###### Skipped

far

#

after none
"""


@pytest.mark.parametrize(
    ("words", "section"),
    [
        ("before all", ""),
        ("intro", "Guide"),
        ("# not me", "Guide > Install > Linux"),
        ("on penguins", "Guide > Install > Linux"),
        ("deep", "Guide > Install > Linux > Deep"),
        ("using", "Guide > Use"),
        ("far", "Appendix > Skipped"),
        ("after none", ""),
        # What begins with headings is below them, as far as all of it is.
        ("# Guide\n\nintro", "Guide"),
        ("## Install\n\n### Linux\n\n```", "Guide > Install > Linux"),
        (GUIDE[GUIDE.index("## Install") : GUIDE.index("## Use")], "Guide > Install > Linux"),
        (GUIDE[GUIDE.index("# Guide") : GUIDE.index("using")], "Guide"),
        (GUIDE[GUIDE.index("## Use") : GUIDE.index("far")], "Guide"),
        ("Appendix\n========\n\n###### Skipped\n\nfar", "Appendix > Skipped"),
        # What stands before it stays above it, whatever comes in it.
        (GUIDE[GUIDE.index("on penguins") : GUIDE.index("using")], "Guide > Install > Linux"),
    ],
)
def test_a_place_is_below_the_headings_above_it(words: str, section: str) -> None:
    start = GUIDE.index(words)
    assert Outline(GUIDE).section(start, start + len(words)) == section


def test_a_heading_without_words_is_left_out_of_the_path() -> None:
    text = "# One\n\n##\n\n### Three\n\nwords"
    assert Outline(text).section(text.index("words"), len(text)) == "One > Three"


def test_paths_and_headings_are_bounded() -> None:
    text = "\n\n".join(f"{'#' * level} {str(level) * 5_000}" for level in range(1, 7)) + "\n\nwords"
    section = Outline(text).section(text.index("words"), len(text))
    assert len(section) <= MAX_SECTION
    assert section.split(" > ")[-1] == "6" * 119 + "\u2026"


@pytest.mark.parametrize(
    "piece", ["# ", "#", "a\n---\n", "[", "![a](", "**a", "`", "<a ", "\\", "="]
)
def test_much_of_anything(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    assert len(Outline(text).section(len(text) // 2, len(text))) <= MAX_SECTION
