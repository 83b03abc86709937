"""Code stays exactly as it is."""

import pytest

from tests.support.converted import text_of

CODE = (
    "x = {{ y }} {% z %}  # <!-- kept -->\n:::tip\n    !!! note\n[a](b) \\_ &amp; **c** {#d}\n"
    "import a from 'b'\n<Tabs x={1}>\n\n\n![i](j) {{< k >}}  \n"
)


@pytest.mark.parametrize("fence", ["```", "~~~~", "`````"])
@pytest.mark.parametrize("is_mdx", [False, True])
def test_code_stays_exactly_as_it_is(fence: str, is_mdx: bool) -> None:
    found = text_of(f"before\n\n{fence}python\n{CODE}{fence}\n\nafter", is_mdx=is_mdx)
    assert found == f"before\n\n```python\n{CODE}```\n\nafter"


def test_code_in_lists_boxes_and_quotes_stays() -> None:
    assert (
        text_of("- a\n\n  ```sh\n  {{ b }}\n    c\n  ```")
        == "- a\n\n  ```sh\n  {{ b }}\n    c\n  ```"
    )
    assert text_of("!!! note\n\n    ```\n    {{ b }}\n\n    c\n    ```\n") == (
        "Note\n\n```\n{{ b }}\n\nc\n```"
    )
    assert text_of("> ```\n> {% b %}\n> ```") == "> ```\n> {% b %}\n> ```"


def test_indented_code_is_code_and_stays() -> None:
    assert text_of("a\n\n    <!-- b -->\n    {{< c >}} \\_\n\nd") == (
        "a\n\n```\n<!-- b -->\n{{< c >}} \\_\n```\n\nd"
    )


@pytest.mark.parametrize(
    "code",
    [
        "`{{ a }}`",
        "`<!-- a -->`",
        "`{% a %}`",
        "`` `a` ``",
        "`a\\_b`",
        "`![a](b)`",
        "`{#a}`",
        "`<B>`",
    ],
)
def test_code_in_a_line_stays_exactly_as_it_is(code: str) -> None:
    assert text_of(f"one {code} two") == f"one {code} two"
