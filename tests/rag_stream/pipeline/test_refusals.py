"""Refusals in the language of the question, or the configured one."""

import unicodedata

import pytest

from rag_stream.models.local.dont_know import DONT_KNOW, DONT_KNOWS, dont_know
from rag_stream.pipeline.refusals import REFUSAL, REFUSALS, refusal
from rag_stream.runnable import RagChain
from rag_stream.settings import Settings
from tests.rag_stream.pipeline.test_answer import fill
from tests.support.openai_server import OpenAIServer

SCRIPTS = {
    "en": "LATIN", "es": "LATIN", "fr": "LATIN", "de": "LATIN", "pt": "LATIN", "it": "LATIN",
    "nl": "LATIN", "pl": "LATIN", "tr": "LATIN", "vi": "LATIN", "sv": "LATIN", "cs": "LATIN",
    "id": "LATIN", "zh": "CJK", "ja": "HIRAGANA", "ko": "HANGUL", "ru": "CYRILLIC",
    "uk": "CYRILLIC", "ar": "ARABIC", "fa": "ARABIC", "he": "HEBREW", "hi": "DEVANAGARI",
    "th": "THAI", "el": "GREEK",
}  # fmt: skip


@pytest.mark.parametrize("language", SCRIPTS)
def test_each_language_has_its_own_in_its_letters(language: str) -> None:
    for text in (refusal(language), dont_know(language)):
        assert any(unicodedata.name(letter).startswith(SCRIPTS[language]) for letter in text)
    assert (refusal(language) == REFUSAL) == (dont_know(language) == DONT_KNOW)
    assert (refusal(language) == REFUSAL) == (language == "en")
    assert refusal(language) in REFUSALS
    assert dont_know(language) in DONT_KNOWS


def test_no_two_languages_refuse_alike() -> None:
    assert len({refusal(language) for language in SCRIPTS}) == len(SCRIPTS)


@pytest.mark.parametrize(
    ("code", "same"),
    [
        ("pt-BR", "pt"), ("de-AT", "de"), ("zh-CN", "zh"), ("zh-Hans", "zh"), ("zh-TW", "zh-Hant"),
        ("zh-HK", "zh-Hant"), ("ZH-hant-TW", "zh-Hant"), ("no", "nb"), ("sw", "en"),
    ],
)  # fmt: skip
def test_codes_with_a_region_are_understood(code: str, same: str) -> None:
    assert refusal(code) == refusal(same)
    assert dont_know(code) == dont_know(same)


def test_traditional_chinese_is_another() -> None:
    assert refusal("zh-Hant") != refusal("zh")
    assert dont_know("zh-Hant") == dont_know("zh")


@pytest.mark.parametrize(
    ("question", "configured", "language"),
    [
        ("Wer hat den Pokal gewonnen?", "auto", "de"),
        ("\u8c01\u8d62\u4e86\u5956\u676f\uff1f", "auto", "zh"),
        ("Who won the cup?", "auto", "en"),
        ("Who won the cup?", "fr", "fr"),
        ("Wer hat den Pokal gewonnen?", "en", "en"),
    ],
)
async def test_the_chain_refuses_in_the_language_of_the_question_or_the_configured_one(
    settings: Settings, openai_server: OpenAIServer, question: str, configured: str, language: str
) -> None:
    await fill(settings)
    changes = {"abstain_below": 1.0, "reword": False, "language": configured}
    chain = RagChain(settings.model_copy(update=changes))
    whole = await chain.ainvoke({"input": question})
    await chain.aclose()
    assert (whole["status"]["state"], whole["answer"]) == ("abstained", refusal(language))
