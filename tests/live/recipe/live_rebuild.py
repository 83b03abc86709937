"""`python -m ingest --rebuild` of some sources, of all, and where it fails."""

import asyncio
from pathlib import Path

import pytest

from ingest import pipeline
from ingest.cli import main
from ingest.remains import Remains
from rag_stream.settings import Settings
from tests.support.openai_server import OpenAIServer
from tests.support.recut import ALL, REFERENCE, Command, events, index, write


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
