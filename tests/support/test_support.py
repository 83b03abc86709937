"""The tools of the live tests: event reader, service runner."""

import sys
import time
from http.client import IncompleteRead
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from tests.support import service, sse
from tests.support.openai_server import OpenAIServer
from tests.support.service import Service, clean_environment

ASK: Any = {"model": "m", "messages": [{"role": "user", "content": "Why?"}], "stream": True}
STAND_IN = (sys.executable, "-m", "tests.support.openai_server", "--port", "{port}")


def test_events_comments_and_ids_are_told_apart() -> None:
    text = b': ping\nid: 1\nevent: data\ndata: {"a":\ndata: 1}\n\nretry: 5\n\nevent: end\r\n\r\n'
    comment, data, retry, end = sse.parse([text[:20], text[20:33], text[33:]])
    assert comment.comment == "ping"
    assert (data.event, data.id, data.json()) == ("data", "1", {"a": 1})
    assert retry.retry == 5
    assert (end.event, end.data) == ("end", None)


@pytest.mark.parametrize(
    "text",
    [
        "data: x\n",
        "data: x",
        "data: a\u2028b\n\n",
        "data: a\x85b\n\n",
        "date: x\n\n",
        "event: a\nevent: b\n\n",
    ],
)
def test_what_clients_trip_over_is_refused(text: str) -> None:
    with pytest.raises(sse.SSEError):
        sse.parse([text.encode()])


def test_events_are_read_while_the_answer_is_still_made(openai_server: OpenAIServer) -> None:
    release = Event()
    openai_server.script(answer=["a", "b", "c"], hold_after=2, release=release)
    with sse.post(f"{openai_server.url}/chat/completions", ASK) as stream:
        events = iter(stream)
        before = [next(events) for _ in range(3)]  # the role chunk and two tokens
        assert openai_server.chats[0].outcome == "live"
        release.set()
        after = list(events)
    assert after[-1].data == "[DONE]"
    assert before[-1].at <= after[0].at


def test_a_cut_connection_is_no_end(openai_server: OpenAIServer) -> None:
    openai_server.script(drop_after=1)
    with (
        sse.post(f"{openai_server.url}/chat/completions", ASK) as stream,
        pytest.raises(IncompleteRead),
    ):
        list(stream)


def test_abort_is_seen_by_the_server(openai_server: OpenAIServer) -> None:
    openai_server.script(hang="first_token")
    with sse.post(f"{openai_server.url}/chat/completions", ASK) as stream:
        assert next(iter(stream)).json()["choices"]
        stream.abort()
    openai_server.wait_until(lambda: openai_server.calls[0].outcome == "abandoned")


def test_an_answer_that_is_no_stream_is_shown(openai_server: OpenAIServer) -> None:
    openai_server.script(status=429, error_message="too many")
    with sse.post(f"{openai_server.url}/chat/completions", ASK) as stream:
        assert stream.status == 429
        with pytest.raises(sse.SSEError, match="too many"):
            list(stream)


def test_service_runs_while_the_block_lasts() -> None:
    with Service(STAND_IN, ready="/v1/models") as server:
        assert server.url in server.output()
        folder, process = server.folder, server.process
        with sse.post(f"{server.url}/v1/chat/completions", ASK) as stream:
            assert list(stream)
    assert process.returncode is not None
    assert not folder.exists()


def test_service_that_ends_early_shows_its_log() -> None:
    command = (sys.executable, "-c", "raise SystemExit('no such setting')")
    with pytest.raises(RuntimeError, match="no such setting"), Service(command):
        pass


def test_service_that_ignores_sigterm_is_killed() -> None:
    program = "import signal, time; signal.signal(15, signal.SIG_IGN); print('up'); time.sleep(60)"
    server = Service((sys.executable, "-c", program))
    server.wait_ready = lambda: wait_for_output(server)  # type: ignore[method-assign]
    server.__enter__()
    with pytest.raises(RuntimeError, match="ignores SIGTERM"):
        server.terminate(0.2)
    server.kill()
    assert server.process.returncode == -9


def wait_for_output(server: Service) -> None:
    deadline = time.monotonic() + 20
    while "up" not in server.output() and time.monotonic() < deadline:
        time.sleep(0.02)


def test_settings_of_the_developer_do_not_leak(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-real")
    monkeypatch.setenv("RAG_K", "99")
    monkeypatch.setenv("PORT", "1")
    environment = clean_environment({"RAG_K": "3"})
    assert "OPENAI_API_KEY" not in environment
    assert "PORT" not in environment
    assert environment["RAG_K"] == "3"


def test_ingest_output_is_captured(tmp_path: Path) -> None:
    (tmp_path / "ingest.py").write_text("import sys; print(sys.argv[1:]); sys.exit(4)")
    done = service.ingest({"PYTHONPATH": str(tmp_path)}, "--dry-run", tmp_path, cwd=tmp_path)
    assert done.returncode == 4
    assert done.stdout == f"{['--dry-run', str(tmp_path)]}\n"
