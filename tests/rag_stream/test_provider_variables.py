"""What the environment says to other providers."""

from pathlib import Path

import pytest

from rag_stream.provider_variables import ProviderVariables
from rag_stream.settings import load_settings


def test_the_environment_wins_over_the_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    dotenv = tmp_path / "some.env"
    dotenv.write_text("ANTHROPIC_API_KEY=from-file\nGROQ_API_KEY=from-file\nOTHER=x\n")
    monkeypatch.setenv("GROQ_API_KEY", "from-environment")
    monkeypatch.setenv("XAI_API_KEY", "  ")
    found = ProviderVariables(str(dotenv))
    assert found.get("ANTHROPIC_API_KEY") == "from-file"
    assert found.get("GROQ_API_KEY") == "from-environment"
    assert found.get("XAI_API_KEY") is None
    assert found.get("OTHER") is None


def test_keys_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-secret")
    settings = load_settings(model_kwargs={"api_key": "sk-secret"})
    assert "sk-secret" not in repr(settings)
    assert "sk-secret" not in repr(settings.of_providers)
    assert "sk-secret" not in repr(vars(settings.of_providers))


def test_one_of_a_group_will_do_and_so_will_a_parameter(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(provider: str, **given: str) -> tuple[tuple[str, ...], ...]:
        return load_settings().of_providers.missing(provider, given)

    assert missing("google_genai") == (("GOOGLE_API_KEY", "GEMINI_API_KEY"),)
    assert missing("google_genai", api_key="k") == ()
    assert missing("google_genai", google_api_key="k") == ()
    monkeypatch.setenv("GEMINI_API_KEY", "k")
    assert missing("google_genai") == ()
    assert missing("ollama") == ()
    assert missing("openai") == ()
