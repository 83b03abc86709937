"""Code that lies in several documents, because the text was cut inside of it."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from langchain_core.documents import Document

from rag_stream.text.fences import begins_in_code, first_fence, open_fence

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
    first = first_fence(page) if begins_in_code(page) else None
    return None if first is None else Cut(first[0])


def cuts(documents: Sequence[Document], following: Mapping[int, int]) -> Mapping[int, Cut]:
    """The documents, by number, that begin inside of code. `following`: see `followers`."""
    found: dict[int, Cut] = {}
    after_others = set(following.values())
    for first in range(len(documents)):
        if first in after_others:
            continue
        chain = [first]
        while (after := following.get(chain[-1])) is not None:
            chain.append(after)
        fences = _fences([documents[number].page_content for number in chain])
        for place, (number, fence) in enumerate(zip(chain, fences, strict=True)):
            before = documents[chain[place - 1]] if place else None
            if fence:
                found[number] = Cut(fence, _indent(before, documents[number]))
    return found


def _fences(pages: Sequence[str]) -> list[str | None]:
    """Of the block that each of the pages, one after another, begins in; "" outside of any.

    None where nothing tells: those without a fence are all code or have none.
    """
    found: list[str | None] = []
    state: str | None = None
    for page in pages:
        first = first_fence(page)
        if first is not None and (state is None or first[1]):  # what says something begins a block
            cut = cut_of(page)
            state = "" if cut is None else cut.fence
        found.append(state)
        if state is not None:
            state = open_fence(page, state)
    for place in range(len(pages) - 1, 0, -1):
        if found[place - 1] is None:
            found[place - 1] = found[place]
    return found


def _indent(one: Document | None, other: Document) -> str:
    """The blanks before the first line of the other, as far as they can be told."""
    if one is None:
        return ""
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
