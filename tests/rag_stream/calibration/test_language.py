# ruff: noqa: RUF001 - letters of other alphabets are meant here
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag_stream.calibration.everyday import everyday
from rag_stream.calibration.language import language_of
from rag_stream.text.function_words import LANGUAGES

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
    "id": ["Kapan pelabuhan ditutup?", "Berapa banyak berkas yang boleh saya unggah?"],
    "bn": ["বন্দর কখন বন্ধ হয়েছিল?", "আমি কতগুলি ফাইল পাঠাতে পারি?"],
    "el": ["Πότε έκλεισε το λιμάνι;", "Πόσα αρχεία μπορώ να στείλω;"],
    "cs": ["Kdy byl přístav uzavřen?", "Kolik souborů mohu nahrát?"],
    "ro": ["Când a fost închis portul?", "Câte fișiere pot încărca?"],
    "hu": ["Mikor zárták be a kikötőt?", "Hány fájlt tölthetek fel?"],
    "ko": ["항구는 언제 닫혔나요?", "파일을 몇 개까지 올릴 수 있나요?"],
}
ENGLISH = (
    "kubectl get pods", "HTTP 429 retry", "reset password", "json schema", "max connections",
    "enable TLS", "Default port?", "List all namespaces", "nginx config", "pip install",
    "parental leave", "CORS", "SSO", "docker compose", "error 503", "remove user",
    "delete account", "export CSV", "git rebase", "rate limits", "API key", "import error",
    "man page", "plus sign", "hat size", "set locale", "travel expenses", "change avatar",
    "memory leak", "node version", "us region", "over quota", "cancel order", "no such file",
    "file permissions 0644", "co-op", "non-null", "est timezone", "as root", "don't panic",
    "nginx reverse proxy config example upstream", "delete old backup files cron job linux",
)  # fmt: skip
SHORT = {
    "de": ["Wo ist die Kasse?", "Wie hoch ist die Gebühr?", "Was kostet das?", "Gebühr",
           "Wer hat Zutritt?", "Kann ich stornieren?", "Gilt das auch sonntags?"],
    "fr": ["Où est la gare ?", "Combien ça coûte ?", "Quand ouvre le bureau ?",
           "Est-ce gratuit ?", "Quel est le tarif ?"],
    "es": ["¿Cuánto cuesta?", "Cuanto cuesta el billete?", "¿Qué es esto?", "¿Hay descuento?"],
    "it": ["Dove si trova la chiave?", "Quando apre il museo?", "Come si paga?"],
    "nl": ["Hoeveel kost het?", "Waar is de sleutel?", "Wat kost dit?"],
    "sv": ["Vad kostar det?", "Hur mycket kostar det?", "Var finns nyckeln?"],
    "pl": ["Ile to kosztuje?", "Gdzie jest klucz?"],
}  # fmt: skip


@pytest.mark.parametrize("language", QUESTIONS)
def test_questions_about_anything_are_known_by_their_letters(language: str) -> None:
    assert [language_of(question) for question in QUESTIONS[language]] == [language] * len(
        QUESTIONS[language]
    )


@pytest.mark.parametrize("question", ENGLISH)
def test_a_few_words_without_anything_of_another_language_are_english(question: str) -> None:
    assert language_of(question) == "en"


@pytest.mark.parametrize("language", SHORT)
def test_short_questions_are_known_by_a_function_word_or_a_letter(language: str) -> None:
    told = {question: language_of(question) for question in SHORT[language]}
    assert told == dict.fromkeys(told, language)


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


@given(
    st.lists(
        st.sampled_from(sorted({word for words in LANGUAGES.values() for word in words.split()})),
        max_size=5,
    )
)
def test_function_words_of_any_language_do_too(words: list[str]) -> None:
    assert language_of(" ".join(words)) in everyday()
