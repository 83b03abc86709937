"""What a page is called, where no heading says it."""

import pytest

from ingest.sources.content import main_content

TOOL = "<head><title>T</title><meta name=generator content='Doxygen 1.9'></head>"
PROSE = "<p>The press turns fruit into juice, and its handle is turned by hand, slowly.</p>" * 9


@pytest.mark.parametrize("body", [PROSE, "<p>Short.</p>", f"<h1>Use</h1>{PROSE}"])
@pytest.mark.parametrize("groups", ["", "<div class='ingroups'><a href=g>Kitchen</a></div>"])
def test_the_box_above_the_contents_is_a_heading(body: str, groups: str) -> None:
    box = f"<div class=headertitle><div class=title>Press Struct Reference{groups}</div></div>"
    page = f"<body><div class=header>{box}</div><div class=contents>{body}</div></body>"
    text, title = main_content(TOOL + page)
    assert text.startswith("# Press Struct Reference\n\n" + "Kitchen\n\n" * bool(groups))
    assert title == "T"


def test_a_heading_in_the_box_is_the_heading() -> None:
    box = "<div class=headertitle><div class=title><h1>Press</h1></div></div>"
    text, _ = main_content(f"{TOOL}<body>{box}<div class=contents>{PROSE}</div></body>")
    assert text.startswith("# Press\n\nThe press")


def test_other_boxes_of_that_name_are_none() -> None:
    text, _ = main_content(f"<main><div class=title>Press</div>{PROSE}</main>")
    assert text.startswith("Press\n\n")
