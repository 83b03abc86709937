"""Runs of Markdown in which nothing is in doubt, read at once: nearly all there are. Pure.

Text, code between backticks, links, images, tags of HTML and emphasis, as long as what each sign
means follows from what stands right beside it. What it gives is what the parser gives; where a
rule of precedence is needed it gives nothing, and the parser is asked.
"""

import re
from functools import cache
from typing import Any

_ADDRESS = r"(?:[^\s()<>\\\x00-\x20\x7f]|\([^\s()<>\\\x00-\x20\x7f]*+\))*+"
_TITLE = r"(?:[ ]++\"[^\"\\\n]*+\")?"
_PIECES = (
    # No sign of anything: a word's own underscores, an ampersand of no entity, a lone tilde.
    r"(?P<text>(?:[^\n\\`~*_\[!<&$]++|(?<=[^\W_])_++(?=[^\W_])|!(?!\[)|&(?!#?\w{1,32};)"
    r"|(?<!~)~(?!~)|<(?=\s|\Z)|\\(?=[^\W_]))++)",
    r"(?P<escaped>\\[!-/:-@\[-`{-~])",
    r"(?P<line>\n[ \t]*+)",
    r"(?P<code>(?<!`)(?P<ticks>`++)(?P<in_code>(?:[^`]++|(?!(?P=ticks)(?!`))`++)*+)(?P=ticks)(?!`))",
    r"(?P<stars>(?<!\*)\*{1,2}(?!\*))",
    rf"(?P<link>\[(?!\^)(?P<label>(?:[^\\`\[\]<!$]|`[^`\[\]\n]++`)*+)\]\({_ADDRESS}{_TITLE}\))",
    rf"(?P<image>!\[(?P<alt>[^\\`*\[\]<&$~\n!]*+)\]\((?P<address>{_ADDRESS}){_TITLE}\))",
)
_SPACES = frozenset(" \n\t\u00a0\u3000")
_BESIDE = frozenset(" \n\t(")
_AFTER = frozenset(" \n\t.,;:!?)]\"'/-")


class Piece:
    """Of a run, with the names that the parser's tokens have."""

    __slots__ = ("children", "content", "meta", "type")

    def __init__(self, type: str, content: str = "") -> None:
        self.type = type
        self.content = content
        self.meta: dict[str, Any] = {}
        self.children = None


@cache
def _piece() -> re.Pattern[str]:
    # Imported where it is used: runs over other kinds need not wait for it.
    from markdown_it.common.html_re import close_tag, open_tag

    return re.compile("|".join((*_PIECES, f"(?P<html>{open_tag}|{close_tag})")))


def pieces(run: str) -> list[Piece] | None:
    """The pieces of a run; None for one that the parser has to look at."""
    return _pieces(run, _piece().match, is_label=False)


def _pieces(run: str, match: Any, *, is_label: bool) -> list[Piece] | None:
    found: list[Piece] = []
    add = found.append
    pending = ""
    stack: list[str] = []
    at, end = 0, len(run)
    while at < end:
        piece = match(run, at)
        if piece is None:
            return None
        kind = piece.lastgroup
        if kind == "text":
            pending += piece[0]
            at = piece.end()
            continue
        if kind == "escaped":
            pending += piece[0][1]
            at = piece.end()
            continue
        if kind == "stars":
            if (is_loose := _take_stars(piece, stack, is_label=is_label)) is None:
                return None
            if is_loose:
                pending += "*"
                at = piece.end()
                continue
        elif kind == "line":
            pending = pending.rstrip(" ")
        if pending:
            add(Piece("text", pending))
            pending = ""
        at = piece.end()
        if kind == "stars":
            add(Piece("em"))
        elif kind == "line":
            add(Piece("softbreak"))
        elif kind == "code":
            add(Piece("code_inline", _code(piece["in_code"])))
        elif kind == "html":
            add(Piece("html_inline", piece[0]))
        elif kind == "link":
            inside = _pieces(piece["label"], match, is_label=True)
            if inside is None:
                return None
            add(Piece("link_open"))
            found += inside
            add(Piece("link_close"))
        else:
            inside = _pieces(piece["alt"], match, is_label=False)
            if inside is None or any(part.type != "text" for part in inside):
                return None
            picture = Piece("picture", "".join(part.content for part in inside))
            picture.meta["address"] = piece["address"]
            add(picture)
    if stack:
        return None
    if pending:
        add(Piece("text", pending))
    return found


def _take_stars(found: re.Match[str], stack: list[str], *, is_label: bool) -> bool | None:
    """Whether stars stand for themselves, or begin or end emphasis; None where it is in doubt."""
    run, sign = found.string, found[0]
    start, end = found.span()
    before = run[start - 1] if start else "(" if is_label else " "
    after = run[end] if end < len(run) else " "
    if before in _SPACES and after in _SPACES:
        return None if len(sign) > 1 else True
    if stack and stack[-1] == sign:
        if before.isspace() or after not in _AFTER:
            return None
        stack.pop()
        return False
    if sign in stack or before not in _BESIDE or not (after.isalnum() or after in "`["):
        return None
    stack.append(sign)
    return False


def _code(inside: str) -> str:
    inside = inside.replace("\n", " ")
    if inside[0] == inside[-1] == " " and inside.strip(" "):
        return inside[1:-1]
    return inside
