"""What stands in a line of a web page: code, raised and lowered signs, readings, deletions."""

import re
from typing import TYPE_CHECKING

from ingest.sources.block_writer import BREAK, BlockWriter
from ingest.sources.element_kinds import CELLS, HEADINGS
from ingest.sources.powers import POWER, RAISED

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_TICKED = frozenset(("code", "samp", "tt"))
_STRUCK = frozenset(("del", "s", "strike"))
_SIGNATURE = re.compile(r"(?:^|\s)(?:desc(?:class)?name|sig)")
"""The classes of names that a declaration is made of: it is no prose with code in it."""
_BESIDE = frozenset(("a", "span"))
_HOLDERS = HEADINGS | CELLS | frozenset(("dd", "div", "figcaption", "header", "li", "p", "section"))


class InlineMarks:
    """Told of the start and the end of every element that is no block."""

    def __init__(self, writer: BlockWriter) -> None:
        self._writer = writer
        # Of the outermost code and deletion: its tag, what had been written and how often.
        self._open: dict[str, tuple[int, int, int]] = {}
        self._closed = -1  # the place of the last tick

    def apart(self, text: str) -> None:
        """Write something that is no part of the words beside it."""
        if text:
            self._writer.inline.append(f" {text} ")

    def start(self, element: "HtmlElement") -> None:
        tag, inline = element.tag, self._writer.inline
        if tag in _TICKED:
            self._begin("code")
        elif tag in _STRUCK:
            self._begin("del")
        elif tag in RAISED:
            self._raise(element)
        elif tag == "q":
            inline.append('"')
        elif tag == "rt":
            if not _follows(element, "rp"):
                inline.append("(")
        elif tag in _BESIDE and _is_glued(element):
            inline.append(" ")

    def end(self, element: "HtmlElement") -> None:
        tag, inline = element.tag, self._writer.inline
        if tag in _TICKED:
            self._finish("code", element)
        elif tag in _STRUCK:
            self._finish("del", element)
        elif tag == "sup" and _is_reference(element):
            inline.append("]")
        elif tag == "q":
            inline.append('"')
        elif tag == "rt" and not _follows(element, "rp"):
            inline.append(")")

    def _begin(self, kind: str) -> None:
        depth, start, ended = self._open.get(
            kind, (0, len(self._writer.inline), self._writer.ended)
        )
        self._open[kind] = (depth + 1, start, ended)

    def _finish(self, kind: str, element: "HtmlElement") -> None:
        depth, start, ended = self._open.get(kind, (1, 0, -1))
        if depth > 1:
            self._open[kind] = (depth - 1, start, ended)
            return
        self._open.pop(kind, None)
        writer = self._writer
        if ended != writer.ended or start > len(writer.inline):
            return  # blocks in it
        mark = "`" if kind == "code" else "~~"
        text = "".join(writer.inline[start:])
        bare = text.strip()
        if not bare or mark in bare or BREAK in bare:
            return
        if kind == "code" and (writer.heading or _SIGNATURE.search(element.get("class") or "")):
            return
        left = text[: len(text) - len(text.lstrip())]
        right = text[len(text.rstrip()) :]
        inline = writer.inline
        del inline[start:]
        if mark == "`" and not left and start and inline[-1] == "`" and start == self._closed:
            inline.pop()  # two pieces of one piece of code
            inline += [bare, "`"]
        else:
            inline += [left, mark, bare, mark]
        self._closed = len(inline) if mark == "`" and not right else -1
        if right:
            inline.append(right)

    def _raise(self, element: "HtmlElement") -> None:
        inline = self._writer.inline
        if _is_reference(element):
            inline.append("[")
            return
        before = inline[-1][-1:] if inline else ""
        if before.isdigit() and not len(element) and POWER.match((element.text or "").strip()):
            inline.append(RAISED[element.tag])


def _is_reference(element: "HtmlElement") -> bool:
    """Whether it is the bare number of a footnote, linked to it."""
    if element.tag != "sup":
        return False
    if not len(element):
        link = element.getparent()
        is_linked = link is not None and link.tag == "a" and "#" in (link.get("href") or "")
        is_alone = is_linked and len(link) == 1 and not (link.text or element.tail or "").strip()
        return is_alone and (element.text or "").strip().isdigit()
    if len(element) != 1 or element[0].tag != "a":
        return False
    around = (element.text or "") + (element[0].tail or "")
    return not around.strip() and (element[0].text or "").strip().isdigit()


def _follows(element: "HtmlElement", tag: str) -> bool:
    before = element.getprevious()
    return before is not None and before.tag == tag


def _is_glued(element: "HtmlElement") -> bool:
    """Whether only the page's style parts two words: labels and values, links side by side."""
    before, parent = element.getprevious(), element.getparent()
    if before is None or before.tag != element.tag or before.tail or parent is None:
        return False
    left, right = (before.text or "").rstrip(), element.text or ""
    if len(before) or not (left and right) or not (left[-1].isalnum() and right[0].isalnum()):
        return False
    if element.tag == "a":
        return True
    if parent.tag not in _HOLDERS or (parent.text or "").strip() or element.tail:
        return False
    return min(len(left), len(right)) > 1 and "sig" not in (parent.get("class") or "")
