"""HTML inside Markdown, piece by piece as it comes between the Markdown. Pure.

An element may begin in one piece and end in another, with Markdown between them.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from html import unescape
from html.parser import HTMLParser

from ingest.sources.markdown.elements import COMPONENT
from ingest.sources.markdown.writer import Writer
from ingest.sources.powers import RAISED

_VOID = {
    "br", "hr", "img", "input", "meta", "link", "wbr", "source", "area", "col", "embed", "track",
}  # fmt: skip
_NEVER_SHOWN = {
    "template", "script", "style", "noscript", "svg", "iframe", "video", "audio", "canvas", "math",
    "select", "datalist",
}  # fmt: skip
_MUST_END = _NEVER_SHOWN | {"title", "table"}
"""What takes what is in it: without an end it is only named in a sentence."""
_MAY_END = {"p", "li", "td", "th", "tr", "dt", "dd", "option"}
_BLOCKS = {
    "p", "div", "section", "center", "details", "summary", "figure", "figcaption", "article",
    "header", "footer", "nav", "main", "aside", "form", "fieldset", "legend", "dl", "hr",
    "address", "caption", "picture",
}  # fmt: skip
_HIDING_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_HIDING_CLASSES = {"sr-only", "visually-hidden", "screen-reader-text", "visuallyhidden"}
_INCLUDED = re.compile(r"\s*@include:?\s*([^\s{]+)")
_LANGUAGE = re.compile(r"(?:lang(?:uage)?|highlight-source)-([\w+#-]+)")
_ENDS_PARAGRAPH = _BLOCKS | {"ul", "ol", "li", "table", "pre", "blockquote", "h1", "h2", "h3"}


class HtmlInside(HTMLParser):
    """Feeds a writer with what is shown of the pieces."""

    def __init__(self, writer: Writer, markdown: Callable[[str], None]) -> None:
        super().__init__(convert_charrefs=False)
        self._writer = writer
        self._markdown = markdown
        self._is_markdown = False
        self.includes: list[str] = []
        self.title = ""
        self._open: list[tuple[str, bool]] = []
        self._lists: list[int | None] = []
        self._code: list[str] | None = None
        self._pre: list[str] | None = None
        self._language = ""
        self._in_title = False
        self._is_empty_element = False
        self._raised: int | None = None
        self._ends: dict[str, Iterator[bool]] = {}
        self._is_ended = True

    @property
    def depth(self) -> int:
        return len(self._open)

    def piece(
        self, html: str, ends: Mapping[str, Sequence[bool]], *, is_markdown: bool = False
    ) -> None:
        """One piece of a document; `is_markdown`: the text between its elements is.

        `ends` says for each name which of its tags are ended.
        """
        self._is_markdown = is_markdown
        self._ends = {name: iter(flags) for name, flags in ends.items()}
        self.feed(html)
        if self.rawdata:  # the beginning of something that does not end here
            if not self.rawdata.startswith(("<!", "</", "<?")) and not self.cdata_elem:
                self.handle_data(self.rawdata)
            self.rawdata = ""

    def close_to(self, depth: int) -> None:
        """End what was begun within a paragraph and not ended there."""
        while len(self._open) > depth:
            self._pop()
        self.cdata_elem = None
        self.clear_cdata_mode()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._is_ended = tag not in self._ends or next(self._ends[tag], True)
        if tag in _MUST_END and not self._is_ended:
            return
        given = {name: value or "" for name, value in attrs if "{{" not in (value or "")}
        if tag in _ENDS_PARAGRAPH and self._open and self._open[-1][0] == "p":
            self._pop()
        if tag in ("li", "tr", "td", "th", "dt", "dd", "option"):
            self._end_alike(tag)
        may_hide = self._is_ended or tag in _MAY_END
        hides = tag in _NEVER_SHOWN or (may_hide and _is_hidden(given))
        if tag not in _VOID:
            self._open.append((tag, hides))
            self._writer.hidden += hides
        if tag == "title":
            self._in_title = not any(name == "svg" for name, _ in self._open)
        elif not hides and not self._writer.hidden:
            self._begin(tag, given)

    def set_cdata_mode(self, elem: str, **how: bool) -> None:
        if self._is_ended:
            super().set_cdata_mode(elem, **how)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._is_empty_element = True
        self.handle_starttag(tag, attrs)
        self._is_empty_element = False
        if tag not in _VOID:
            self.handle_endtag(tag)
            self.clear_cdata_mode()

    def handle_endtag(self, tag: str) -> None:
        if any(name == tag for name, _ in self._open):
            while self._pop() != tag:
                pass
        elif tag == "p":
            self._writer.block()

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data
        elif self._pre is not None:
            self._pre.append(data)
        elif self._code is not None:
            self._code.append(data)
        elif self._is_markdown and data.strip():
            self._markdown(data)
        else:
            self._writer.text(data.replace("\n", " "))

    def handle_entityref(self, name: str) -> None:
        self.handle_data(unescape(f"&{name};"))

    def handle_charref(self, name: str) -> None:
        self.handle_data(unescape(f"&#{name};"))

    def handle_comment(self, data: str) -> None:
        if found := _INCLUDED.match(data):
            self.includes.append(found[1])

    def begin_link(self) -> None:
        """A link of Markdown; raised, it is a footnote's sign and no power."""
        self._raised = None

    def _begin(self, tag: str, given: dict[str, str]) -> None:
        writer = self._writer
        self._raised = writer.place() if tag in RAISED else None
        if tag == "br":
            writer.line()
            if self._pre is not None:
                self._pre.append("\n")
        elif tag == "img":
            writer.image(given.get("alt", ""))
        elif len(tag) == 2 and tag[0] == "h" and tag[1] in "123456":
            writer.heading(int(tag[1]))
        elif tag == COMPONENT:
            self._component(given)
        elif tag == "pre":
            self._pre, self._language = [], given.get("lang", "")
            self._name_language(given)
        elif tag == "code":
            self._name_language(given)
            if self._pre is None:
                self._code = []
        else:
            self._begin_block(tag)

    def _component(self, given: dict[str, str]) -> None:
        writer = self._writer
        if given.get("label") and self._is_empty_element:
            writer.text(f" {given['label']} ")  # a badge, within a line
        elif given.get("label"):
            writer.block()
            writer.text(given["label"])
            writer.block()
        writer.image(given.get("alt", ""))

    def _name_language(self, given: dict[str, str]) -> None:
        if found := _LANGUAGE.search(given.get("class", "")):
            self._language = found[1]

    def _begin_block(self, tag: str) -> None:
        writer = self._writer
        if tag in ("ul", "ol"):
            writer.list_begins(is_nested=bool(self._lists))
            self._lists.append(0 if tag == "ol" else None)
        elif tag == "li":
            marker = "- "
            if self._lists and (number := self._lists[-1]) is not None:
                self._lists[-1] = number + 1
                marker = f"{number + 1}. "
            writer.enter(marker)
        elif tag == "blockquote":
            writer.block()
            writer.enter("> ", "> ")
        elif tag == "dt":
            writer.block()
        elif tag == "dd":
            writer.enter(": ")
        elif tag == "table":
            writer.table()
        elif tag == "tr":
            writer.row()
        elif tag in ("td", "th"):
            writer.cell(is_header=tag == "th")
        elif tag in _BLOCKS:
            writer.block()

    def _pop(self) -> str:
        tag, hides = self._open.pop()
        self._writer.hidden -= hides
        if tag == "title":
            self._in_title = False
        elif not hides and not self._writer.hidden:
            self._end(tag)
        return tag

    def _end(self, tag: str) -> None:
        writer = self._writer
        if tag == "pre" and self._pre is not None:
            code, self._pre = "".join(self._pre), None
            writer.fence(code.removeprefix("\n"), self._language)
        elif tag == "code" and self._code is not None:
            code, self._code = "".join(self._code), None
            writer.code(" ".join(code.split()))
        elif tag in RAISED and self._raised is not None:
            writer.raise_from(self._raised, RAISED[tag])
        elif tag in ("ul", "ol") and self._lists:
            self._lists.pop()
        elif tag in ("li", "dd"):
            writer.leave()
        elif tag == "blockquote":
            writer.leave(is_tight=False)
        elif tag in ("td", "th", "tr"):
            writer.end_cell()
        elif tag == "table":
            writer.end_table()
        elif tag in _BLOCKS or tag == "dt" or (len(tag) == 2 and tag[0] == "h"):
            writer.block()

    def _end_alike(self, tag: str) -> None:
        """End the item or cell before, where its end is left out."""
        alike = {"td": ("td", "th"), "th": ("td", "th"), "dt": ("dt", "dd"), "dd": ("dt", "dd")}
        for place in range(len(self._open) - 1, -1, -1):
            name = self._open[place][0]
            if name in alike.get(tag, (tag,)):
                self.close_to(place)
                return
            if name in ("ul", "ol", "table", "tr", "dl"):
                return


def _is_hidden(given: dict[str, str]) -> bool:
    return (
        "hidden" in given
        or given.get("aria-hidden", "").lower() == "true"
        or _HIDING_STYLE.search(given.get("style", "")) is not None
        or not _HIDING_CLASSES.isdisjoint(given.get("class", "").split())
    )
