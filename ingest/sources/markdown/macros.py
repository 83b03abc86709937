"""Shortcodes, macros, attribute lists and components in a run of Markdown text. Pure.

None of it is text, but its words may be: the title of a box, the label of a tab, the name of
what is linked to. Code between backticks and formulas stay as they are.
"""

import re
from collections.abc import Container
from dataclasses import dataclass, field

from ingest.sources.markdown.elements import LITERAL, LONGEST, balanced, element
from ingest.sources.markdown.words import (
    is_beside,
    is_include,
    macro_words,
    role_words,
    shortcode_words,
)

_START = re.compile(r"[`\\{<$\[]|!(?=\[\[)")
_MATH = re.compile(
    r"\$\$[^$]{1,2000}\$\$|\$(?![\s{])[^$\n`]{1,300}(?<!\s)\$(?![\w$])|\$\{\{[^{}]{0,500}\}\}"
)
_VALUE = r"\"[^\"\n]*\"|'[^'\n]*'"
_ATTRIBUTE = rf"(?:[#.][\w:.-]+|[\w:-]+=(?:{_VALUE})|(?:id|[\w:-]{{3,}})=[^\s\"'}}]+)"
_FURTHER = rf"(?:{_ATTRIBUTE}|[\w-]+(?:=[^\s\"'}}]+)?)"
_ATTRIBUTES = re.compile(
    rf"\{{:?[ ]*{_ATTRIBUTE}(?:[ ]+{_FURTHER})*[ ]*\}}|\{{:[^{{}}\n]*\}}|\{{-\}}"
)
_ROLE = re.compile(r"\{([a-zA-Z][\w:.+-]*)\}(?=`)")
_WIKI = re.compile(r"\[\[([^\[\]\n|]{1,200})(?:\|([^\[\]\n]{1,200}))?\]\]")
_REFERENCE = re.compile(r"\[((?:[^\[\]\n`]|`[^`\n]{0,200}`){1,400}+)\]\[([^\[\]\n]*)\]")
_SPAN = re.compile(r"\[(?!\^)([^\[\]\n]{1,400})\]")
_PICTURE = re.compile(
    r"\.(?:png|jpe?g|gif|svg|webp|avif|bmp|ico|mp[34]|webm|pdf|excalidraw)$", re.I
)
_BRACE = re.compile(r"\{\s*([\"'`])([{}<>&]+)\1\s*\}")
_SHOWN = re.compile(r"\{\{([<%])/\*(.*?)\*/([>%])\}\}")
_PAIRS = (  # how a macro begins, and how it ends
    ("{{<", ">}}"),
    ("{{%", "%}}"),
    ("{{{", "}}}"),
    ("{{", "}}"),
    ("{%", "%}"),
    ("{/*", "*/}"),
    ("{#", "#}"),
    ("{!", "!}"),
    ("{*", "*}"),
)
_SPECIAL = re.compile(r"([\\`*_\[\]<>&!{}$~^|#])")


@dataclass(slots=True)
class Context:
    """What is known of the text, and what is found out about it."""

    is_mdx: bool = False
    includes: list[str] = field(default_factory=list)
    """Names of files that it includes."""
    references: Container[str] = ()
    """Labels of links that say where they lead elsewhere in the text."""


def replace_macros(text: str, context: Context) -> str:
    """The text with the words of what is in it instead of what is written there.

    Adds the names of files that it includes to those of the context.
    """
    parts: list[str] = []
    at = 0
    while found := _START.search(text, at):
        start = found.start()
        parts.append(text[at:start])
        shown, at = _one(text, start, context)
        parts.append(shown)
    parts.append(text[at:])
    return "".join(parts)


def _one(text: str, start: int, context: Context) -> tuple[str, int]:
    """What to show of what may begin at a place, and where to go on."""
    char = text[start]
    if char == "\\":
        return text[start : start + 2], start + 2
    if char == "`":
        end = code_end(text, start)
        return shown_shortcodes(text[start:end]), end
    if char == "$":
        found = _MATH.match(text, start)
        end = found.end() if found else start + 1
        return text[start:end], end
    if char == "!":
        return _embedded(text, start, context)
    if char == "[":
        return _bracket(text, start, context)
    if char == "<":
        return element(text, start, context.is_mdx)
    return _braces(text, start, context)


