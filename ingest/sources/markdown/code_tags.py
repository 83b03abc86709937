"""Tags of templates that enclose code: `{% highlight %}`, `{{< code-toggle >}}`. Pure."""

import re
from typing import NamedTuple

_TAG = re.compile(
    r"(?:\{%-?\s*(highlight)|\{\{[<%]\s*(highlight|code[\w-]*|prism))\b(?:\s+([\w+#.-]+)(?![\w=\"]))?"
    r"[^{}]*[%>]\}{1,2}"
)
_TAG_END = r"\{{%-?\s*end{0}\s*-?%\}}|\{{\{{[<%]\s*/\s*{0}\s*[%>]\}}\}}"


class CodeTag(NamedTuple):
    """What the code is in, and what its last line is followed by."""

    language: str
    end: re.Pattern[str]


def code_tag(bare: str, after: str) -> CodeTag | None:
    """What a line begins, if it is such a tag; `after` is what follows it."""
    code = _TAG.fullmatch(bare) if bare[:1] == "{" else None
    if code is None or after.startswith(("```", "~~~")):  # what is in a fence is known for code
        return None
    name = re.escape(code[1] or code[2])
    end = re.compile(_TAG_END.format(name))
    ended = end.search(after)
    # Closed in itself, or not before another one begins.
    if ended is None or bare.endswith(("/>}}", "/%}}")):
        return None
    if re.search(rf"[<%]\s*{name}\b", after[: ended.start()]):
        return None
    return CodeTag(code[3] or "", end)
