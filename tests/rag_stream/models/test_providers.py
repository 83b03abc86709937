"""The table of providers, and that importing stays cheap."""

import subprocess
import sys

import pytest

from rag_stream.models.langchain.provider import LangChainProvider
from rag_stream.models.local.provider import LocalProvider
from rag_stream.models.openai.provider import OpenAIProvider
from rag_stream.models.providers import Providers
from rag_stream.settings import load_settings


async def test_each_name_has_its_provider_once() -> None:
    providers = Providers(load_settings(openai_api_key="sk-x", chat_model="openai:m"))
    try:
        provider, model = providers.of("ollama:llama3.2:1b")
        assert isinstance(provider, LangChainProvider)
        assert model == "llama3.2:1b"
        assert providers.of("ollama:other")[0] is provider
        assert isinstance(providers.of("local:extractive")[0], LocalProvider)
        assert isinstance(providers.of("openai:org/model:8b")[0], OpenAIProvider)
    finally:
        await providers.aclose()


@pytest.mark.parametrize(
    ("name", "has_short_way", "reports_finish"),
    [
        ("openai:m", True, True),
        ("local:extractive", False, False),
        ("anthropic:m", False, True),
        ("ollama:m", False, True),
        ("huggingface:m", False, False),
    ],
)
def test_what_is_known_of_a_stream(name: str, has_short_way: bool, reports_finish: bool) -> None:
    wire = Providers(load_settings(), has_pools=False).of(name)[0].wire
    assert (wire.has_short_way, wire.reports_finish) == (has_short_way, reports_finish)


PROBE = """
import sys
from rag_stream.settings import load_settings
from rag_stream.pipeline.runtime import Runtime
heavy = {"langchain", "langchain_openai", "langchain_anthropic", "anthropic", "ollama", "openai"}
Runtime(load_settings(chat_model="anthropic:m", model_kwargs={"api_key": "k"}))
print(sorted(heavy & sys.modules.keys()))
"""


def test_nothing_of_a_provider_is_imported_before_its_model_is_made() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROBE], capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.stdout, done.returncode) == ("[]\n", 0), done.stderr
