"""Messages that are nothing but small talk, and those that only begin with it."""
# ruff: noqa: RUF001 - signs of other scripts are meant here

import pytest

from rag_stream.text.small_talk import small_talk


@pytest.mark.parametrize(
    ("message", "language"),
    [
        ("hi", "en"), ("Hello!!", "en"), ("Thanks a lot 😊", "en"), ("Who are you?", "en"),
        ("That\u2019s all, thanks. Bye!", "en"), ("danke", "de"), ("Vielen Dank, tschüss!", "de"),
        ("Wie geht's?", "de"), ("谢谢", "zh"), ("你好，谢谢！", "zh"), ("謝謝", "zh"),
        ("¿Qué tal?", "es"), ("¡Hola!", "es"), ("Merci beaucoup !", "fr"), ("Grazie mille", "it"),
        ("Muito obrigada", "pt"), ("dank je wel", "nl"), ("Tack så mycket", "sv"),
        ("mange tak", "da"), ("ha det bra", "nb"), ("kiitos", "fi"), ("Dzień dobry", "pl"),
        ("Dobrý den", "cs"), ("Mulțumesc", "ro"), ("Köszönöm szépen", "hu"), ("Спасибо!", "ru"),
        ("Дякую", "uk"), ("Ευχαριστώ πολύ", "el"), ("Teşekkür ederim", "tr"), ("شكرا جزيلا", "ar"),
        ("خداحافظ", "fa"), ("תודה רבה", "he"), ("धन्यवाद", "hi"), ("ขอบคุณครับ", "th"),
        ("Cảm ơn bạn", "vi"), ("Terima kasih", "id"), ("ありがとうございます。", "ja"),
        ("안녕하세요!", "ko"),
    ],
)  # fmt: skip
def test_small_talk(message: str, language: str) -> None:
    assert language in small_talk(message)


@pytest.mark.parametrize(
    "message",
    [
        "hi, what is the notice period?", "Thanks, and in winter?", "hello world", "thanksgiving",
        "Who are the owners?", "What is hello?", "danke, und im Winter?", "Danksagung",
        "谢谢，通知期是多久？", "ok", "", "😊", "...", "hi " * 40, "Hi Peter", "dag",
    ],
)  # fmt: skip
def test_questions(message: str) -> None:
    assert small_talk(message) == ()


def test_a_word_of_assent_goes_on_with_a_talk() -> None:
    assert small_talk("ok", goes_on=True)
    assert not small_talk("ok then what", goes_on=True)
