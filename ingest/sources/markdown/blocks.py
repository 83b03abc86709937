"""Which rule of the parser's a line is for, told by its first signs: most lines have one. Pure.

The parser tries a dozen rules on each line, and those that may end a paragraph on each of its
lines again, for every rule that gathers one. This rule comes first. Where what a line is depends
on more than how it begins, it says nothing, and the parser tries them all.
"""

import re
from collections.abc import Callable
from typing import Any

Rule = Callable[[Any, int, int, bool], bool]

_SIGNS = frozenset("|-:=`~>*+_[<#$0123456789")
"""What a line may begin with that is more than a paragraph's."""
_WORDS = re.compile(
    r"`{1,2}(?!`)|~{1,2}[^~\s]|\$(?!\$)|\[(?!\^)|_(?![ \t]*+[_\n])|\*{1,2}[^*\s]|\+[^\s]"
    r"|\d++(?![.)])|\d++[.)][^\s]|=++[^=\s]"
)
"""A paragraph's line all the same."""
_ITEM = re.compile(r"(?:[-*+]|(\d{1,9})[.)])[ \t]+[^\s]")
_RULE = re.compile(r"([*-])[ \t]*+\1")


class Part:
    """A part of the text, with the names that the parser's tokens have."""

    tag = content = markup = info = ""
    nesting = 0
    map: Any = None
    children: Any = None
    hidden = False

    def __init__(self, type: str, level: int) -> None:
        self.type = type
        self.level = level


def by_sign() -> Rule:
    """The rule that comes before all others."""
    # Imported where it is used: runs over other kinds need not wait for it.
    from markdown_it import rules_block as rules
    from markdown_it.common.utils import MD_TRIM_CHARS

    alone: dict[str, Rule] = {
        "#": rules.heading,
        ">": rules.blockquote,
        "<": rules.html_block,
        **dict.fromkeys("+0123456789", rules.list_block),
    }

    def rule(state: Any, start: int, end: int, silent: bool) -> bool:
        if state.is_code_block(start) or _may_be_table(state, start, end):
            return False
        src, at = state.src, state.bMarks[start] + state.tShift[start]
        sign = src[at]
        if sign not in _SIGNS or _WORDS.match(src, at):
            return _paragraph(state, start, end, MD_TRIM_CHARS)
        if sign in alone:
            return alone[sign](state, start, end, silent)
        if sign in "*-":
            is_rule = _RULE.match(src, at) is not None and rules.hr(state, start, end, silent)
            return is_rule or rules.list_block(state, start, end, silent)
        return sign == "`" and rules.fence(state, start, end, silent)

    return rule


def _may_be_table(state: Any, start: int, end: int) -> bool:
    """Whether the line below may be the rule below a table's head."""
    if start + 1 >= end:
        return False
    at, stop = state.bMarks[start + 1] + state.tShift[start + 1], state.eMarks[start + 1]
    if at >= stop or state.src[at] not in "|-:":
        return False
    return not (state.src[at] == "-" and (at + 1 == stop or state.src[at + 1] in " \t"))


def _paragraph(state: Any, start: int, end: int, blanks: str) -> bool:
    """A paragraph, if where it ends is not in doubt."""
    if end != state.lineMax:
        return False
    src, begins, shifts, ends = state.src, state.bMarks, state.tShift, state.eMarks
    first = begins[start] + shifts[start]
    is_link = src[first] == "["  # or where one leads, which the rest of it tells
    if is_link and src.find("]:", first, ends[start]) >= 0:
        return False
    line = start + 1
    while line < end:
        at = begins[line] + shifts[line]
        if at >= ends[line]:
            break
        if is_link and src.find("]:", at - 1, ends[line]) >= 0:
            return False
        if line == start + 1 and src[at] in ":~":  # what defines a term may be indented by much
            return False
        if state.sCount[line] - state.blkIndent <= 3:
            if state.sCount[line] < 0:  # a quotation's, looked at there
                return False
            if src[at] in _SIGNS and not _WORDS.match(src, at):
                if (is_end := _is_end(state, line, at)) is None:
                    return False
                if is_end:
                    break
        line += 1
    if line == start + 1 < end - 1 and begins[line] + shifts[line] >= ends[line]:
        below = begins[line + 1] + shifts[line + 1]
        if below < ends[line + 1] and src[below] in ":~":  # it may be a term, defined there
            return False
    level, lines = state.level, [start, line]
    opened, words = Part("paragraph_open", level), Part("inline", level + 1)
    opened.map = words.map = lines
    words.content = state.getLines(start, line, state.blkIndent, False).strip(blanks)
    words.children = []
    state.tokens += (opened, words, Part("paragraph_close", level))
    state.line = line
    # As the parser leaves it, whose rule for headings looks at each paragraph before.
    state.parentType = "paragraph"
    return True


def _is_end(state: Any, line: int, at: int) -> bool | None:
    """Whether a line that begins with a sign ends a paragraph; None where it is in doubt."""
    if state.src[at] == ">":
        return True
    item, indent = _ITEM.match(state.src, at), state.sCount[line]
    if item is None or (0 <= state.listIndent <= indent - 4 and indent < state.blkIndent):
        return None
    return item[1] is None or int(item[1]) == 1 or bool(indent < state.blkIndent)


def normalize(state: Any) -> None:
    """Leave no line ends but one kind, and no sign that stands for nothing."""
    if "\r" in state.src:
        state.src = state.src.replace("\r\n", "\n").replace("\r", "\n")
    state.src = state.src.replace("\0", "\ufffd")
