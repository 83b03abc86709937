"""Characters that stand in a prompt for those which would mean something to a model. Pure.

Each stands for one character, so that a text keeps its length and its places. None of them
turns into what it stands for where a server normalises texts (NFKC).
"""

import re

OPENING = (
    "[\uff3b\u3010\u3014\u3016\u3018\u301a\u27e6\u2045\u2772\u27ec\u298b\u298d\u298f\ufe47\ufe5d"
)
CLOSING = (
    "]\uff3d\u3011\u3015\u3017\u3019\u301b\u27e7\u2046\u2773\u27ed\u298c\u298e\u2990\ufe48\ufe5e"
)
ANGLES = "<\uff1c\ufe64\u2039\u3008\u2329\u27e8\u276e\u2770\u02c2\u1438\u227a\u300a\u27ea"
COLONS = (
    ":\uff1a\u2236\ua789\ufe55\ufe13\u02d0\u02f8\u205a\u0703\u0589\u05c3\u1361\u16ec\u205d\ufe30"
)
HASHES = "#\uff03\ufe5f\u266f"
"""The square brackets, angles, colons and number signs there are, and what looks like them."""

_KINDS = {
    OPENING: ("[", "\u27e6"),
    CLOSING: ("]", "\u27e7"),
    ANGLES: ("<", "\u2039"),
    COLONS: (":", "\u2236"),
    HASHES: ("#", "\u266f"),
}
STAND_INS = "".join(stand_in for _, stand_in in _KINDS.values())
_BY_CHARACTER = {c: stand_in for kind, (_, stand_in) in _KINDS.items() for c in kind}
_PLAIN = str.maketrans({c: plain for kind, (plain, _) in _KINDS.items() for c in kind})
_USED = re.compile(f"[{STAND_INS}]")


def disarmed(character: str) -> str:
    """What stands for a character in the prompt; itself where nothing needs to."""
    return _BY_CHARACTER.get(character, character)


def has_stand_ins(text: str) -> bool:
    """Whether a text may have been taken from a prompt rather than from a document."""
    return not text.isascii() and _USED.search(text) is not None


def comparable(text: str) -> str:
    """A text as long, in which what stands for a character is no other than that one."""
    return text.translate(_PLAIN)
