"""On how many pages of a root something was seen, and what is on most of them. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable

NEEDED = 8
"""Pages, of which something can be said to be on most."""
SHARE = 0.5
"""Of the pages. In 24 public documentations (Sphinx, MkDocs, AsciiDoc, DocBook, Doxygen, Javadoc,
Haddock, Qt, by hand; six of them in other languages) footers and banners are on 67% of the pages
and more, paths on 52%. Down to 30% nothing was found that a reader would miss."""
_MOST = 200
"""Marks of a root that are kept."""


class Sightings:
    """Counts pages; needs memory for what is at their ends, not for the pages."""

    def __init__(self) -> None:
        self._pages: Counter[str] = Counter()
        self._seen: dict[str, Counter[str]] = defaultdict(Counter)

    def add(self, folder: str, ends: Iterable[str]) -> None:
        """One page with what is at its ends; `folder`: the first of its path, "" for none.

        A folder counts like a root: a site in two languages has each of its ends on half.
        """
        for part in {"", folder}:
            self._pages[part] += 1
            self._seen[part].update(set(ends))

    @property
    def pages(self) -> int:
        return self._pages[""]

    def repeats(self) -> frozenset[str]:
        """What is on at least half of all pages, or of those of a folder."""
        found: Counter[str] = Counter()
        for part, number in self._pages.items():
            if number >= NEEDED:
                seen = self._seen[part]
                found |= Counter({m: n for m, n in seen.items() if n >= SHARE * number})
        ordered = sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))
        return frozenset(mark for mark, _ in ordered[:_MOST])
