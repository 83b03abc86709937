"""What the elements of HTML inside Markdown show, written as Markdown. Pure."""

import re

from ingest.sources.markdown.badges import is_badge
from ingest.sources.markdown.elements import COMPONENT
from ingest.sources.markdown.writer import Writer
from ingest.sources.powers import RAISED

BLOCKS = {
    "p", "div", "section", "center", "details", "summary", "figure", "figcaption", "article",
    "header", "footer", "nav", "main", "aside", "form", "fieldset", "legend", "dl", "hr",
    "address", "caption", "picture",
}  # fmt: skip
_LANGUAGE = re.compile(r"(?:lang(?:uage)?|highlight-source)-([\w+#-]+)")


class HtmlElements:
    """Told of where each begins and ends, and of the text in code."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._lists: list[int | None] = []
        self._code: list[str] | None = None
        self._pre: list[str] | None = None
        self._language = ""
        self._raised: int | None = None

    @property
    def in_code(self) -> bool:
        return self._pre is not None or self._code is not None

    def add_code(self, text: str) -> None:
        """Text in code, as it is."""
        for code in (self._pre, self._code):
            if code is not None:
                code.append(text)
                break

    def begin_link(self) -> None:
        """A link of Markdown; raised, it is a footnote's sign and no power."""
        self._raised = None

    def begin(self, tag: str, given: dict[str, str], *, is_empty: bool) -> None:
        """An element that is shown; `is_empty`: it ends at once."""
        writer = self._writer
        self._raised = writer.place() if tag in RAISED else None
        if tag == "br":
            writer.line()
            if self._pre is not None:
                self._pre.append("\n")
        elif tag == "img":
            if not is_badge(given.get("src", "")):
                writer.image(given.get("alt", ""))
        elif len(tag) == 2 and tag[0] == "h" and tag[1] in "123456":
            writer.heading(int(tag[1]))
        elif tag == COMPONENT:
            self._component(given, is_empty=is_empty)
        elif tag == "pre":
            self._pre, self._language = [], given.get("lang", "")
            self._name_language(given)
        elif tag == "code":
            self._name_language(given)
            if self._pre is None:
                self._code = []
        else:
            self._begin_block(tag)

    def _component(self, given: dict[str, str], *, is_empty: bool) -> None:
        writer = self._writer
        if given.get("label") and is_empty and "block" not in given:
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
        elif tag in BLOCKS:
            writer.block()

    def end(self, tag: str) -> None:
        """The innermost element that was begun and is still open."""
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
        elif tag in BLOCKS or tag == "dt" or (len(tag) == 2 and tag[0] == "h"):
            writer.block()
