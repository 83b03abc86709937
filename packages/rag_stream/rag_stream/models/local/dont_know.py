"""What the local answerer says where no sentence fits, in many languages."""

from collections.abc import Mapping
from typing import Final

from rag_stream.text.own_words import in_language

_BY_LANGUAGE: Final[Mapping[str, str]] = {
    "en": "I don't know.",
    "zh": "我不知道。",
    "ja": "わかりません。",
    "ko": "모르겠습니다.",
    "es": "No lo sé.",
    "fr": "Je ne sais pas.",
    "de": "Das weiß ich nicht.",
    "pt": "Não sei.",
    "it": "Non lo so.",
    "nl": "Dat weet ik niet.",
    "sv": "Det vet jag inte.",
    "da": "Det ved jeg ikke.",
    "nb": "Det vet jeg ikke.",
    "fi": "En tiedä.",
    "pl": "Nie wiem.",
    "cs": "To nevím.",
    "ro": "Nu știu.",
    "hu": "Nem tudom.",
    "ru": "Я не знаю.",
    "uk": "Я цього не знаю.",
    "el": "Δεν ξέρω.",
    "tr": "Bilmiyorum.",
    "ar": "لا أعرف.",
    "fa": "نمی‌دانم.",
    "he": "לא ידוע לי.",
    "hi": "मुझे नहीं पता।",
    "th": "ไม่ทราบ",
    "vi": "Tôi không biết.",
    "id": "Saya tidak tahu.",
}
DONT_KNOW: Final = _BY_LANGUAGE["en"]
DONT_KNOWS: Final = frozenset(_BY_LANGUAGE.values())
"""All of them, to know one by."""


def dont_know(language: str) -> str:
    """The one of a language; that of English where there is none."""
    return in_language(_BY_LANGUAGE, language)
