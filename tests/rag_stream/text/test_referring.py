import pytest

from rag_stream.text.function_words import LANGUAGES
from rag_stream.text.referring import GOING_ON, REFERRING, UNSPACED, going_on, referring


def test_words_are_compared_folded_and_small() -> None:
    assert {"it", "its", "those"} <= referring("en")
    assert "dafur" in referring("de") or "dafür" in referring("de")
    assert referring("xx") == going_on("xx") == frozenset()


@pytest.mark.parametrize("language", sorted(GOING_ON))
def test_a_language_that_goes_on_also_refers(language: str) -> None:
    assert going_on(language)
    assert referring(language)
    assert language in LANGUAGES


def test_every_list_is_of_words_without_repeats() -> None:
    for words in (*REFERRING.values(), *GOING_ON.values()):
        assert len(words.split()) == len(set(words.split()))


@pytest.mark.parametrize("text", ["它在哪里", "その値段", "มันราคาเท่าไร"])
def test_scripts_without_blanks_refer_too(text: str) -> None:
    assert UNSPACED.search(text)
