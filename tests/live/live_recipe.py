"""`python -m ingest` on an index that was made otherwise: what it says, does and leaves."""

import asyncio
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ingest import pipeline
from ingest.cli import main
from ingest.remains import Remains
from rag_stream.indexing.recipe import Recipe
from rag_stream.indexing.smoothing import Smoother, places
from rag_stream.pipeline.runtime import Runtime
from rag_stream.settings import Settings
from tests.support.openai_server import OpenAIServer

LONG = " ".join(f"Sentence {number} tells of the number {number * 7}." for number in range(60))
REFERENCE = {"RAG_PROFILE": "reference"}
WIDER = {"RAG_CHUNK_SIZE": "500"}
ALL = ("long.txt", "other.txt", "short.txt")

Command = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def command(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    """The ingest command in this process, on this test's index."""
    monkeypatch.setenv("RAG_CHROMA_URL", str(settings.chroma_url))
    monkeypatch.setenv("RAG_COLLECTION", settings.collection)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-stand-in")
    monkeypatch.setenv("OPENAI_BASE_URL", str(settings.openai_base_url))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")

    def run(*arguments: str, **env: str) -> "subprocess.CompletedProcess[str]":
        with monkeypatch.context() as patch:
            for name, value in env.items():
                patch.setenv(name, value)
            capsys.readouterr()
            status = main(arguments)
        return subprocess.CompletedProcess(arguments, status, *capsys.readouterr())

    return run


def events(done: "subprocess.CompletedProcess[str]") -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.stdout.splitlines()]


async def _index(settings: Settings) -> tuple[dict[str, Any], dict[str, list[str]], bool]:
    """The metadata, each source's texts in order, and whether all vectors are of that recipe."""
    runtime = Runtime(settings)
    try:
        state = await runtime.index.snapshot()
        recipe = Recipe.of(state.collection.metadata)
        assert recipe is not None
        client = await runtime.index.client()
        records = await client.get(state.collection, vectors=True)
        records.sort(key=lambda record: int(record.metadata["start_index"]))
        texts: dict[str, list[str]] = {}
        labels: dict[tuple[str, str], Any] = {}
        for record in records:
            texts.setdefault(str(record.metadata["source"]), []).append(record.text)
            labels[str(record.metadata["source"]), record.text] = record.metadata
        expected = {}
        for source, row in texts.items():
            smoother = Smoother(runtime.embedder, recipe.weights, recipe.headings)
            told = [labels[source, text] for text in row]
            around, paths = zip(*places(row, told, recipe.weights, recipe.headings), strict=True)
            vectors = await smoother.vectors(around, paths)
            expected.update({(source, text): v for text, v in zip(row, vectors, strict=True)})
        is_true = all(
            np.allclose(
                record.vector, expected[str(record.metadata["source"]), record.text], atol=1e-4
            )
            for record in records
        )
        return dict(state.collection.metadata), texts, is_true
    finally:
        await runtime.aclose()


def index(settings: Settings) -> tuple[dict[str, Any], dict[str, list[str]], bool]:
    return asyncio.run(_index(settings))


def write(folder: Path) -> None:
    (folder / "long.txt").write_text(LONG)
    (folder / "short.txt").write_text("A short note.")
    (folder / "other.txt").write_text(LONG.replace("Sentence", "Paragraph"))


def test_another_chunk_size_recuts_what_is_named_although_its_text_is_the_same(
    command: Command, settings: Settings, tmp_path: Path
) -> None:
    write(tmp_path)
    first = command("--json", *ALL)
    assert [event["event"] for event in events(first)] == ["source"] * 3 + ["summary"]

    dry = command("--json", "--dry-run", "long.txt", "short.txt", **WIDER)
    done = command("--json", "long.txt", "short.txt", **WIDER)
    for run in (dry, done):
        recipe, long, short, _ = events(run)
        assert recipe["event"] == "recipe"
        assert recipe["differences"] == ["chunk size 300, now 500"]
        assert recipe["made"]["chunk_size"] == 300
        assert recipe["configured"]["chunk_size"] == 500
        assert "what is named here is cut anew, the rest stays as cut" in recipe["message"]
        assert run.stderr == ""
        assert (long["change"], short["change"]) == ("changed", "unchanged")
    metadata, texts, is_true = index(settings)
    assert (metadata["chunk_size"], metadata["mixed_cut"], is_true) == (500, True, True)
    assert max(map(len, texts["long.txt"])) > 300 >= max(map(len, texts["other.txt"]))

    mixed = command("--json", "long.txt", **WIDER)
    assert "may hold sources of another cut" in events(mixed)[0]["message"]
    command(*ALL, **WIDER)
    metadata, texts, is_true = index(settings)
    assert (metadata["chunk_size"], metadata["mixed_cut"], is_true) == (500, False, True)
    assert max(map(len, texts["other.txt"])) > 300
    assert "the index" not in command(*ALL, **WIDER).stderr


def test_another_profile_takes_its_cut_at_once_and_its_smoothing_at_a_rebuild(
    command: Command, settings: Settings, tmp_path: Path
) -> None:
    write(tmp_path)
    assert "the index" not in command(*ALL).stderr
    (tmp_path / "new.txt").write_text(LONG.replace("Sentence", "News"))
    done = command("new.txt", **REFERENCE)
    assert "smoothing 0.5 0.25, now none" in done.stderr
    assert "vectors keep the smoothing the index has" in done.stderr
    metadata, texts, is_true = index(settings)
    assert is_true
    assert (metadata["smoothing"], metadata["chunker"], metadata["mixed_cut"]) == (
        "0.5 0.25",
        "recursive",
        True,
    )
    assert max(map(len, texts["new.txt"])) > 900

    rebuilt = command("--rebuild", **REFERENCE)
    assert "all is embedded anew, chunks stay as cut" in rebuilt.stderr
    metadata, after, is_true = index(settings)
    assert (after, is_true) == (texts, True)
    assert (metadata["smoothing"], metadata["mixed_cut"]) == ("none", True)


