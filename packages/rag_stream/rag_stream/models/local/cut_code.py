"""Code that lies in several documents, because the text was cut inside of it."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from langchain_core.documents import Document

from rag_stream.text.fences import begins_in_code, open_fence

_MAX_GAP = 40
"""Characters, all of them blank, that are left out between two parts of a text at most."""


class Cut(NamedTuple):
    """How a page begins inside of a block: the block's fence, and blanks that were cut off."""

    fence: str
    indent: str = ""


def followers(documents: Sequence[Document]) -> Mapping[int, int]:
    """Of the documents, by number, those right after which another one goes on, and that."""
    begins = {place: number for number, one in enumerate(documents) if (place := _place(one))}
    found = {}
    for number, one in enumerate(documents):
        if (place := _place(one)) is None:
            continue
        source, end = place[0], place[1] + len(one.page_content)
        here = (begins.get((source, end + gap)) for gap in range(_MAX_GAP))
        following = next((other for other in here if other is not None), None)
        if following is not None and following != number:
            found[number] = following
    return found


def cut_of(page: str) -> Cut | None:
    """How a page begins inside of code, if it does, by its own fences."""
    return Cut(open_fence(page, is_end=False)) if begins_in_code(page) else None


def cuts(documents: Sequence[Document], following: Mapping[int, int]) -> Mapping[int, Cut]:
    """The documents, by number, that begin inside of code. `following`: see `followers`."""
    found: dict[int, Cut] = {}
    before = {after: number for number, after in following.items()}
    for first in range(len(documents)):
        if first in before:
            continue
        fence = ""
        if (cut := cut_of(documents[first].page_content)) is not None:
            found[first], fence = cut, cut.fence
        number: int | None = first
        while number is not None:
            fence = open_fence(documents[number].page_content, fence)
            after = following.get(number)
            if fence and after is not None:
                found[after] = Cut(fence, _indent(documents[number], documents[after]))
            number = after
    return found


def _indent(one: Document, other: Document) -> str:
    """The blanks before the first line of the other, as far as they can be told."""
    end = int(one.metadata["start_index"]) + len(one.page_content)
    gap = int(other.metadata["start_index"]) - end
    lines = f"{one.page_content}\n{other.page_content}".split("\n")
    known = {len(line) - len(line.lstrip()) for line in lines if line.strip()}
    # The end of a line is cut off, too, and perhaps some that are empty.
    wide = next((gap - ends for ends in (1, 2, 3) if gap - ends in known), max(0, gap - 1))
    return wide * ("\t" if any(line.startswith("\t") for line in lines) else " ")


def _place(document: Document) -> tuple[str, int] | None:
    source: Any = document.metadata.get("source")
    start: Any = document.metadata.get("start_index")
    if not isinstance(source, str) or not isinstance(start, int) or start < 0:
        return None
    return source, start
