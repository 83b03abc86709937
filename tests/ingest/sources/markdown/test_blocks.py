"""Lines that are told by their first sign are what the parser makes of them."""

from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from ingest.sources.markdown.convert import _parser

LINES = [
    *(
        "words",
        "more words",
        "",
        "",
        "# head",
        "#none",
        "## head ##",
        "- item",
        "-none",
        "  - inner",
    ),
    *("* item", "*em* a", "** b", "***", "---", "- - -", "===", "==a", "1. one", "2. two", "1.5 a"),
    *(
        "> quote",
        ">> deeper",
        "    code",
        "\tcode",
        "```",
        "```py",
        "`code` a",
        "~~~",
        "~a~",
        "~ dd",
    ),
    *(": dd", ":a", "[a]: b", "[a]", "[^1]: note", "[a](b) c", "| a | b |", "|---|---|", "a | b"),
    *(
        "-|-",
        "<div>",
        "<b>a</b>",
        "</div>",
        "<!-- a -->",
        "$$",
        "$$ a $$",
        "$a$",
        "_a_",
        "___",
        "+ a",
    ),
    *(
        "+a",
        "   three",
        "  two",
        "      six",
        "12 a",
        "12) a",
        "-",
        "*",
        "1.",
        "é",
        "  > q",
        "  # h",
    ),
]
INDENTS = ["", "", "", "  ", "    ", "> ", "- ", "1. "]


def told(text: str, *, by_sign: bool, is_mdx: bool) -> list[tuple[Any, ...]]:
    parser = _parser(is_mdx)
    if not by_sign:
        parser.disable("by_sign")
    try:
        tokens: list[Any] = []
        env: dict[str, Any] = {}
        parser.block.parse(text, parser, env, tokens)
    finally:
        parser.enable("by_sign")
    found = [(t.type, t.level, t.content, t.map, t.hidden, t.info, t.children) for t in tokens]
    return [*found, (sorted(env.get("references", ())), env.get("footnotes"))]


@given(
    st.lists(
        st.tuples(st.sampled_from(INDENTS), st.sampled_from(LINES)),
        max_size=12,
    ),
    st.booleans(),
)
@example([("", "words"), ("    ", "~ dd")], False)
@settings(max_examples=600, deadline=None)
def test_the_rule_by_sign_changes_nothing(lines: list[tuple[str, str]], is_mdx: bool) -> None:
    text = "\n".join(indent + line for indent, line in lines)
    assert told(text, by_sign=True, is_mdx=is_mdx) == told(text, by_sign=False, is_mdx=is_mdx)
