"""Fields in front of a document, which say something about it and are no part of its text. Pure."""

from collections.abc import Container
from typing import Any

NOT_SHOWN = {"orphan", "tocdepth", "nocomments", "nosearch", "no-search", "html_theme", "hidetoc"}
_OF_FRONT = NOT_SHOWN | {
    "title", "tags", "category", "categories", "slug", "summary", "description", "keywords",
    "status", "lang", "template", "save_as", "url",
}  # fmt: skip
_KNOWN = _OF_FRONT | {"date", "modified", "author", "authors"}


def fields_in_front(fields: Any, unseen: Container[str]) -> dict[str, str]:
    """What a list of fields says about its document; nothing where it is part of the text.

    `unseen`: the names of nodes that show nothing.
    """
    found = {field[0].astext().lower(): field[1].astext() for field in fields.children}
    is_about = _KNOWN.issuperset(found) and not _OF_FRONT.isdisjoint(found)
    return found if is_about and _is_in_front(fields, unseen) else {}


def _is_in_front(node: Any, unseen: Container[str]) -> bool:
    """Whether nothing but the document's title stands before it."""
    around = node.parent
    if type(around).__name__ == "section":
        above = around.parent
        if above.parent is not None or not _are_unseen(
            above.children[: above.index(around)], unseen
        ):
            return False
    return _are_unseen(around.children[: around.index(node)], unseen)


def _are_unseen(nodes: list[Any], unseen: Container[str]) -> bool:
    names = (type(one).__name__ for one in nodes)
    return all(name in ("title", "subtitle") or name in unseen for name in names)
