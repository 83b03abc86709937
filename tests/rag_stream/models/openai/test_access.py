"""The way to OpenAI's server: over our own connections, or through a proxy."""

import pytest

from rag_stream.models.openai.access import openai_pool
from rag_stream.models.openai.transport import PooledClient
from rag_stream.pipeline.runtime import Runtime
from rag_stream.settings import Settings, load_settings
from tests.support.openai_server import OpenAIServer
from tests.support.raw_server import raw_server, read_request

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"


async def test_without_openai_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Settings] = []
    monkeypatch.setattr("rag_stream.models.openai.provider.openai_pool", made.append)
    runtime = Runtime(load_settings())
    await runtime.aclose()
    assert made == []


async def test_the_server_is_asked_over_our_own_connections(
    settings: Settings, openai_server: OpenAIServer
) -> None:
    client = openai_pool(settings)
    assert isinstance(client, PooledClient)
    async with client:
        assert (await client.get(f"{openai_server.url}/models")).status_code == 200


async def test_a_proxy_of_the_environment_is_asked_instead(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    asked: list[bytes] = []

    async def proxy(reader, writer) -> None:  # type: ignore[no-untyped-def]
        head, _ = await read_request(reader)
        asked.append(head.split()[1])
        writer.write(OK)
        await writer.drain()

    async with raw_server(proxy) as port:
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{port}")
        url = "http://models.example/v1"
        client = openai_pool(settings.model_copy(update={"openai_base_url": url}))
        assert client is not None
        assert not isinstance(client, PooledClient)
        async with client:
            assert (await client.get(f"{url}/models")).json() == {}
    assert asked == [b"http://models.example/v1/models"]
