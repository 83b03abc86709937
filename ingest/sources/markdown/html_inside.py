"""HTML inside Markdown, piece by piece as it comes between the Markdown. Pure.

An element may begin in one piece and end in another, with Markdown between them.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from html import unescape
from html.parser import HTMLParser

from ingest.sources.hiding import is_hiding_class, is_hiding_style
from ingest.sources.markdown.html_elements import BLOCKS, HtmlElements
from ingest.sources.markdown.writer import Writer

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
_DECLARATION = re.compile(r"<!\[(?!CDATA\[|(?:if|else|endif)\b)", re.I)
"""What only begins like one: the parser fails at it."""
_INCLUDED = re.compile(r"\s*@include:?\s*([^\s{]+)")
_ENDS_PARAGRAPH = BLOCKS | {"ul", "ol", "li", "table", "pre", "blockquote", "h1", "h2", "h3"}


class HtmlInside(HTMLParser):
    """Feeds a writer with what is shown of the pieces."""

    def __init__(self, writer: Writer, markdown: Callable[[str], None]) -> None:
        super().__init__(convert_charrefs=False)
        self._writer = writer
        self._elements = HtmlElements(writer)
        self._markdown = markdown
        self._is_markdown = False
        self.includes: list[str] = []
        self.title = ""
        self._open: list[tuple[str, bool]] = []
        self._named: Counter[str] = Counter()  # of what is open
        self._in_title = False
        self._is_empty_element = False
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
        self.feed(_DECLARATION.sub("&lt;![", html))
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
            self._named[tag] += 1
            self._writer.hidden += hides
        if tag == "title":
            self._in_title = not self._named["svg"]
        elif not hides and not self._writer.hidden:
            self._elements.begin(tag, given, is_empty=self._is_empty_element)

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
        if self._named[tag]:
            while self._pop() != tag:
                pass
        elif tag == "p":
            self._writer.block()

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data
        elif self._elements.in_code:
            self._elements.add_code(data)
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
        self._elements.begin_link()

    def _pop(self) -> str:
        tag, hides = self._open.pop()
        self._named[tag] -= 1
        self._writer.hidden -= hides
        if tag == "title":
            self._in_title = False
        elif not hides and not self._writer.hidden:
            self._elements.end(tag)
        return tag

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
        or is_hiding_style(given.get("style", ""))
        or is_hiding_class(given.get("class", ""))
    )
