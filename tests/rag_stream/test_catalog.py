"""The table of providers, held against LangChain's own and against the package's extras."""

import tomllib
from importlib import import_module

import pytest
from langchain.chat_models.base import _BUILTIN_PROVIDERS as CHAT
from langchain.embeddings.base import _BUILTIN_PROVIDERS as EMBEDDINGS

from rag_stream import catalog
from tests.support.paths import ROOT


def test_it_is_langchains_table() -> None:
    ours = {name: known.chat for name, known in catalog.INTEGRATIONS.items()}
    theirs = {name: f"{module}.{kind}" for name, (module, kind, _) in CHAT.items()}
    assert {**ours, "openai": "langchain_openai.ChatOpenAI"} == theirs
    ours = {n: known.embeddings for n, known in catalog.INTEGRATIONS.items() if known.embeddings}
    theirs = {name: f"{module}.{kind}" for name, (module, kind, _) in EMBEDDINGS.items()}
    assert {**ours, "openai": "langchain_openai.OpenAIEmbeddings"} == theirs


def test_every_extra_is_declared_with_its_package_and_a_bound() -> None:
    declared = tomllib.loads((ROOT / "packages/rag_stream/pyproject.toml").read_text())["project"]
    extras: dict[str, list[str]] = declared["optional-dependencies"]
    assert set(extras) == {known.extra for known in catalog.INTEGRATIONS.values()}
    always = " ".join(declared["dependencies"])
    for known in catalog.INTEGRATIONS.values():
        needs = extras[known.extra]
        package = known.package.replace("_", "-")
        assert any(need.startswith(package) for need in needs) or package in always
        assert any(need.startswith("langchain>=") for need in needs)
        assert all(",<" in need for need in needs)


@pytest.mark.parametrize("name", ["anthropic", "ollama", "azure_openai"])
def test_classes_are_where_it_says(name: str) -> None:
    known = catalog.INTEGRATIONS[name]
    for path in filter(None, (known.chat, known.embeddings)):
        module, _, kind = path.rpartition(".")
        assert hasattr(import_module(module), kind)


@pytest.mark.parametrize(
    ("fingerprint", "model"),
    [
        ("local:all-MiniLM-L6-v2@53aa5117", "local:all-MiniLM-L6-v2"),
        ("openai:text-embedding-3-small", "openai:text-embedding-3-small"),
        ("google_vertexai:text-embedding@001", "google_vertexai:text-embedding@001"),
        ("", ""),
    ],
)
def test_only_models_of_our_own_have_a_version(fingerprint: str, model: str) -> None:
    assert catalog.model_of(fingerprint) == model
