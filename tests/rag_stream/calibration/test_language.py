# ruff: noqa: RUF001 - letters of other alphabets are meant here
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag_stream.calibration.everyday import everyday
from rag_stream.calibration.language import language_of

QUESTIONS = {
    "en": ["When was the harbour closed?", "How many files may I upload at once?", "Reset my key"],
    "de": ["Wann wurde der Hafen geschlossen?", "Wie viele Dateien darf ich hochladen?"],
    "fr": ["Quand le port a-t-il été fermé ?", "Combien de fichiers puis-je envoyer ?"],
    "es": ["¿Cuándo cerraron el puerto?", "¿Cuántos archivos puedo subir?"],
    "it": ["Quando è stato chiuso il porto?", "Quanti file posso caricare?"],
    "pt": ["Quando é que o porto foi fechado?", "Quantos ficheiros posso enviar?"],
    "nl": ["Wanneer is de haven gesloten?", "Hoeveel bestanden mag ik uploaden?"],
    "pl": ["Kiedy zamknięto port?", "Ile plików mogę przesłać?"],
    "ru": ["Когда закрыли порт?", "Сколько файлов можно загрузить?"],
    "tr": ["Liman ne zaman kapatıldı?", "Kaç dosya yükleyebilirim?"],
    "ar": ["متى أُغلق الميناء؟", "كم ملفًا يمكنني أن أرفع؟"],
    "hi": ["बंदरगाह कब बंद हुआ?", "मैं कितनी फ़ाइलें भेज सकता हूँ?"],
    "zh": ["港口什么时候关闭？", "一次可以上传多少个文件？", "如何安装软件包"],
    "ja": ["港はいつ閉鎖されましたか？", "一度に何個のファイルを送れますか？"],
    "ko": ["항구는 언제 닫혔나요?", "파일을 몇 개까지 올릴 수 있나요?"],
}


@pytest.mark.parametrize("language", QUESTIONS)
def test_questions_about_anything_are_known_by_their_letters(language: str) -> None:
    assert [language_of(question) for question in QUESTIONS[language]] == [language] * len(
        QUESTIONS[language]
    )


def test_the_everyday_questions_are_of_their_own_language() -> None:
    right = [
        language_of(question) == language
        for language, questions in everyday().items()
        for question in questions
    ]
    assert sum(right) / len(right) > 0.99


@pytest.mark.parametrize("question", ["", "???", "42", "\U0001f6a2", "\ud800"])
def test_what_has_no_letters_counts_as_english(question: str) -> None:
    assert language_of(question) == "en"


@given(st.text())
def test_any_text_has_a_language_that_is_known(question: str) -> None:
    assert language_of(question) in everyday()
