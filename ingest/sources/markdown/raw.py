"""What Jekyll and others are told to leave as it is: `{% raw %}{{ x }}{% endraw %}`. Pure."""

import re

from ingest.sources.markdown.macros import code_end

_TAG = re.compile(r"\{%-?\s*(end)?(?:raw|verbatim)\s*-?%\}")


def raw_words(line: str, *, is_raw: bool) -> tuple[str, bool]:
    """A line whose raw parts no macro is found in, and whether it ends within one."""
    parts: list[str] = []
    at = ticks = 0
    for tag in _TAG.finditer(line):
        part = line[at : tag.start()]
        parts.append(_kept(part, in_code=ticks % 2 == 1) if is_raw else part)
        ticks += part.count("`")
        is_raw, at = not tag[1], tag.end()
    rest = line[at:]
    parts.append(_kept(rest, in_code=ticks % 2 == 1) if is_raw else rest)
    return "".join(parts), is_raw


def _kept(text: str, *, in_code: bool) -> str:
    """The text with its braces as entities, but for code, which no macro is looked for in."""
    if in_code:
        return text
    parts: list[str] = []
    at = 0
    while (start := text.find("`", at)) >= 0:
        end = code_end(text, start)
        parts += [_escaped(text[at:start]), text[start:end]]
        at = end
    return "".join([*parts, _escaped(text[at:])])


def _escaped(text: str) -> str:
    return re.sub(r"\{(?=[{%#])", "&#123;", text).replace("&#123;{", "&#123;&#123;")
