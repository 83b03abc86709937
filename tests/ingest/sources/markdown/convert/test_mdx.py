"""What makes a text MDX, and what does not."""

import pytest

from tests.support.converted import text_of

_BRACES = "Call GET /users/{id} with {name} set. A price {for example 3} matters."


@pytest.mark.parametrize(
    "before",
    [
        '# API\n\n```js\nimport x from "y"\n```',
        '```js\n\nimport x from "y"\n\nimport z from "y"\n```',
        "# API\n\n~~~\nimport { a } from 'y';\n~~~",
        "- item\n\n  ```js\n  import x from 'y'\n  ```",
        "# API\n\n    import x from 'y'\n    a()",
        "{% highlight js %}\na\n\nimport x from 'y'\n{% endhighlight %}",
        "<pre>\na\n\nimport x from 'y'\n\n</pre>",
        "<!--\n\nimport x from 'y'\n\n-->\n\nText",
        "Write\nimport x from 'y'\nfirst.",
    ],
)
def test_an_import_in_code_makes_no_mdx(before: str) -> None:
    after = f"{_BRACES}\n\nexport const is a beginning.\n\n    code {{a}}"
    words = f"{_BRACES}\n\nexport const is a beginning.\n\n```\ncode {{a}}\n```"
    assert text_of(f"{before}\n\n{after}").endswith(words)


@pytest.mark.parametrize(
    "before",
    [
        "import x from 'y';",
        "---\ntitle: A\n---\n\nimport x, { z } from 'y'\nimport a from 'b'",
        "import {\n  A,\n  B,\n} from 'y'",
    ],
)
def test_an_import_outside_of_code_makes_mdx(before: str) -> None:
    assert text_of(f"{before}\n\n# Title\n\nA {{x.y}} price.") == "# Title\n\nA price."
    assert text_of(f"# Title\n\n{before.split('---')[-1]}\n\nA {{x.y}} price.").endswith("A price.")


def test_what_is_called_mdx_is_mdx_whatever_is_in_it() -> None:
    assert text_of("```js\nimport x from 'y'\n```\n\nA {x} b", is_mdx=True).endswith("A b")
    assert text_of("A {x} b", is_mdx=True) == "A b"
