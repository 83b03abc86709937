"""What the service says that it is for, where no language model answers a greeting."""
# ruff: noqa: RUF001 - letters of other alphabets are meant here

from collections.abc import Mapping
from typing import Final

from rag_stream.text.own_words import in_language

_BY_LANGUAGE: Final[Mapping[str, str]] = {
    "en": "I answer questions from the documents I was given: just ask.",
    "zh": "我根据这里的文档回答问题，请随意提问。",
    "zh-Hant": "我根據這裡的文件回答問題，請隨意提問。",
    "ja": "ここにある文書をもとに質問にお答えします。お気軽にどうぞ。",
    "ko": "여기 있는 문서를 바탕으로 질문에 답해 드립니다. 편하게 물어보세요.",
    "es": "Respondo preguntas a partir de estos documentos: pregunte lo que quiera.",
    "fr": "Je réponds aux questions à partir de ces documents : posez la vôtre.",
    "de": "Ich beantworte Fragen aus den vorliegenden Dokumenten: Fragen Sie einfach.",
    "pt": "Respondo a perguntas com base nestes documentos: é só perguntar.",
    "it": "Rispondo a domande in base a questi documenti: chieda pure.",
    "nl": "Ik beantwoord vragen aan de hand van deze documenten: vraag maar.",
    "sv": "Jag svarar på frågor utifrån de här dokumenten: fråga gärna.",
    "da": "Jeg svarer på spørgsmål ud fra disse dokumenter: spørg bare.",
    "nb": "Jeg svarer på spørsmål ut fra disse dokumentene: bare spør.",
    "fi": "Vastaan kysymyksiin näiden asiakirjojen perusteella: kysy vapaasti.",
    "pl": "Odpowiadam na pytania na podstawie tych dokumentów: śmiało, pytaj.",
    "cs": "Odpovídám na otázky podle těchto dokumentů: klidně se ptejte.",
    "ro": "Răspund la întrebări pe baza acestor documente: întrebați liber.",
    "hu": "Kérdésekre válaszolok ezekből a dokumentumokból: kérdezzen bátran.",
    "ru": "Я отвечаю на вопросы по этим документам: просто спросите.",
    "uk": "Я відповідаю на запитання за цими документами: просто запитайте.",
    "el": "Απαντώ σε ερωτήσεις με βάση αυτά τα έγγραφα: ρωτήστε ελεύθερα.",
    "tr": "Bu belgelere dayanarak soruları yanıtlarım: sormanız yeterli.",
    "ar": "أجيب عن الأسئلة اعتمادًا على هذه المستندات، فتفضل بسؤالك.",
    "fa": "من بر پایه این اسناد به پرسش‌ها پاسخ می‌دهم؛ بفرمایید بپرسید.",
    "he": "אני עונה על שאלות מתוך המסמכים האלה: אפשר פשוט לשאול.",
    "hi": "मैं इन दस्तावेज़ों के आधार पर सवालों के जवाब देता हूँ: बेझिझक पूछिए।",
    "th": "ฉันตอบคำถามจากเอกสารเหล่านี้ ถามได้เลย",
    "vi": "Tôi trả lời câu hỏi dựa trên các tài liệu này: bạn cứ hỏi.",
    "id": "Saya menjawab pertanyaan berdasarkan dokumen ini: silakan bertanya.",
}
INTRODUCTIONS: Final = frozenset(_BY_LANGUAGE.values())
"""All of them, to know one by."""


def introduction(language: str) -> str:
    """The one of a language; that of English where there is none."""
    return in_language(_BY_LANGUAGE, language)
