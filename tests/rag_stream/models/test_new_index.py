"""What a new index is made with."""

import pytest

from rag_stream.models.new_index import choose
from rag_stream.settings import DEFAULT_OPENAI_EMBEDDINGS, NEW_INDEX_EMBEDDINGS, load_settings


@pytest.mark.parametrize(
    ("set_to", "key", "model", "why"),
    [
        ("auto", None, NEW_INDEX_EMBEDDINGS, "it is the default without OPENAI_API_KEY"),
        ("auto", "sk-x", DEFAULT_OPENAI_EMBEDDINGS, "OPENAI_API_KEY is set"),
        ("ollama:bge-m3", "sk-x", "ollama:bge-m3", "RAG_EMBEDDINGS names it"),
    ],
)
def test_the_choice_says_why(set_to: str, key: str | None, model: str, why: str) -> None:
    choice = choose(load_settings(embeddings=set_to, openai_api_key=key), ["zh", "en"])
    assert (choice.model, choice.why) == (model, why)
