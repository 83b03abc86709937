"""Blocks of text one below the other, as Markdown puts them, in lists and quotations."""

import re
from dataclasses import dataclass, field

BREAK = "\v"
"""A line's end within a paragraph."""

_BLANKS = re.compile(r"[ \t\n\r\f\xa0]+")
_BREAKS = re.compile(r" ?\v ?")
_INVISIBLE = re.compile("[\xad\u2060\ufeff]|(?<![\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff])\u200b")
"""What only says where a word may be broken; some scripts have no other sign between words."""
_DEEPEST = 8
"""Quotations and lists that indent what is in them: deeper ones cost more than they tell."""


@dataclass(slots=True)
class Frame:
    """A list's item or a quotation: how the lines within it begin."""

    first: str
    rest: str
    begun: bool = False


@dataclass(slots=True)
class BlockWriter:
    """What has been written so far. `inline` is the paragraph that has not ended yet."""

    blocks: list[str] = field(default_factory=list)
    inline: list[str] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=list)
    close: bool = False
    """The next paragraph belongs to the line above it."""
    lead: str = ""
    """What the next paragraph begins with."""
    flat: int = 0
    """Within so many headings and cells; there no block begins."""
    heading: bool = False
    ended: int = 0
    """Paragraphs."""

    def end_paragraph(self) -> None:
        """Write what is in `inline`, if that is anything."""
        if self.flat:
            self.inline.append(" ")
            return
        self.ended += 1
        if self.inline and (text := self.take()):
            first, rest = self._prefixes()
            lines = first + self.lead + text.replace("\n", "\n" + rest)
            self._add(lines, "\n" if self.close else "\n\n")

    def take(self, start: int = 0) -> str:
        """What is in `inline` from `start` on, tidied and taken out of it."""
        text = _INVISIBLE.sub("", _BLANKS.sub(" ", "".join(self.inline[start:])))
        del self.inline[start:]
        return _BREAKS.sub("\n", text).strip(" \n")

    def block(self, text: str) -> None:
        """Write lines that nothing but blanks may stand in front of: a heading, code, a table."""
        number = ""
        if self.frames and not self.frames[-1].begun and self.frames[-1].first[:1].isalnum():
            number = self._prefixes()[0].rstrip() + "\n"
        indent = self._prefixes()[1].replace(">", " ") if self.frames else ""
        lines = indent + text.replace("\n", "\n" + indent) if indent else text
        self._add(number + lines, "\n" if number and self.close else "\n\n")

    def _prefixes(self) -> tuple[str, str]:
        first = rest = ""
        for frame in self.frames[:_DEEPEST]:
            first += frame.rest if frame.begun else frame.first
            rest += frame.rest
            frame.begun = True
        return first, rest

    def _add(self, lines: str, before: str) -> None:
        self.blocks.append(before + lines if self.blocks else lines)
        self.close, self.lead = False, ""
