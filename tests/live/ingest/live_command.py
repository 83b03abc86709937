"""`python -m ingest`: one at a time, interrupted, without its Chroma server, with another model."""

import asyncio
import os
import signal
import subprocess
from pathlib import Path

from rag_stream.index.folder import inside
from tests.support.ingesting import (
    EMBEDDINGS,
    Command,
    found,
    is_alive,
    long_text,
    owner,
    stored,
    stuck_ingest,
    summary,
    wait_for,
)
from tests.support.openai_server import OpenAIServer
from tests.support.service import APP, Service, clean_environment


def test_a_second_ingest_at_the_same_time_is_refused(
    collection: dict[str, str], model: OpenAIServer, command: Command, tmp_path: Path
) -> None:
    (tmp_path / "long.txt").write_text(long_text("basalt"))
    (tmp_path / "short.txt").write_text("A short note.")
    with stuck_ingest(model, collection, tmp_path, "long.txt") as first:
        second = command(collection, "short.txt")
        assert second.returncode == 2
        assert "another ingest is writing to this index" in second.stderr
        assert f"process {first.pid}@" in second.stderr
        assert "try again when it is done" in second.stderr
        assert "Traceback" not in second.stderr
        assert command(collection, "--dry-run", "short.txt").returncode == 0
    # The first one's process is gone, and with it its claim.
    assert command(collection, "short.txt").returncode == 0


def test_an_interrupted_ingest_says_so_and_leaves_the_way_free(
    collection: dict[str, str], model: OpenAIServer, command: Command, tmp_path: Path
) -> None:
    (tmp_path / "long.txt").write_text(long_text("granite"))
    with stuck_ingest(model, collection, tmp_path, "long.txt") as process:
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert errors == "ingest: interrupted (what was done before stays)\n"
    done = command(collection, "--json", "long.txt")
    assert (summary(done)["added"], summary(done)["deleted"]) == (1, 0)


def test_an_interrupted_rebuild_says_that_nothing_has_changed(
    collection: dict[str, str], model: OpenAIServer, command: Command, tmp_path: Path
) -> None:
    (tmp_path / "long.txt").write_text(long_text("marble"))
    assert command(collection, "long.txt").returncode == 0
    before = asyncio.run(stored(collection))
    (tmp_path / "long.txt").write_text(long_text("slate"))
    with stuck_ingest(model, collection, tmp_path, "--rebuild", "long.txt") as process:
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert errors == "ingest: interrupted (the index is as it was before)\n"
    assert asyncio.run(stored(collection)) == before


def test_an_ingest_whose_chroma_server_is_killed_says_so_and_can_be_repeated(
    collection: dict[str, str], model: OpenAIServer, command: Command, tmp_path: Path
) -> None:
    (tmp_path / "long.txt").write_text(long_text("marble"))
    with stuck_ingest(model, collection, tmp_path, "long.txt", embedding_delay=1.0) as process:
        os.kill(owner(collection), signal.SIGKILL)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 2
    assert errors.splitlines()[-1].startswith("ingest: stopped: the index server does not answer")
    assert "Traceback" not in errors
    again = command(collection, "--json", "long.txt")
    assert (again.returncode, summary(again)["added"]) == (0, 1)
    assert len(asyncio.run(stored(collection))) == summary(again)["chunks"]


def test_a_new_embedding_model_needs_a_rebuild_and_gets_one(
    model: OpenAIServer, command: Command, tmp_path: Path
) -> None:
    """Also: the Chroma server ends by itself when the app and the ingest have gone."""
    (tmp_path / "moss.txt").write_text("Moss grows on the north side.")
    env = {
        **model.environment,
        "RAG_CHAT_MODEL": "openai:gpt-4o-mini",
        "RAG_CHROMA_PATH": str(tmp_path / "chroma"),
    }
    small = {**env, "RAG_EMBEDDINGS": f"openai:{EMBEDDINGS}"}
    large = {**env, "RAG_EMBEDDINGS": "openai:text-embedding-3-large"}
    model.script("text-embedding-3-large", dimension=512)
    assert command(small, "moss.txt").returncode == 0

    refused = subprocess.run(
        APP,
        env=clean_environment({**large, "PORT": "0"}),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert refused.returncode == 2
    assert "cannot start" in refused.stderr
    assert "'openai:text-embedding-3-small'" in refused.stderr
    assert "python -m ingest --rebuild" in refused.stderr
    assert "Traceback" not in refused.stderr
    mixed = command(large, "moss.txt")
    assert mixed.returncode == 2
    assert "python -m ingest --rebuild" in mixed.stderr

    rebuilt = command(large, "--json", "--rebuild")
    assert (rebuilt.returncode, rebuilt.stderr) == (0, "")
    assert summary(rebuilt) | {"seconds": 0} == {
        **{"event": "rebuilt", "index": "rag", "embedding_model": large["RAG_EMBEDDINGS"]},
        **{"chunks": 1, "seconds": 0},
    }
    with Service(env=large) as service:
        assert found(service, "Where does moss grow?") == ["Moss grows on the north side."]
        chroma = owner(large)
        assert is_alive(chroma)
    wait_for(lambda: not is_alive(chroma))
    assert not inside(tmp_path / "chroma", "address").exists()