def code_end(text: str, start: int) -> int:
    """Where code that begins with the backticks at `start` ends; where they do, if it is none."""
    after = start
    while after < len(text) and text[after] == "`":
        after += 1
    ticks = text[start:after]
    at = after
    while (at := text.find(ticks, at)) >= 0:
        end = at + len(ticks)
        if text[end : end + 1] != "`" and text[at - 1] != "`":
            return end
        while end < len(text) and text[end] == "`":
            end += 1
        at = end
    return after


def _embedded(text: str, start: int, context: Context) -> tuple[str, int]:
    found = _WIKI.match(text, start + 1)
    if found is None:
        return "!", start + 1
    if not _PICTURE.search(found[1]):
        context.includes.append(found[1])
    return "", found.end()


def _bracket(text: str, start: int, context: Context) -> tuple[str, int]:
    found = _WIKI.match(text, start)
    if found is None:
        link = _REFERENCE.match(text, start)
        if link and not text[max(0, start - 1) : start].isalnum():
            label = " ".join((link[2] or link[1]).split()).upper()
            if label not in context.references:  # of a plug-in that knows where it leads
                return link[1], link.end()
        span = _SPAN.match(text, start)
        if span and _ATTRIBUTES.match(text, span.end()):
            return span[1], span.end()
        return "[", start + 1
    if found[1].strip("_").lower() == "toc":
        return "", found.end()
    return (found[2] or found[1]).partition("#")[0].strip() or found[1], found.end()


def _braces(text: str, start: int, context: Context) -> tuple[str, int]:
    if attributes := _ATTRIBUTES.match(text, start):
        return "", attributes.end()
    if role := _ROLE.match(text, start):
        end = code_end(text, role.end())
        return role_words(role[1], text[role.end() : end]), end
    for opening, closing in _PAIRS:
        if text.startswith(opening, start):
            end = text.find(closing, start + len(opening), start + LONGEST)
            if end < 0:
                continue
            inner = text[start + len(opening) : end]
            end += len(closing)
            # Of calls alone it matters.
            is_alone = opening == "{{" and "(" in inner and _is_alone(text, start, end)
            return _macro(opening, inner, is_alone, context), end
    if context.is_mdx and (brace := _BRACE.match(text, start)):
        return escaped(brace[2]), brace.end()
    if context.is_mdx and (end := balanced(text, start)):
        literal = LITERAL.fullmatch(text, start + 1, end - 1)
        return (escaped(literal[1][1:-1]) if literal else ""), end
    return "{", start + 1


def _is_alone(text: str, start: int, end: int) -> bool:
    """Whether a macro fills its line, with others at most."""
    before = text[max(0, start - LONGEST) : start].rpartition("\n")[2]
    line = before + text[end : end + LONGEST].partition("\n")[0]
    return not re.sub(r"\{\{.*?\}\}", "", line).strip()


def _macro(opening: str, inner: str, is_alone: bool, context: Context) -> str:
    if opening in ("{/*", "{#", "{{{"):
        return ""
    if name := is_include(opening, inner):
        context.includes.append(name)
        return ""
    if opening in ("{!", "{*"):  # not of a file: text in braces
        return opening + inner + opening[::-1].replace("{", "}")
    if opening == "{{":
        return escaped(macro_words(inner, is_alone=is_alone))
    if inner.startswith("/*") and inner.endswith("*/"):  # which is how one is shown
        return escaped(opening + inner[2:-2] + opening[:1:-1].replace("<", ">") + "}}")
    words = escaped(shortcode_words(inner))
    return f" {words} " if words and is_beside(inner) else words


def shown_shortcodes(code: str) -> str:
    """Code with the shortcodes that it shows, which signs of a comment keep from being run."""
    return _SHOWN.sub(r"{{\1\2\3}}", code) if "*/" in code else code


def escaped(words: str) -> str:
    """Words for a place in Markdown where they shall stay as they are."""
    return _SPECIAL.sub(r"\\\1", words)
