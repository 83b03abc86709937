"""The answer where nothing retrieved is relevant, in many languages."""
# ruff: noqa: RUF001 - letters of other alphabets are meant here

from collections.abc import Mapping
from typing import Final

from rag_stream.text.own_words import in_language

_BY_LANGUAGE: Final[Mapping[str, str]] = {
    "en": "I found nothing about this in the documents.",
    "zh": "我在这些文档中没有找到与此相关的内容。",
    "zh-Hant": "我在這些文件中沒有找到與此相關的內容。",
    "ja": "これについて、文書の中には何も見つかりませんでした。",
    "ko": "문서에서 이에 대한 내용을 찾지 못했습니다.",
    "es": "No he encontrado nada sobre esto en los documentos.",
    "fr": "Je n'ai rien trouvé à ce sujet dans les documents.",
    "de": "Dazu habe ich in den Dokumenten nichts gefunden.",
    "pt": "Não encontrei nada sobre isto nos documentos.",
    "it": "Non ho trovato nulla su questo nei documenti.",
    "nl": "Ik heb hierover niets in de documenten gevonden.",
    "sv": "Jag hittade inget om detta i dokumenten.",
    "da": "Jeg fandt intet om dette i dokumenterne.",
    "nb": "Jeg fant ingenting om dette i dokumentene.",
    "fi": "En löytänyt asiakirjoista tästä mitään.",
    "pl": "Nie udało mi się znaleźć nic na ten temat w dokumentach.",
    "cs": "V dokumentech se o tom nic nenašlo.",
    "ro": "Nu am găsit nimic despre aceasta în documente.",
    "hu": "Erről semmit sem találtam a dokumentumokban.",
    "ru": "В документах об этом ничего не найдено.",
    "uk": "У документах про це нічого не знайдено.",
    "el": "Δεν βρήκα τίποτα σχετικό στα έγγραφα.",
    "tr": "Belgelerde bununla ilgili bir şey bulamadım.",
    "ar": "لم أجد شيئًا عن هذا في المستندات.",
    "fa": "درباره این موضوع چیزی در اسناد پیدا نکردم.",
    "he": "לא מצאתי על כך דבר במסמכים.",
    "hi": "मुझे दस्तावेज़ों में इसके बारे में कुछ नहीं मिला।",
    "th": "ไม่พบข้อมูลเกี่ยวกับเรื่องนี้ในเอกสาร",
    "vi": "Tôi không tìm thấy gì về điều này trong các tài liệu.",
    "id": "Saya tidak menemukan apa pun tentang hal ini dalam dokumen.",
}
REFUSAL: Final = _BY_LANGUAGE["en"]
REFUSALS: Final = frozenset(_BY_LANGUAGE.values())
"""All of them, to know one by."""


def refusal(language: str) -> str:
    """The one of a language; that of English where there is none."""
    return in_language(_BY_LANGUAGE, language)
