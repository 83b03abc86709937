"""Code and rows: where they begin and end, also in a text that was cut anywhere."""

import pytest

from rag_stream.text.blocks import code_blocks, whole


def blocks(text: str) -> list[tuple[str, bool]]:
    return [(text[block.start : block.end], block.closed) for block in code_blocks(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A:\n\n```sh\nrun\n```\n\nB", [("```sh\nrun\n```", True)]),
        ("~~~\n```\nx\n~~~", [("~~~\n```\nx\n~~~", True)]),
        ("````\n```\nx\n```\n````", [("````\n```\nx\n```\n````", True)]),
        ("- item\n\n  ```py\n  x = 1\n  ```\nB", [("```py\n  x = 1\n  ```", True)]),
        ("```a\nx\n```\n```b\ny\n```", [("```a\nx\n```", True), ("```b\ny\n```", True)]),
        # Cut at its end: only where the fence says that it begins a block.
        ("A:\n```py\nx = 1\ny = 2\n", [("```py\nx = 1\ny = 2", False)]),
        ("x = 1\n```\nWords after it.", []),
        # Cut at its beginning: the first fence ends it.
        ("x = 1\n```\nWords.\n```py\ny\n```", [("```py\ny\n```", True)]),
        # No fence says what it is: what is around it does.
        ("x = 1\n```\n\nWords.\n\nRun:\n\n```\nrun\n```", [("```\nrun\n```", True)]),
        ("x = 1\n```\n\nWords.\n\n```\nrun", [("```\nrun", False)]),
        (
            "x = 1\n```\n\nWords.\n\n```\na\n```\n\nMore.\n\n```\nb\n",
            [
                ("```\na\n```", True),
                ("```\nb", False),
            ],
        ),
        (
            "x\n```\n\nW.\n\n```\na\n```\n\nM.\n\n```sh\nb\n```",
            [
                ("```\na\n```", True),
                ("```sh\nb\n```", True),
            ],
        ),
        ("A:\n\n```\na\n```\n\nB:\n\n```\nb\n", [("```\na\n```", True), ("```\nb", False)]),
        ("A:\n```\na\n```\nB:\n```\nb\n```", [("```\na\n```", True), ("```\nb\n```", True)]),
        ("no `code` here", []),
        ("", []),
    ],
)
def test_blocks_of_code(text: str, expected: list[tuple[str, bool]]) -> None:
    assert blocks(text) == expected
    for block in code_blocks(text):
        start, end = block.inside
        assert block.start <= start <= end <= block.end
        assert "```" not in text[start:end] or block.fence != "```"


def test_what_is_quoted_whole() -> None:
    text = (
        "Words | words.\n\n| A | B |\n|---|---|\n| x | y |\n\n```sh\n| no | row |\nrun\n```\n"
        "| a row | whose table begins before |\n\nC | D\n--- | ---\nlast | one"
    )
    assert [text[start:end] for start, end in whole(text)] == [
        "| A | B |",
        "|---|---|",
        "| x | y |",
        "| no | row |\nrun",
        "| a row | whose table begins before |",
        "C | D",
        "last | one",
    ]


@pytest.mark.parametrize("piece", ["```\n", "```a\n", "~~~", "| a |\n", "```x\n```\n", "> ```\n"])
def test_much_of_anything(piece: str) -> None:
    text = piece * (50_000 // len(piece))
    places = [place for span in whole(text) for place in span]
    assert places == sorted(places)
