"""When the model is loaded, with what, and what is said where its files are missing."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from rag_stream.errors import WeightsError
from rag_stream.models.local.embeddings import MiniLMEmbeddings
from rag_stream.models.local.manifest import MINILM, WEIGHTS_FILE
from rag_stream.models.local.weights import find_model
from tests.support.minilm import TEXTS


@pytest.fixture
def without_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without the files and without a registry; returns the cache to use."""
    # A module of that name first on the path hides the installed package.
    (tmp_path / "hide").mkdir()
    (tmp_path / "hide" / f"{MINILM.package}.py").touch()
    monkeypatch.syspath_prepend(tmp_path / "hide")
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA", "HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    for name in ("PIP_NO_INDEX", "UV_NO_INDEX", "UV_NO_CONFIG"):
        monkeypatch.setenv(name, "1")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    for name in ("PIP_FIND_LINKS", "UV_FIND_LINKS"):
        monkeypatch.setenv(name, str(tmp_path / "hide"))
    return tmp_path / "cache"


async def test_missing_files_fail_every_question_until_they_are_there(
    request: pytest.FixtureRequest, capfd: pytest.CaptureFixture[str]
) -> None:
    installed = find_model(None)
    assert installed is not None
    cache: Path = request.getfixturevalue("without_model")
    fresh = MiniLMEmbeddings(cache=cache)
    ended = await asyncio.gather(
        *(fresh.aembed_query(text) for text in TEXTS), return_exceptions=True
    )
    assert {type(error) for error in ended} == {WeightsError}
    assert "`python -m rag_stream.weights all-MiniLM-L6-v2`" in str(ended[0])
    # One failed fetch stands for the rest.
    with pytest.raises(WeightsError, match=r"python -m rag_stream\.weights"):
        await fresh.aembed_documents(["a text"])
    assert capfd.readouterr().err.count("fetching it once") == 1

    for name in MINILM.files:
        (cache / MINILM.model / name).symlink_to(installed / name)
    assert len(await fresh.aembed_query("And now?")) == 384


def test_files_of_another_model_are_a_clear_error(without_model: Path) -> None:
    folder = without_model / MINILM.model
    folder.mkdir(parents=True)
    (folder / WEIGHTS_FILE).write_bytes(b"something else")
    (folder / "tokenizer.json").write_bytes(b"{}")
    with pytest.raises(WeightsError, match="could not be fetched"):
        MiniLMEmbeddings(cache=without_model).load()


@pytest.fixture
def python(tmp_path: Path) -> Callable[[str], list[str]]:
    """Run a program in a new process with an empty home; returns the words it printed."""

    def run(program: str) -> list[str]:
        # Without what would mark the process as a test run to onnxruntime's telemetry.
        environment = {name: os.environ[name] for name in ("PATH",) if name in os.environ}
        done = subprocess.run(
            [sys.executable, "-c", program],
            env={**environment, "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stderr == ""
        return done.stdout.split()

    return run


def test_building_it_loads_nothing(python: Callable[[str], list[str]]) -> None:
    modules = python(
        "import sys; from rag_stream.models.local.embeddings import MiniLMEmbeddings;"
        "MiniLMEmbeddings();print(*sys.modules)"
    )
    assert not {"onnxruntime", "tokenizers"} & set(modules)


def test_using_it_is_silent_leaves_no_trace_and_needs_no_torch(
    python: Callable[[str], list[str]], tmp_path: Path
) -> None:
    modules = python(
        "import sys; from rag_stream.models.local.embeddings import MiniLMEmbeddings;"
        "MiniLMEmbeddings().embed_query('hello');"
        "print(*sys.modules)"
    )
    assert "onnxruntime" in modules
    assert not {"torch", "transformers", "sentence_transformers", MINILM.package} & set(modules)
    # onnxruntime's telemetry would have written a device id and a queue of events here.
    assert list(tmp_path.rglob("*")) == []
