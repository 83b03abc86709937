"""The tree that docutils makes of a document, written as plain Markdown. Pure."""

import re
from typing import TYPE_CHECKING, Any

from ingest.sources.markdown.writer import Writer
from ingest.sources.numbering import numbered
from ingest.sources.rst.fields import NOT_SHOWN, fields_in_front
from ingest.sources.rst.tables import write_table

if TYPE_CHECKING:
    from docutils import nodes

_NO_TEXT = {
    "comment", "system_message", "target", "substitution_definition", "pending", "raw", "meta",
    "topic_contents", "label", "decoration", "generated",
}  # fmt: skip
_NUMBERED_BY = {"loweralpha": "a", "upperalpha": "A", "lowerroman": "i", "upperroman": "I"}
_BOXES = {"attention", "caution", "danger", "error", "hint", "important", "note", "tip", "warning"}


class Walk:
    """Goes through a document's tree and writes what its readers see."""

    def __init__(self) -> None:
        self.writer = Writer()
        self.includes: list[str] = []
        self.fields: dict[str, str] = {}
        """What is said about the document in front of it."""
        self._level = 0
        self._lists = 0

    def children(self, node: "nodes.Node") -> None:
        for child in node.children:
            self.node(child)

    def node(self, node: "nodes.Node") -> None:
        name = type(node).__name__
        handle = getattr(self, f"_{name}", None)
        if handle is not None:
            handle(node)
        elif name in _NO_TEXT:
            return
        elif name in _BOXES:
            self._box(node, name.capitalize())
        else:
            self.children(node)

    def _Text(self, node: Any) -> None:  # noqa: N802  # docutils' name
        self.writer.text(node.astext())

    def _comment(self, node: Any) -> None:
        if node.get("included"):
            self.includes.append(node["included"])

    def _section(self, node: Any) -> None:
        self._level += 1
        self.children(node)
        self._level -= 1

    def _title(self, node: Any) -> None:
        if type(node.parent).__name__ == "section":
            self.writer.heading(min(self._level, 6))
        else:
            self.writer.block()
        self.children(node)
        self.writer.block()

    _subtitle = _title

    def _paragraph(self, node: Any) -> None:
        is_tight = self._is_first(node)
        self.writer.block(is_tight=is_tight)
        self.children(node)
        self.writer.block(is_tight=is_tight)

    def _is_first(self, node: Any) -> bool:
        """Whether it stands right below what comes before: an item's only paragraph, what a
        term means."""
        around = type(node.parent).__name__
        if around == "list_item":
            return sum(type(child).__name__ == "paragraph" for child in node.parent.children) == 1
        return around in ("definition", "description") and node.parent[0] is node

    _rubric = _caption = _attribution = _line = _paragraph

    def _line_block(self, node: Any) -> None:
        self.writer.block()
        for child in node.children:
            self.children(child) if type(child).__name__ == "line" else self._line_block(child)
            self.writer.line()
        self.writer.block()

    def _topic(self, node: Any) -> None:
        if "contents" not in node.get("classes", ()):
            self.children(node)

    def _box(self, node: Any, title: str) -> None:
        self.writer.block()
        self.writer.text(title)
        self.writer.block()
        self.children(node)
        self.writer.block()

    def _bullet_list(self, node: Any) -> None:
        self._items(node, None)

    def _enumerated_list(self, node: Any) -> None:
        style = _NUMBERED_BY.get(node.get("enumtype", ""), "1")
        self._items(node, int(node.get("start", 1)), style)

    def _items(self, node: Any, number: int | None, style: str = "1") -> None:
        self.writer.list_begins(is_nested=self._lists > 0)
        self._lists += 1
        for item in node.children:
            self.writer.enter("- " if number is None else f"{numbered(number, style)}. ")
            self.children(item)
            self.writer.leave()
            number = None if number is None else number + 1
        self._lists -= 1

    def _block_quote(self, node: Any) -> None:
        self.children(node)  # in most documents a list that is set off

    def _definition_list_item(self, node: Any) -> None:
        self.writer.block()
        for child in node.children:
            if type(child).__name__ == "term":
                self.children(child)
            else:
                if type(child).__name__ == "definition":
                    self.writer.block()
                self.node(child)

    def _classifier(self, node: Any) -> None:
        self.writer.text(" : ")
        self.children(node)

    def _definition(self, node: Any) -> None:
        self.writer.enter(": ")
        self.children(node)
        self.writer.leave()

    def _field_list(self, node: Any) -> None:
        if fields := fields_in_front(node, _NO_TEXT):
            self.fields |= fields
            return
        self.writer.list_begins(is_nested=False)
        self.children(node)

    def _field(self, node: Any) -> None:
        name = node[0].astext()
        if name.lower() in NOT_SHOWN:
            return
        self.writer.block()
        self.writer.text(f"{name}: ")
        self._inline_of(node[1])
        self.writer.block()

    def _inline_of(self, node: Any) -> None:
        """What is in a node, its first paragraph in the line that was begun."""
        for place, child in enumerate(node.children):
            if place == 0 and type(child).__name__ == "paragraph":
                self.children(child)
                self.writer.block(is_tight=True)
            else:
                self.node(child)

    def _option_list_item(self, node: Any) -> None:
        self.writer.block()
        for place, option in enumerate(node[0].children):
            self.writer.text(", " if place else "")
            self.writer.code(option.astext())
        self.writer.block()
        self.writer.enter(": ")
        self.children(node[1])
        self.writer.leave()

    def _literal(self, node: Any) -> None:
        self.writer.code(node.astext())

    def _superscript(self, node: Any) -> None:
        self._raise(node, "^")

    def _subscript(self, node: Any) -> None:
        self._raise(node, "_")

    def _raise(self, node: Any, sign: str) -> None:
        place = self.writer.place()
        self.children(node)
        self.writer.raise_from(place, sign)

    def _math(self, node: Any) -> None:
        self.writer.text(f"\0${node.astext()}$\0")

    def _math_block(self, node: Any) -> None:
        self.writer.block()
        self.writer.text(f"$$\n{node.astext().strip()}\n$$")
        self.writer.block()

    def _literal_block(self, node: Any) -> None:
        classes = [name for name in node.get("classes", ()) if name != "code"]
        language = node.get("language") or (classes[0] if classes else "")
        self.writer.fence(node.astext(), str(language))

    def _doctest_block(self, node: Any) -> None:
        self.writer.fence(node.astext(), "pycon")

    def _image(self, node: Any) -> None:
        alt = str(node.get("alt", ""))
        if alt != node.get("uri"):
            self.writer.image(alt)

    def _footnote(self, node: Any) -> None:
        label = next((child.astext() for child in node if type(child).__name__ == "label"), "")
        self.writer.block()
        self.writer.enter(f"[^{label}]: ", "")
        self.children(node)
        self.writer.leave(is_tight=False)

    _citation = _footnote

    def _footnote_reference(self, node: Any) -> None:
        self.writer.text(f"[^{node.astext()}]")

    _citation_reference = _footnote_reference

    def _substitution_reference(self, node: Any) -> None:
        self.writer.text(node.astext())

    def _problematic(self, node: Any) -> None:
        self.writer.text(re.sub(r"^\|([^|]+)\|_{0,2}$|^`([^`]*)`_{1,2}$", r"\1\2", node.astext()))

    def _table(self, node: Any) -> None:
        for child in node.children:
            if type(child).__name__ == "title":
                self._title(child)
        write_table(node, self.writer, self.children)
