"""Twice as much of anything takes about twice the work: counted in calls, not in seconds."""

import sys
from collections.abc import Callable
from typing import Any

import pytest

from ingest.sources.markdown.convert import extract_markdown

MANY = 300


def calls(work: Callable[[], Any]) -> int:
    """How many functions are called, of libraries and of the interpreter, too."""
    count = 0

    def one_more(frame: Any, event: str, argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(one_more)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


UNITS = [
    "[", "![", "[a", "[a](", "[a][b] ", "[^a]", "[a]: /b\n", "[a\nb]: /c\n", "]", "[[", "[a](b) ",
    "<a ", "<A b={", "<b>", "<b><i>", "</b>", "<li>", "<div>\n\n", "</div>\n\n", "<!-- ", "<svg>",
    "{% a %}", "{% a ", "{{< a >}}\n", "{{< a\n", "{{ a", "{#a", "{/* a", "{a}", "{a",
    ":::a\n", "::: {note}\n", ":", "> ", "> a\n", "- a\n", "- ", "1. a\n", "a\n: b\n\n", "*a_ ",
    "*a **b ", "**", "_a*b", "~~a", "`a", "``` a\n", "$a ", "$$\na\n", "|a", "| a |\n|---|\n",
    "# a\n", "a\n===\n\n", "import a from 'b'\n", "export const a = {\n", "!!! note\n\n    a\n\n",
    "=== \"a\"\n\n    b\n\n", "a\n",
    "\\[", "&amp;", "&", "data:;base64,AAAA ", "^[a", "==a", ":a: ",
]  # fmt: skip


@pytest.mark.parametrize("is_mdx", [False, True], ids=["md", "mdx"])
@pytest.mark.parametrize("unit", UNITS)
def test_work_grows_with_the_length(unit: str, is_mdx: bool) -> None:
    extract_markdown(unit, is_mdx=is_mdx)  # imports are no work of the text's

    def work(number: int) -> int:
        return calls(lambda: extract_markdown(unit * number, is_mdx=is_mdx))

    assert work(2 * MANY) < 2.6 * work(MANY) + 1_000


@pytest.mark.parametrize(
    "form",
    ["[" * 99_999, "![" * 50_000, "[" * 9_999 + "]" * 9_999, "<!-- " * 20_000, "[a](b) " * 20_000],
    ids=["open", "pictures", "nested", "comments", "links"],
)
def test_of_many_brackets_each_is_looked_at_a_few_times(form: str) -> None:
    extract_markdown("a *b* [c][d]")
    for text in (form, f"<div>\n{form}\n</div>\n"):
        assert calls(lambda text=text: extract_markdown(text)) < 60 * len(text)  # type: ignore[misc]
