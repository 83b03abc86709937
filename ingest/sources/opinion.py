"""What trafilatura holds for the main text of a page, to be asked of single paragraphs.

It finds articles among what newspapers put around them, but leaves out much of what it
finds: here it only says where, and what is there is converted by `markup`.
"""

import re

from ingest.sources.attributes import without_excess

_WORDS = re.compile(r"\w+")
_RUN = 4
"""Words in a row that do not come about by chance."""
_AGREED = 0.5


class Opinion:
    """The runs of words and the short lines of a text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.size = len("".join(text.split()))
        self._runs: set[int] = set()
        self._lines: set[str] = set()
        for line in text.split("\n"):
            words = _WORDS.findall(line)
            if words:
                self._lines.add(" ".join(words))
            self._runs.update(_runs(words))
            if "|" in line:
                self._lines.update(" ".join(_WORDS.findall(cell)) for cell in line.split("|"))

    def __bool__(self) -> bool:
        return bool(self._lines)

    def holds(self, paragraph: str) -> bool:
        """Whether the paragraph is part of that text."""
        words = _WORDS.findall(paragraph)
        if len(words) < _RUN:
            return " ".join(words) in self._lines
        runs = _runs(words)
        return sum(run in self._runs for run in runs) >= _AGREED * len(runs)


def opinion_of(html: str) -> Opinion:
    # Imported here: it takes most of a second, and not every page needs it.
    import trafilatura

    text = trafilatura.extract(
        without_excess(html),
        output_format="markdown",
        include_formatting=False,
        include_comments=False,
        include_tables=True,
    )
    return Opinion(text or "")


def _runs(words: list[str]) -> list[int]:
    return [hash(tuple(words[at : at + _RUN])) for at in range(len(words) - _RUN + 1)]
