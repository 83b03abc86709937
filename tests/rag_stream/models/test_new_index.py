"""What a new index is made with."""

import pytest

from rag_stream.models.new_index import choose, complaint, goes_by_languages
from rag_stream.settings import (
    DEFAULT_OPENAI_EMBEDDINGS,
    LOCAL_EMBEDDINGS,
    LOCAL_MULTILINGUAL,
    load_settings,
)


@pytest.mark.parametrize(
    ("set_to", "key", "model", "why"),
    [
        ("auto", "sk-x", DEFAULT_OPENAI_EMBEDDINGS, "OPENAI_API_KEY is set"),
        ("ollama:bge-m3", "sk-x", "ollama:bge-m3", "RAG_EMBEDDINGS names it"),
        (LOCAL_EMBEDDINGS, None, LOCAL_EMBEDDINGS, "RAG_EMBEDDINGS names it"),
    ],
)
def test_what_is_set_and_a_key_count_whatever_the_languages(
    set_to: str, key: str | None, model: str, why: str
) -> None:
    settings = load_settings(embeddings=set_to, openai_api_key=key)
    choice = choose(settings, ["zh", "en"])
    assert (choice.model, choice.why) == (model, why)
    assert not goes_by_languages(settings)


@pytest.mark.parametrize(
    ("languages", "model", "why"),
    [
        ([], LOCAL_EMBEDDINGS, "it is the default without OPENAI_API_KEY"),
        (["en"], LOCAL_EMBEDDINGS, "the documents are in English"),
        (["zh"], LOCAL_MULTILINGUAL, "there are documents in other languages (zh)"),
        (["en", "th", "de"], LOCAL_MULTILINGUAL, "there are documents in other languages (de, th)"),
    ],
)
def test_without_a_key_the_languages_of_the_documents_decide(
    languages: list[str], model: str, why: str
) -> None:
    settings = load_settings(embeddings="auto", openai_api_key=None)
    assert goes_by_languages(settings)
    choice = choose(settings, languages)
    assert (choice.model, choice.why) == (model, why)


def test_a_model_of_one_language_is_pointed_out_where_there_are_others() -> None:
    told = complaint(LOCAL_EMBEDDINGS, ["en", "ru", "de"], "notes")
    assert told is not None
    assert told.startswith("the index 'notes' was built with 'local:all-MiniLM-L6-v2'")
    assert "(de, ru)" in told
    command = "RAG_EMBEDDINGS=local:multilingual-e5-small python -m ingest --rebuild"
    assert command in told
    assert complaint(LOCAL_EMBEDDINGS, ["en"], "notes") is None
    assert complaint(LOCAL_MULTILINGUAL, ["en", "ru"], "notes") is None
    assert complaint("openai:m", ["ru"], "notes") is None
