"""What can be said without a language model where a program asks for a title, tags, ideas. Pure."""

import re
from collections.abc import Mapping
from typing import Any

import orjson

MOST_WORDS = 6
MOST_CHARS = 60
_READ = 200_000
_BEGIN = "<chat_history>"
# The first thing that was asked, where the conversation stands in the request.
_ASKED = re.compile(r"^\s*(?:#+\s*)?(?:user|human)\s*:\s*(\S.*)$", re.IGNORECASE | re.MULTILINE)
_WORD = re.compile(r"\S+")
_AROUND = " \t.,;:!?\"'`*_#()[]{}<>\u00a1\u00bf\u3002\uff1f\uff01\u201c\u201d\u2026-"
_UNTITLED = "New chat"
# What such a request asks to be filled in, and with what.
_NOTHING: Mapping[str, Any] = {
    "follow_ups": [],
    "tags": [],
    "queries": [],
    "text": "",
    "prompt": "",
}
_FIELD = re.compile(rf'"(title|{"|".join(_NOTHING)})"\s*:')


def answer_without_model(request: str) -> str:
    """An answer in the form that the request asks for; a title where it names none."""
    request = request[:_READ]
    field = _FIELD.search(request.partition(_BEGIN)[0])
    if field is None:
        return title_of(request)
    name = field[1]
    value = title_of(request) if name == "title" else _NOTHING[name]
    return orjson.dumps({name: value}).decode()


def title_of(request: str) -> str:
    """A few words of what was asked first in the conversation that the request holds."""
    asked = _ASKED.search(request.rpartition(_BEGIN)[2])
    text = asked[1] if asked is not None else ""
    words: list[str] = []
    for word in _WORD.findall(text)[:MOST_WORDS]:
        words.append(word)
        if word[-1] in ".?!\u3002\uff1f\uff01":
            break
    title = " ".join(words).strip(_AROUND)[:MOST_CHARS].rstrip()
    return title[:1].upper() + title[1:] if title else _UNTITLED
