"""HTML that is a part of another document: all of it that is seen, as text. Pure."""

from ingest.sources.markup import to_text
from ingest.sources.page_tree import parse
from ingest.sources.unseen import remove_unseen


def part_as_text(html: str) -> str:
    """The text of a piece of HTML, of which nothing is furniture."""
    page = parse(html)
    if page is None:
        return ""
    remove_unseen(page)
    return to_text(page)
