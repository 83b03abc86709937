"""What is code in Markdown, from its fence to its end."""

import re

import pytest

from ingest.sources.markdown.fences import Fence


def taken(fence: Fence, text: str) -> list[str | None]:
    return [fence.take(line) for line in text.split("\n")]


@pytest.mark.parametrize("end", ["```", "````", "   ```", "```  "])
def test_code_goes_on_to_the_fence_that_ends_it(end: str) -> None:
    fence = Fence()
    fence.begin("```", 0)
    inside = "a = 1\n\n~~~\n``` python\n``\n    ```"
    assert taken(fence, inside) == inside.split("\n")
    assert fence.sign
    assert fence.take(end) == end
    assert not fence.sign


def test_options_are_none_of_the_code_as_long_as_no_line_of_it_has_come() -> None:
    fence = Fence()
    fence.begin("```", 0, has_options=True)
    assert taken(fence, ":linenos:\n#| label: x\nprint(1)\n:linenos:\n```") == [
        None,
        None,
        "print(1)",
        ":linenos:",
        "```",
    ]


def test_of_a_cell_that_only_runs_nothing_is_shown_but_its_fence() -> None:
    fence = Fence()
    fence.begin("```", 0, is_unshown=True)
    assert taken(fence, "x = 1\ny = 2\n```") == ["", "", "```"]
    fence.begin("```", 0, has_options=True)
    assert taken(fence, "#| echo: false\nx = 1\n```") == [None, "", "```"]
    fence.begin("```", 0)
    assert taken(fence, "x = 1\n```") == ["x = 1", "```"]


def test_code_in_a_tag_ends_with_the_tag_and_not_with_a_fence() -> None:
    fence = Fence()
    fence.begin_tag(re.compile(r"\{% end %\}"))
    assert taken(fence, "a\n```\n{% end %}") == ["a", "```", "```"]
    assert not fence.sign