def test_a_rebuild_of_sources_redoes_them_and_keeps_the_others(
    command: Command, settings: Settings, openai_server: OpenAIServer, tmp_path: Path
) -> None:
    write(tmp_path)
    command(*ALL)
    generation = index(settings)[0]["generation"]
    done = command("--json", "--rebuild", "long.txt", "gone.txt", **REFERENCE)
    assert done.returncode == 1  # one of them could not be read: it stays as it was
    kinds = [event["event"] for event in events(done)]
    assert kinds == ["problem", "recipe", "source", "rebuilt", "summary"]
    assert events(done)[1]["message"].endswith(
        "what is named here is cut anew, the rest stays as cut, all is embedded anew"
    )
    metadata, texts, is_true = index(settings)
    assert metadata["generation"] == generation + 1
    assert (metadata["smoothing"], metadata["chunker"], metadata["mixed_cut"], is_true) == (
        "none",
        "recursive",
        True,
        True,
    )
    assert events(done)[3]["chunks"] == sum(map(len, texts.values()))
    assert set(texts) == {"long.txt", "other.txt", "short.txt"}
    assert max(map(len, texts["long.txt"])) > 900 > 300 >= max(map(len, texts["other.txt"]))

    before = len(openai_server.embeddings)
    (tmp_path / "other.txt").unlink()
    again = command("--json", "--rebuild", "--prune", ".", **REFERENCE)
    changes = {Path(e["source"]).name: e["change"] for e in events(again) if e["event"] == "source"}
    assert changes == {"long.txt": "unchanged", "short.txt": "unchanged", "other.txt": "removed"}
    assert len(openai_server.embeddings) > before
    metadata, texts, is_true = index(settings)
    assert (metadata["mixed_cut"], is_true) == (False, True)
    folder = tmp_path.name  # the files given alone are its own by now
    assert set(texts) == {f"{folder}/long.txt", f"{folder}/short.txt"}


def test_a_rebuild_of_sources_takes_up_another_model_and_fails_whole(
    command: Command, settings: Settings, openai_server: OpenAIServer, tmp_path: Path
) -> None:
    write(tmp_path)
    command(*ALL)
    before = index(settings)
    large = "text-embedding-3-large"
    openai_server.script(large, status=400)
    failed = command("--rebuild", "long.txt", RAG_EMBEDDINGS=f"openai:{large}")
    assert failed.returncode == 2
    assert failed.stderr.endswith(" (the index is as it was before)\n")
    assert index(settings) == before
    openai_server.script(large, status=None, dimension=512)
    done = command("--rebuild", "long.txt", RAG_EMBEDDINGS=f"openai:{large}")
    assert done.returncode == 0
    assert "embedding model openai:text-embedding-3-small" in done.stderr
    metadata, texts, is_true = index(settings.model_copy(update={"embeddings": f"openai:{large}"}))
    assert (metadata["dimension"], texts, is_true) == (512, before[1], True)


def test_where_there_is_no_index_yet_a_rebuild_of_sources_makes_one(
    command: Command, settings: Settings, tmp_path: Path
) -> None:
    write(tmp_path)
    done = command("--rebuild", "short.txt")
    assert (done.returncode, done.stderr) == (0, "")
    assert index(settings)[1] == {"short.txt": ["A short note."]}


def test_where_there_is_no_index_yet_what_a_rebuild_did_before_it_stopped_stays(
    command: Command, settings: Settings, openai_server: OpenAIServer, tmp_path: Path
) -> None:
    write(tmp_path)
    openai_server.once("text-embedding-3-small")
    openai_server.once("text-embedding-3-small", status=400)
    done = command("--rebuild", "short.txt", "long.txt")
    assert done.returncode == 2
    assert done.stderr.endswith(" (what was done before stays)\n")
    assert index(settings)[1] == {"short.txt": ["A short note."]}


def test_a_rebuild_that_is_done_stays_done(
    command: Command, settings: Settings, tmp_path: Path
) -> None:
    write(tmp_path)
    command("short.txt")
    remains = Remains()
    assert asyncio.run(pipeline.run(pipeline.Request(rebuild=True), settings, remains)) == 0
    assert str(remains) == "what was done before stays"


def test_an_emptied_index_takes_up_what_is_configured_and_a_dry_run_knows(
    command: Command, settings: Settings, tmp_path: Path
) -> None:
    write(tmp_path)
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "long.txt").write_text(LONG)
    command("docs")
    (docs / "long.txt").unlink()
    (docs / "empty.txt").write_text("\n")
    assert "removed docs/long.txt" in command("--prune", "docs").stdout
    dry = command("--dry-run", "long.txt", **REFERENCE)
    done = command("long.txt", **REFERENCE)
    assert (dry.returncode, dry.stderr, done.stderr) == (0, "", "")
    told = done.stdout.splitlines()[0]
    assert dry.stdout.splitlines()[0] == f"would be {told}"
    metadata, texts, is_true = index(settings)
    assert (metadata["chunker"], metadata["mixed_cut"], is_true) == ("recursive", False, True)
    assert max(map(len, texts["long.txt"])) > 900


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--rebuild", "--dry-run", "a.txt"], "expected no --dry-run, --if-empty"),
        (["--rebuild", "--if-empty"], "expected no --dry-run, --if-empty"),
        (["--rebuild", "--prune"], "--prune takes out what is not named: expected a SOURCE"),
    ],
)
def test_options_that_do_not_go_together_are_named(
    arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(arguments)
    assert complaint in capsys.readouterr().err
