"""Which language a question is to be answered in, and how a prompt names it."""
# ruff: noqa: RUF001 - letters of other alphabets are meant here

import pytest

from rag_stream.pipeline.reply_language import reply_language, said_of

QUESTIONS = [
    ("How long may I keep a bicycle?", "en"),
    ("reset password", "en"),
    ("docker compose restart", "en"),
    ("Wie lange darf ich das Fahrrad behalten?", "de"),
    ("Wann öffnet der Verleih?", "de"),
    ("Combien de temps puis-je garder le vélo ?", "fr"),
    ("¿Cuánto tiempo puedo quedarme con la bicicleta?", "es"),
    ("Quanto tempo posso ficar com a bicicleta?", "pt"),
    ("Per quanto tempo posso tenere la bicicletta?", "it"),
    ("Hoe lang mag ik de fiets houden?", "nl"),
    ("Jak długo mogę zatrzymać rower?", "pl"),
    ("Jak dlouho si mohu nechat kolo?", "cs"),
    ("Hur länge får jag behålla cykeln?", "sv"),
    ("Bisikleti ne kadar süre tutabilirim?", "tr"),
    ("Tôi được giữ xe đạp bao lâu?", "vi"),
    ("Berapa lama saya bisa menyimpan sepeda itu?", "id"),
    ("Как долго можно держать велосипед?", "ru"),
    ("Скільки часу можна тримати велосипед?", "uk"),
    ("Πόσο καιρό μπορώ να κρατήσω το ποδήλατο;", "el"),
    ("كم من الوقت يمكنني الاحتفاظ بالدراجة؟", "ar"),
    ("چه مدت می‌توانم دوچرخه را نگه دارم؟", "fa"),
    ("כמה זמן אפשר להחזיק את האופניים?", "he"),
    ("मैं साइकिल कितने दिन रख सकता हूँ?", "hi"),
    ("自転車はどのくらい借りられますか？", "ja"),
    ("자전거를 얼마나 오래 빌릴 수 있나요?", "ko"),
    ("自行车可以借多久？", "zh"),
    ("腳踏車可以借多久？這個問題很難嗎？", "zh-Hant"),
    ("ยืมจักรยานได้นานเท่าไร", "th"),
    # Names in other letters
    ("PostgreSQL 是什么？", "zh"),
    ("Что такое PostgreSQL?", "ru"),
    ("What does Москва mean?", "en"),
    ("When was the Universidad de Salamanca founded?", "en"),
    # Languages that there is nothing of
    ("سائیکل کتنے دن رکھ سکتا ہوں؟", "en"),
    ("সাইকেল কতদিন রাখা যায়?", "en"),
    ("1234?", "en"),
    ("\U0001f6b2\U0001f6b2", "en"),
    ("", "en"),
]


@pytest.mark.parametrize(("question", "language"), QUESTIONS)
def test_the_language_of_the_question(question: str, language: str) -> None:
    assert reply_language(question, "auto") == language


def test_a_configured_language_is_that_of_every_question() -> None:
    assert {reply_language(question, "ja") for question, _ in QUESTIONS} == {"ja"}


@pytest.mark.parametrize(
    ("configured", "said"),
    [
        ("auto", "the language of the question"),
        ("de", "German"),
        ("pt-BR", "Portuguese"),
        ("zh-TW", "Chinese in traditional characters"),
        ("en-GB", "English"),
        ("sw", "the language with the code sw"),
    ],
)
def test_how_a_prompt_names_it(configured: str, said: str) -> None:
    assert said_of(configured) == said
