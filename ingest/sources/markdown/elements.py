"""Elements of components, and such with values in braces, as elements of HTML. Pure."""

import re
from html import escape, unescape

from ingest.sources.markdown.html_names import is_html
from ingest.sources.markdown.words import named_words

COMPONENT = "x-component"
"""What stands for the element of a component; its attribute `label` holds words to be shown."""

LITERAL = re.compile(r"\s*(\"[^\"\\]*\"|'[^'\\]*'|`[^`$\\]*`)\s*")
_NAMED = re.compile(r"\"[^\"\\]*\"|'[^'\\]*'")
_NAMES = re.compile(rf"\{{\s*\[\s*(?:(?:{_NAMED.pattern})\s*,?\s*)+\]\s*\}}")
"""Words in a row: the names of tabs."""
_BLOCK = re.compile(r"card|feature|step|tile", re.I)
"""What stands by itself, also where nothing is in it; a badge stands in a line."""
LONGEST = 4_000  # characters; what goes on for longer is none
_TAG = re.compile(r"</?([A-Za-z][\w.:-]*)")
_PROPERTY = re.compile(r"[\s/]*([\w.:@#*-]+)\s*(?:=\s*(\"[^\"]*\"|'[^']*'|(?=\{)|[^\s\"'=<>`{]+))?")
_TAG_END = re.compile(r"\s*/?\s*>")
_SPREAD = re.compile(r"\s*(?=\{)")
_NONE_DISPLAYED = re.compile(r"display\W{1,5}none|visibility\W{1,5}hidden")
_KEPT = ("alt", "class", "classname", "aria-hidden")


def balanced(text: str, start: int) -> int:
    """Where the brace at a place is closed; 0 where it is not."""
    depth = 0
    if text.find("}", start, start + LONGEST) < 0:
        return 0
    for at in range(start, min(len(text), start + LONGEST)):
        if text[at] == "{":
            depth += 1
        elif text[at] == "}":
            depth -= 1
            if depth == 0:
                return at + 1
    return 0


def element(text: str, start: int, is_mdx: bool) -> tuple[str, int]:
    """An element of a component, or one with properties in braces, as one of HTML."""
    if is_mdx and text.startswith(("<>", "</>"), start):
        return "", start + (2 if text[start + 1] == ">" else 3)
    tag = _TAG.match(text, start)
    if tag is None:
        return "<", start + 1
    is_component = _is_component(text, tag, is_mdx=is_mdx)
    properties: dict[str, str] = {}
    has_braces, at = False, tag.end()
    while text[at : at + 1] not in (">", ""):
        spread = _SPREAD.match(text, at)
        prop = None if spread else _PROPERTY.match(text, at)
        if spread or (prop and prop[2] == ""):
            brace = spread.end() if spread else prop.end()  # type: ignore[union-attr]
            end = balanced(text, brace)
            if not end:
                return "<", start + 1
            if prop:
                properties[prop[1].lower()] = text[brace:end]
            has_braces, at = True, end
        elif prop:
            properties[prop[1].lower()] = unescape((prop[2] or "").strip("\"'"))
            at = prop.end()
        elif _TAG_END.match(text, at):
            at = text.index(">", at)
        else:
            return "<", start + 1
    if at >= len(text):
        return "<", start + 1
    end = at + 1
    if not is_component and not has_braces:
        return text[start:end], end
    is_empty = text[at - 1] == "/"
    return _as_html(tag, is_component, properties, is_empty=is_empty), end


def _is_component(text: str, tag: re.Match[str], *, is_mdx: bool) -> bool:
    name = tag[1]
    if "." in name:
        return True
    if not name[0].isupper():
        return False
    # `List<P>` has a parameter.
    is_attached = len(name) == 1 and text[max(0, tag.start() - 1)].isalnum()
    return is_attached or not is_html(name, is_mdx=is_mdx)


def _as_html(
    tag: re.Match[str], is_component: bool, properties: dict[str, str], *, is_empty: bool
) -> str:
    name = COMPONENT if is_component else tag[1]
    if tag[0].startswith("</"):
        return f"</{name}>"
    literal: dict[str, str] = {}
    for key, value in properties.items():
        found = LITERAL.fullmatch(value, 1, len(value) - 1) if value.startswith("{") else None
        if found or not value.startswith("{"):
            literal[key] = found[1][1:-1] if found else value
        elif _NAMES.fullmatch(value):
            literal[key] = ", ".join(name[1:-1] for name in _NAMED.findall(value))
    hidden = " hidden" if _NONE_DISPLAYED.search(properties.get("style", "")) else ""
    kept: dict[str, str] = {}
    for key in _KEPT:
        if key in literal:
            kept[key] = literal[key]
    if is_component and (label := named_words(literal, tag[1])):
        kept["label"] = label
        if _BLOCK.search(tag[1]):
            kept["block"] = ""
    attributes = "".join(
        f' {key}="{escape(" ".join(value.split()))}"' for key, value in kept.items()
    )
    return f"<{name}{attributes}{hidden}{'/' if is_empty else ''}>"
