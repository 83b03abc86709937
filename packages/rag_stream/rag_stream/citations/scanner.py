"""Finding citation markers in a text as it arrives, holding back no more than one of them."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from rag_stream.citations.syntax import MAX_MARKER, OPENERS, marker_end, may_grow, named
from rag_stream.text.code import CodeSpans
from rag_stream.text.stand_ins import STAND_INS, comparable
from rag_stream.text.stops import WIDE_STOPS

MAX_HELD = MAX_MARKER
"""Characters held back at most: a blank, and a marker but for its last character."""

MAX_SINCE = 1_000
"""Characters before a marker that come with it."""

_READ_AT = 4_000
_OPENER = re.compile(f"[{re.escape(OPENERS)}{STAND_INS}]")
# In code these come before a list of numbers, not before a marker.
_BEFORE_LIST = re.compile(r"(?:[=(\[{,:+]|(?:^|\W)(?:in|return|yield))\s*\Z")
_ATTACHED = frozenset("_)]}\"'")
_NO_BLANK_BEFORE = frozenset(
    " \t\n\r.,;:!?)]}%\"'\u2019\u201d\u2026\u3001\uff0c\uff1b\uff1a\uff09\u300d\u300f\u060c\u061b"
    + WIDE_STOPS
)
_GUARD = "\u2026"


class Mark(NamedTuple):
    """A kept marker: `[number]`, from `start` to `end` of all the text handed on.

    `since`: what was handed on between the marker before and this one, the last of it.
    """

    number: int
    start: int
    end: int
    since: str


class MarkerScanner:
    """Hands a text on with its markers in the form `[n]`, each whole.

    Numbers outside 1 to `sources` vanish, and with them the blank that would be left over.
    In code, brackets attached to a name or following an operator are no markers, and what the
    prompt had others stand for (`text/stand_ins.py`) comes back.
    """

    def __init__(self, sources: int, genuine: str = "") -> None:
        """`genuine`: characters like the prompt's stand-ins that the documents have themselves."""
        self._genuine = genuine
        self._sources = sources
        self._held = ""
        self._out: list[str] = []
        self._marks: list[Mark] = []
        self._code = CodeSpans()
        # What was handed on, and how much of it before the part that is not read yet:
        # `_code` and `_since` have not seen that.
        self._unread: list[str] = []
        self._unread_size = 0
        self._read_size = 0
        self._since = ""
        # Set after a marker was removed: the blank before it, not yet handed on.
        self._gap: str | None = None
        self._is_idle = True
        self._read_at = _READ_AT
        self._opened = 0

    def feed(self, text: str) -> tuple[str, Sequence[Mark]]:
        """What can be handed on now, and the markers in it."""
        # All that is done for most tokens, of which there are tens of thousands a second.
        if "[" in text or not (text.isascii() or _OPENER.search(text) is None):
            return self._scan(text, is_last=False)
        if not self._is_idle:
            if self._held != " " or self._gap is not None:
                return self._scan(text, is_last=False)
            text, self._held, self._is_idle = " " + text, "", True
        if text[-1:] == " ":
            text, self._held, self._is_idle = text[:-1], " ", False
        self._unread.append(text)
        self._unread_size += len(text)
        if self._unread_size > self._read_at:
            self._read(is_run_open=True)
            # A run of code marks stays unread, however long it grows: look at it seldom.
            self._read_at = max(_READ_AT, 2 * self._unread_size)
        return text, ()

    def end(self) -> tuple[str, Sequence[Mark]]:
        """What was still held back: no more text comes."""
        return self._scan("", is_last=True)

    @property
    def handed_on(self) -> int:
        """How many characters were handed on."""
        return self._read_size + self._unread_size

    def _scan(self, text: str, is_last: bool) -> tuple[str, Sequence[Mark]]:
        self._out, self._marks = [], []
        text, self._held = self._held + text, ""
        at = 0
        while (opener := _OPENER.search(text, at)) is not None:
            start = opener.start()
            # The blank before a marker goes with it if that is removed.
            lead = start - 1 if start > at and text[start - 1] == " " else start
            self._hand_on(text[at:lead])
            if text[start] in STAND_INS:
                self._hand_on(text[lead:start])
                self._hand_on(self._brought_back(text[start]))
                at = start + 1
                continue
            window = text[start : start + MAX_MARKER]
            if not is_last and may_grow(window):
                self._held, at = text[lead:], len(text)
                break
            end = marker_end(window)
            if end == 0 or self._is_code(text[lead:start]):
                self._hand_on(text[lead : start + 1])
                at = start + 1
            else:
                self._mark(text[lead:start], window[:end])
                at = start + end
        rest = text[at:]
        if rest[-1:] == " " and not is_last:
            rest, self._held = rest[:-1], " "
        self._hand_on(rest)
        self._is_idle = not self._held and self._gap is None
        return "".join(self._out), self._marks

    def _mark(self, blank: str, marker: str) -> None:
        numbers = named(marker, self._sources)
        if not numbers:
            self._gap = self._gap or blank
            return
        self._hand_on(blank)
        for number in numbers:
            # First what a gap before it may still need.
            shown = self._over_gap(f"[{number}]")
            self._put(shown.removesuffix(f"[{number}]"))
            self._read()
            start, since = self._read_size, self._since
            self._put(f"[{number}]")
            self._read()
            self._marks.append(Mark(number, start, self._read_size, since))
            self._since = ""

    def _hand_on(self, text: str) -> None:
        if text:
            self._put(self._over_gap(text))

    def _put(self, text: str) -> None:
        self._out.append(text)
        self._unread.append(text)
        self._unread_size += len(text)

    def _over_gap(self, text: str) -> str:
        """`text` as it follows what was handed on, where a marker may have been removed."""
        blank, self._gap = self._gap, None
        if blank is None:
            return text
        self._read()
        before = self._since
        opener = max(map(before.rfind, OPENERS))
        if opener >= 0 and may_grow(before[opener:]):
            # "[[99]5]" must not become "[5]".
            return f"{blank}{_GUARD}{text}"
        if self._is_at_blank():
            return text[1:] if text[0] == " " else text
        return text if text[0] in _NO_BLANK_BEFORE else blank + text

    def _is_at_blank(self) -> bool:
        return self._since[-1].isspace() if self._since else not self._read_size

    def _is_code(self, blank: str) -> bool:
        self._read()
        if not self._code.inside:
            return False
        before = self._since + blank
        if not before.strip(" ,;"):
            return False  # right after a marker
        if before[-1].isalnum() or before[-1] in _ATTACHED:
            return True
        # The longest word of it has six characters.
        return _BEFORE_LIST.search(before.rstrip()[-8:]) is not None

    def _brought_back(self, stand_in: str) -> str:
        """In code what it stands for; a bracket only where it cannot be taken for a marker's."""
        if stand_in in self._genuine:
            return stand_in
        plain = comparable(stand_in)
        if plain == "]":
            is_back = self._opened > 0
            self._opened = max(0, self._opened - 1)
        elif plain == "[":
            is_back = self._is_code("")
            self._opened = self._opened + 1 if is_back else 0
        else:
            self._read()
            is_back = self._code.inside
        return plain if is_back else stand_in

    def _read(self, is_run_open: bool = False) -> None:
        """Go on with `_code` and `_since`; an open run of code marks may still grow."""
        text = "".join(self._unread)
        if not text:
            return
        closed = text.rstrip("`~") if is_run_open else text
        self._code.read(closed)
        self._unread, self._unread_size = [text[len(closed) :]], len(text) - len(closed)
        self._read_size += len(closed)
        self._since = (self._since + closed)[-MAX_SINCE:]
