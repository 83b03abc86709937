"""The measurement of endings at its smallest, and its reader of what services send."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench.endings import reading, speech
from bench.endings.ending import ending, numbering
from bench.endings.goals import nearest_rank
from bench.endings.reading import ReadingError
from bench.pace import Pace
from tests.support.faulty_model import FaultyModel
from tests.support.paths import ROOT
from tests.support.service import clean_environment

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
METADATA = b'id: 1\r\nevent: metadata\r\ndata: {"run_id":"r"}\r\n\r\n'
TOKEN = b'id: 2\r\nevent: data\r\ndata: {"answer":"one"}\r\n\r\n'
STATUS = b'id: 3\r\nevent: data\r\ndata: {"status":{"state":"completed"}}\r\n\r\n'
END = b"id: 4\r\nevent: end\r\n\r\n"
PROBLEM = {
    "status_code": 503,
    "code": "overloaded",
    "stage": "request",
    "message": "later",
    "retryable": True,
    "run_id": None,
}
ERROR = b"id: 3\r\nevent: error\r\ndata: " + json.dumps(PROBLEM).encode() + b"\r\n\r\n"
CLOSE = b"0\r\n\r\n"


def endings(*arguments: str | Path, timeout: float = 30) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bench.endings", *map(str, arguments)],
        cwd=ROOT,
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


@pytest.mark.services
@pytest.mark.parametrize(
    ("workers", "parts"),
    [
        (1, ["leaks", "cancel"]),
        (1, ["sigterm", "overload"]),
        (1, ["hostile", "worst"]),
        (2, ["resume"]),
    ],
)
def test_a_quick_look_measures_every_part(workers: int, parts: list[str], tmp_path: Path) -> None:
    """Times of so few say nothing, and on a busy machine some goals are missed."""
    done = endings(
        *("--quick", "--workers", str(workers), "--only", ",".join(parts), "--out", tmp_path),
        timeout=150,
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    assert (tmp_path / "endings.md").read_text() in done.stdout
    written = json.loads((tmp_path / "endings.json").read_text())
    assert [part["part"] for part in written["parts"]] == parts
    for part in written["parts"]:
        assert len(part["goals"]) >= 5, part
        for goal in part["goals"]:
            is_timing = goal["goal"].startswith(("<=", "p99"))
            assert goal["is_reached"] or is_timing, (goal, part["remarks"])
    assert done.returncode == (not all(part["is_reached"] for part in written["parts"]))


@pytest.mark.parametrize("arguments", [["--only", "nobody"], ["--workers", "0"]])
def test_bad_options_are_named(arguments: list[str]) -> None:
    done = endings(*arguments)
    assert done.returncode == 2
    assert "expected" in done.stderr


def test_a_whole_stream_is_completed() -> None:
    found = ending(HEAD + chunk(METADATA + TOKEN) + chunk(b": ping\r\n" + STATUS + END) + CLOSE)
    assert (found.how, found.answer, found.run_id, found.wrong) == ("completed", "one", "r", "")
    assert numbering(found.events) == ""
    assert "has the id 3" in numbering(found.events[2:])


@pytest.mark.parametrize("end", range(len(HEAD), len(HEAD) + 200, 7))
def test_a_stream_that_stops_anywhere_is_cut(end: int) -> None:
    whole = HEAD + chunk(METADATA) + chunk(TOKEN) + chunk(STATUS) + chunk(END) + CLOSE
    found = ending(whole[:end])
    assert (found.how, found.wrong) == ("cut", "")


def test_an_error_is_an_ending_on_either_way() -> None:
    found = ending(HEAD + chunk(METADATA + TOKEN + ERROR) + CLOSE)
    assert (found.how, found.status, found.code, found.wrong) == ("failed", 200, "overloaded", "")
    body = json.dumps(PROBLEM).encode()
    head = b"HTTP/1.1 503 No\r\nretry-after: 1\r\ncontent-length: %d\r\n\r\n" % len(body)
    found = ending(head + body)
    assert (found.how, found.status, found.code, found.wrong) == ("failed", 503, "overloaded", "")
    assert ending(head + body[:-1]).how == "cut"
    assert ending(b"").how == "nothing"


@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        (chunk(METADATA + TOKEN) + CLOSE, "without an ending"),
        (chunk(METADATA + ERROR + ERROR) + CLOSE, "after the end"),
        (chunk(METADATA + STATUS + END + TOKEN) + CLOSE, "after the end"),
        (chunk(METADATA + TOKEN + END) + CLOSE, "status"),
        (chunk(METADATA + TOKEN[:-2]) + CLOSE, "inside an event"),
        (chunk(METADATA + b"event: news\r\n\r\n") + CLOSE, "unknown event"),
        (chunk(METADATA + b"data: 1\r\n\r\n") + CLOSE, "without a name"),
        (chunk(METADATA + b"id: 1\r\nid: 2\r\nevent: data\r\n\r\n") + CLOSE, "second one"),
        (chunk(TOKEN.replace(b"one", "\u2028".encode())) + CLOSE, "a raw"),
        (chunk(TOKEN.replace(b"one", b"\xe2\x82")) + CLOSE, "UnicodeDecodeError"),
        (b"4\r\n" + TOKEN + CLOSE, "longer than its size"),
        (chunk(METADATA + STATUS + END) + CLOSE + b"x", "more after the end"),
    ],
)
def test_what_no_client_should_get_is_named(sent: bytes, wrong: str) -> None:
    assert wrong in ending(HEAD + sent).wrong


def test_a_head_that_is_none_is_named() -> None:
    with pytest.raises(ReadingError, match="status line"):
        reading.response(b"HTTP/1.1 OK\r\n\r\n")
    with pytest.raises(ReadingError, match="second one"):
        reading.response(b"HTTP/1.1 200 OK\r\na: 1\r\nA: 2\r\n\r\n")
    with pytest.raises(ReadingError, match="where the body ends"):
        reading.response(b"HTTP/1.1 200 OK\r\na: 1\r\n\r\n")


def test_no_two_answers_share_a_token() -> None:
    pace = Pace(60, 40, 5, 3)
    assert set(speech.tokens(1, 60)).isdisjoint(speech.tokens(11, 60))
    assert speech.answer(1, pace) == "".join(speech.tokens(1, 60))
    assert f"fault:{speech.NAME}:1 {pace.spell()}" in speech.question(1, pace)


def test_the_model_is_asked_by_the_faulty_models_rules() -> None:
    with FaultyModel() as model:
        body = {"messages": [{"content": speech.question(12, Pace(3))}]}
        call = model.note("/v1/chat/completions", body)
        assert call is not None
        assert call.fault == speech.NAME
        model.end(call, "finished")


def test_percentiles_are_values() -> None:
    values = [float(number) for number in range(1, 101)]
    assert [nearest_rank(values, share) for share in (0.01, 0.5, 0.99, 1.0)] == [1, 50, 99, 100]
    assert nearest_rank([3.0], 0.99) == 3.0
