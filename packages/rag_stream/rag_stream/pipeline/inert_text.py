"""Texts of documents as they may stand in a prompt: nothing in them ends or heads anything.

What a model could take for a source's number, a turn of the chat, a control token or our
delimiter gets other characters for its brackets, angles, colons or number signs, one for one
(`text/stand_ins.py`). Words stay as they are, and so do lengths and places. Linear in the
length of the text.
"""

import re
from functools import lru_cache

from rag_stream.citations.syntax import marker_end
from rag_stream.pipeline.role_words import (
    END_TAGS,
    HEADINGS,
    IN_BRACKETS,
    SPEAKERS,
    TAGS,
    TEMPLATE_HEADINGS,
)
from rag_stream.text.look_alikes import reads_as, squashed
from rag_stream.text.stand_ins import ANGLES, CLOSING, COLONS, HASHES, OPENING, disarmed

_MOST = 80
"""Characters between brackets, or before a colon, that are looked at."""
_BREAKS = "\\n\\r\\x0b\\x0c\\x1c-\\x1e\\x85\u2028\u2029"
_RIGHT_ANGLES = ">\uff1e\ufe65\u203a\u3009\u232a\u27e9\u276f\u2771\u02c3\u1433\u227b\u300b\u27eb"
_O, _C = re.escape(OPENING), re.escape(CLOSING)
_BRACKETED = re.compile(f"([{_O}]{{1,3}}+)([^{_O}{_C}{_BREAKS}]{{1,{_MOST}}}+)([{_C}]{{1,3}}+)")
_ANGLED = re.compile(
    f"[{ANGLES}]([^{ANGLES}{_RIGHT_ANGLES}{_BREAKS}]{{1,{_MOST}}}+)(?=([{_RIGHT_ANGLES}])?)"
)
# With a break put before the text, so that each search begins at one character.
_HEAD = re.compile(f"[{_BREAKS}]([^{_BREAKS}{COLONS}]{{1,{_MOST}}}+)[{COLONS}]")
_HEADING = re.compile(
    f"[{_BREAKS}]([^\\w{_BREAKS}{HASHES}]{{0,8}}+)([{HASHES}]{{1,6}})([^{_BREAKS}]{{1,{_MOST}}}+)"
)
_TOKEN = re.compile(r"[\s/]*\|[^|]{1,60}\|?\s*|[\s/]*[\w/ -]{1,40}\|\s*")
_TAG_NAME = re.compile(r"\s*([/\\]?)\s*([\w-]+)")
_AROUND_NUMBERS = " \t.:#*_\\()"
_DIGIT = re.compile(r"\d")
_SIGNS = re.compile(f"[{HASHES}]")
# They show nothing at all, and models read them as the letters that they are tags of.
_TAG_CHARACTERS = re.compile("[\U000e0000-\U000e007f]")


def inert(text: str) -> str:
    """The text with nothing in it that could be taken for a part of the prompt itself."""
    if not (text.isascii() and "[" not in text):
        text = _BRACKETED.sub(_inert_brackets, text)
    text = without_tokens(text)
    lines = f"\n{text}"
    if not (text.isascii() and "#" not in text):
        lines = _HEADING.sub(_inert_heading, lines)
    return _HEAD.sub(_inert_head, lines)[1:]


def without_tokens(text: str) -> str:
    """The text without what servers take for control tokens: `<|im_start|>`, `</s>`, ..."""
    if text.isascii():
        return _ANGLED.sub(_inert_angle, text) if "<" in text else text
    return _ANGLED.sub(_inert_angle, _TAG_CHARACTERS.sub("\ufffd", text))


def _inert_brackets(found: re.Match[str]) -> str:
    opening, inside, closing = found.groups()
    if not _means_something(inside):
        return found[0]
    pairs = min(len(opening), len(closing))
    before, after = opening[:-pairs], closing[pairs:]
    opening, closing = opening[-pairs:], closing[:pairs]
    return f"{before}{_disarmed(opening)}{inside}{_disarmed(closing)}{after}"


def _inert_angle(found: re.Match[str]) -> str:
    whole, is_closed = found[0], found[2] is not None
    start = found.start()
    is_first = start == 0 or found.string[start - 1] in "\n\r>"
    if not _is_tag(found[1], is_closed, is_first):
        return whole
    return disarmed(whole[0]) + whole[1:]


def _inert_head(found: re.Match[str]) -> str:
    whole = found[0]
    return whole[:-1] + disarmed(whole[-1]) if _is_speaker(found[1]) else whole


def _inert_heading(found: re.Match[str]) -> str:
    lead, signs, words = found.groups()
    if not _is_heading(words):
        return found[0]
    return f"{found[0][0]}{lead}{_disarmed(signs)}{words}"


def _disarmed(signs: str) -> str:
    return "".join(map(disarmed, signs))


# Of these there are few in a text and the same again and again.


@lru_cache(4_096)
def _means_something(inside: str) -> bool:
    """Whether brackets with this inside are a marker, or a token of a chat template."""
    plain = reads_as(inside)
    if _DIGIT.search(plain) is None:
        return squashed(plain) in IN_BRACKETS
    bare = plain.strip(_AROUND_NUMBERS)
    return any(marker_end(form) == len(form) for form in (f"[{bare}]", f"\u3010{plain}\u3011"))


@lru_cache(4_096)
def _is_tag(inside: str, is_closed: bool, is_first: bool) -> bool:
    plain = reads_as(inside)
    if is_closed and _TOKEN.fullmatch(plain) is not None:
        return True
    name = _TAG_NAME.match(plain)
    if name is None:
        return False
    word, ends = squashed(name[2]), bool(name[1])
    return word in (END_TAGS if ends or is_first else TAGS)


@lru_cache(4_096)
def _is_speaker(head: str) -> bool:
    plain = reads_as(head)
    return squashed(plain) in (TEMPLATE_HEADINGS if _SIGNS.search(head) else SPEAKERS)


@lru_cache(4_096)
def _is_heading(words: str) -> bool:
    plain = reads_as(words).rstrip()
    return squashed(plain) in (TEMPLATE_HEADINGS if plain.endswith(":") else HEADINGS)
