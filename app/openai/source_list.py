"""Sources in the text itself: links for markers, and a list at the end, in Markdown. Pure."""

import re
from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import quote

from rag_stream.text.own_words import in_language

_HEADINGS: Final[Mapping[str, str]] = {
    "en": "Sources", "zh": "来源", "zh-Hant": "來源", "ja": "出典", "ko": "출처",
    "es": "Fuentes", "fr": "Sources", "de": "Quellen", "pt": "Fontes", "it": "Fonti",
    "nl": "Bronnen", "sv": "Källor", "da": "Kilder", "nb": "Kilder", "fi": "Lähteet",
    "pl": "Źródła", "cs": "Zdroje", "ro": "Surse", "hu": "Források", "ru": "Источники",
    "uk": "Джерела", "el": "Πηγές", "tr": "Kaynaklar", "ar": "المصادر", "fa": "منابع",
    "he": "מקורות", "hi": "स्रोत", "th": "แหล่งที่มา", "vi": "Nguồn", "id": "Sumber",
}  # fmt: skip
_SIGNS = re.compile(r"([\\`*_{}\[\]()<>#+|~!&])")
_IN_ADDRESS = "/:?#@!$&'*+,;=%~-._"
_LINK = re.compile(r"\[\[(\d+)\]\]\([^()\s]*\)")
_ANY_HEADING = "|".join(sorted(set(_HEADINGS.values())))
_LIST = re.compile(rf"\n\n\*\*(?:{_ANY_HEADING})\*\*\n(?:\n\d+\. \[.*\]\([^()\s]*\))+\s*\Z")


def link(text: str, address: str) -> str:
    """A link that shows the text as it is."""
    return f"[{text}]({quote(address, safe=_IN_ADDRESS)})"


def numbered(number: int, address: str) -> str:
    """A marker as a link."""
    return link(f"[{number}]", address)


def source_list(entries: Iterable[tuple[int, str, str]], language: str) -> str:
    """The list below an answer: number, name and address of each source; empty for none."""
    lines = [f"{number}. {link(_plain(name), address)}" for number, name, address in entries]
    if not lines:
        return ""
    return f"\n\n**{in_language(_HEADINGS, language)}**\n\n" + "\n".join(lines)


def without_sources(answer: str) -> str:
    """An earlier answer, which a client sends back, without what was added to it here."""
    return _LINK.sub(r"[\1]", _LIST.sub("", answer))


def _plain(text: str) -> str:
    """A text that says nothing in Markdown."""
    return _SIGNS.sub(r"\\\1", " ".join(text.split()))
