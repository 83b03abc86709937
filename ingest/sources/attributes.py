"""Elements of a page with more attributes than a parser should be given. Pure.

libxml2 goes through all attributes of an element for each that it adds: a tag of 2 MB takes it
most of a minute. Their number is what counts, so that a tag stays that one picture makes long.
"""

import re

MOST = 500
"""Attributes of an element; no page has use for more."""

_BLANK = r"[ \t\n\f\r]"
_END = r"[ \t\n\f\r/>]"
"""What ends the name of a tag."""
_GAP = r"[ \t\n\f\r/]*+"
# As HTML has it: a quotation mark counts only behind `=`, where it goes on to the next one.
_ATTRIBUTE = (
    rf"{_GAP}[^ \t\n\f\r/>][^ \t\n\f\r/>=]*+"
    rf"(?:{_BLANK}*+={_BLANK}*+(?:\"[^\"]*+\"?|'[^']*+'?|[^ \t\n\f\r>\"'][^ \t\n\f\r>]*+)?)?"
)
_MARKUP = re.compile(
    r"<!--(?:-?>|(?s:.*?)(?:--!?>|\Z))|<(?:[!?]|/(?![a-z]))[^>]*+"
    rf"|<(?:(?P<text>iframe|noembed|noframes|script|style|textarea|title|xmp)(?={_END})"
    r"|/?[a-z][^ \t\n\f\r/>]*+)"
    rf"(?:{_ATTRIBUTE}){{0,{MOST}}}(?P<excess>{_GAP}[^ \t\n\f\r/>])?",
    re.I,
)
"""Comments and tags; `text`: of elements that hold no tags. All of it fits whatever comes, so
that no place is looked at twice."""
_MORE = re.compile(rf"(?:{_ATTRIBUTE}){{1,{MOST}}}")
_NAME = re.compile(r"</?[^ \t\n\f\r/>]+")
_EMPTY = re.compile(r"[ \t\n\f\r/]*/>")


def without_excess(html: str) -> str:
    """The page; of an element of more than `MOST` attributes its name alone."""
    parts: list[str] = []
    done = at = 0
    while found := _remarkable(html, at):
        at = found.end()
        if found["excess"] and (name := _NAME.match(html, found.start())):
            parts.append(html[done : name.end()])
            done = at = _end_of_attributes(html, found.start("excess"))
        if found["text"] and not _EMPTY.match(html, at):
            end = re.compile(rf"</{found['text']}(?={_END})", re.I).search(html, at)
            at = end.start() if end else len(html)
    return "".join((*parts, html[done:]))


def _remarkable(html: str, at: int) -> re.Match[str] | None:
    return next((found for found in _MARKUP.finditer(html, at) if found.lastindex), None)


def _end_of_attributes(html: str, at: int) -> int:
    while more := _MORE.match(html, at):
        at = more.end()
    return at
