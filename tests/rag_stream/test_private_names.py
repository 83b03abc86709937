"""Names that other packages do not promise, of which the template and the ingest depend.

The upper bounds in the two pyproject files keep the next major versions out; what changes
within them is told here, by name.
"""

import httpx2
import openai
import pytest

from tests.support.private_names import Use, problem_of, unbounded, unlisted, unused

_SRC = "packages/rag_stream/rag_stream"
_CHAT = f"{_SRC}/models/openai/chat.py"
_REPLAY = f"{_SRC}/models/openai/replay.py"
_CONNECTIONS = f"{_SRC}/models/langchain/connections.py"
_EXTRACTIVE = f"{_SRC}/models/local/extractive.py"
_STORE = f"{_SRC}/vector_store.py"
_CALLED_WITH = ("messages", "stop", "run_manager")
_MODEL = "langchain_core.language_models:BaseChatModel"

USES = [
    Use(
        "langchain_core.runnables:Runnable._atransform_stream_with_config",
        f"{_SRC}/runnable.py",
        ("config", "run_type"),
    ),
    # Overridden: under another name they would never be called.
    Use(f"{_MODEL}._agenerate", _EXTRACTIVE, _CALLED_WITH),
    Use(f"{_MODEL}._astream", _EXTRACTIVE, _CALLED_WITH),
    Use(f"{_MODEL}._generate", _EXTRACTIVE, _CALLED_WITH),
    Use(f"{_MODEL}._stream", _EXTRACTIVE, _CALLED_WITH),
    Use(f"{_MODEL}._llm_type", _EXTRACTIVE),
    Use(f"{_MODEL}._identifying_params", _EXTRACTIVE),
    Use(f"{_MODEL}._get_ls_params", _EXTRACTIVE, ("stop",)),
    Use(f"{_MODEL}._get_invocation_params", _EXTRACTIVE, ("stop",)),
    Use(
        "langchain_openai.chat_models.base:BaseChatOpenAI._astream",
        _CHAT,
        (*_CALLED_WITH, "stream_usage"),
    ),
    Use("langchain_openai:ChatOpenAI._get_request_payload", _CHAT, ("stop",)),
    Use("langchain_openai:ChatOpenAI._convert_chunk_to_generation_chunk", _CHAT),
    Use("langchain_openai:ChatOpenAI.root_async_client", _CHAT),
    Use("langchain_openai.chat_models.base:_create_usage_metadata", _CHAT),
    Use(
        "openai.resources.embeddings:AsyncEmbeddings._client",
        f"{_SRC}/models/openai/embeddings.py",
    ),
    Use(
        "openai.resources.embeddings:AsyncEmbeddings._client",
        f"{_SRC}/models/openai/client_embeddings.py",
    ),
    Use("openai._constants:RAW_RESPONSE_HEADER", _REPLAY),
    Use(
        "openai:AsyncOpenAI.post",
        _REPLAY,
        ("path", "body", "cast_to", "options", "stream", "stream_cls"),
    ),
    # What the client gives where that header asks for a "stream".
    Use("openai._response:AsyncAPIResponse.http_request", _REPLAY),
    Use("openai._response:AsyncAPIResponse.http_response", _REPLAY),
    Use("openai._response:AsyncAPIResponse.iter_bytes", _REPLAY),
    Use("openai._response:AsyncAPIResponse.close", _REPLAY),
    Use("langchain_openai.chat_models.base:BaseChatOpenAI._use_responses_api", _CHAT),
    Use("langchain_anthropic:ChatAnthropic._client_params", _CONNECTIONS),
    Use("langchain_anthropic:ChatAnthropic._async_client", _CONNECTIONS),
    Use("langchain_ollama:ChatOllama._async_client", _CONNECTIONS),
    Use("langchain_ollama:OllamaEmbeddings._async_client", _CONNECTIONS),
    Use("chromadb.api.client:Client._server", _STORE),
    Use("chromadb.api.client:Client._admin_client", _STORE),
    Use("chromadb.api.client:AdminClient._server", _STORE),
    Use("chromadb.api.fastapi:FastAPI._session", _STORE),
    Use("chromadb_rust_bindings:cli", f"{_SRC}/index/server_process.py"),
]


@pytest.mark.parametrize("use", USES, ids=str)
def test_the_name_is_there_and_takes_what_it_is_given(use: Use) -> None:
    assert problem_of(use) is None


def test_every_private_name_is_listed() -> None:
    assert unlisted([_SRC, "ingest"], USES) == []


def test_every_listed_name_is_used() -> None:
    assert unused(USES) == []


def test_their_packages_have_upper_bounds() -> None:
    assert unbounded(USES) == []


async def test_the_openai_client_numbers_its_tries() -> None:
    """The header that tells a first request, which is kept as the pattern, from another try."""
    tries = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        tries.append(request.headers["x-stainless-retry-count"])
        return httpx2.Response(
            200 if len(tries) > 1 else 503, json={}, headers={"retry-after": "0"}
        )

    http = httpx2.AsyncClient(transport=httpx2.MockTransport(answer))
    async with openai.AsyncOpenAI(api_key="k", base_url="http://x", http_client=http) as client:
        await client.post("/chat/completions", cast_to=object, body={})
    assert tries == ["0", "1"]
