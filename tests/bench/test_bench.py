"""The speed comparison at its smallest: our service and the relay, measured for a moment."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bench import pace, wires
from bench.call import Call
from bench.capacity import Level, most_held, p95
from bench.reading import read
from bench.rows import rows
from bench.scale import QUICK, Scale
from tests.support.paths import ROOT
from tests.support.service import clean_environment

SCENARIOS = "abcdef"


def bench(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "bench", *map(str, arguments)]


def marked(mark: str) -> list[int]:
    """The processes whose environment holds the mark."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and mark.encode() in (entry / "environ").read_bytes():
                found.append(int(entry.name))
        except OSError:
            pass  # it has just ended, or is not ours to look into
    return found


@pytest.mark.services
def test_a_quick_look_measures_everything_and_leaves_nothing(tmp_path: Path) -> None:
    mark = f"BENCH_TEST={os.getpid()}-quick"
    name, _, value = mark.partition("=")
    done = subprocess.run(
        bench("--quick", "--out", tmp_path),
        cwd=ROOT,
        env=clean_environment({name: value}),
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    table = (tmp_path / "bench.md").read_text()
    assert table in done.stdout
    wanted = rows(QUICK, SCENARIOS)
    assert len(wanted) > 20
    for row in wanted:
        (line,) = [line for line in table.splitlines() if line.startswith(f"| {row.label}")]
        ours, relay = [cell.strip() for cell in line.strip("|").split("|")[1:]]
        assert ours != "-", line
        # The relay has neither of LangServe's logs, and retrieves nothing.
        assert (relay == "-") == row.label.startswith(("stream_", "retrieval")), line
    written = json.loads((tmp_path / "bench.json").read_text())
    assert list(written["servers"]) == ["ours", "relay"]
    assert written["figures"]["paced_streams"]["relay"] == [QUICK.most_streams]
    # Answers that were cut off, wrong or missing would be named.
    assert [line for line in written["warnings"] if "other programs" not in line] == []
    assert marked(mark) == []


@pytest.mark.services
def test_a_signal_ends_everything(tmp_path: Path) -> None:
    mark = f"BENCH_TEST={os.getpid()}-signal"
    name, _, value = mark.partition("=")
    running = subprocess.Popen(
        bench("--quick", "--only", "relay", "--scenarios", "b", "--rounds", "9", "--out", tmp_path),
        cwd=ROOT,
        env=clean_environment({name: value}),
        stderr=subprocess.PIPE,
        text=True,
    )
    assert running.stderr is not None
    for line in running.stderr:
        if "streams:" in line:
            break
    assert len(marked(mark)) >= 3  # itself, the stand-in model, the relay
    running.send_signal(signal.SIGTERM)
    assert running.wait(20) == 128 + signal.SIGTERM
    running.stderr.close()
    assert marked(mark) == []


@pytest.mark.parametrize("arguments", [["--only", "nobody"], ["--scenarios", "z"], ["--rounds=0"]])
def test_bad_options_are_named(arguments: list[str]) -> None:
    done = subprocess.run(
        bench(*arguments), cwd=ROOT, capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == 2
    assert "expected" in done.stderr


@pytest.mark.parametrize(
    "wanted", [pace.Pace(), pace.Pace(5), pace.Pace(200, 50, 300, 100), pace.Pace(1, 9, 0, 3)]
)
def test_a_pace_survives_being_spelled(wanted: pace.Pace) -> None:
    assert pace.find(f"What is it? (number 3, {wanted.spell()})") == wanted


def test_a_text_without_a_pace_has_none() -> None:
    assert pace.find("bench-embed and bench-chat") is None


async def a_call(*parts: bytes) -> Call:
    call = Call(b"", b"t0")
    call.asked_at = 0.0
    for number, part in enumerate(parts, start=1):
        call.parts.append(part)
        call.times.append(float(number))
    return call


HEAD = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
EVENTS = [
    b'event: data\r\ndata: {"answer":"%b"}\r\n\r\n' % pace.token(number).encode()
    for number in range(3)
]
END = b"event: end\r\n\r\n"


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


async def test_a_reading_dates_each_event_by_the_read_that_completed_it() -> None:
    first, second = chunk(EVENTS[0]), chunk(EVENTS[1] + EVENTS[2])
    cut = len(chunk(EVENTS[1])) - 8  # inside the second event
    call = await a_call(
        HEAD + first, second[:cut], second[cut:], chunk(b": ping\r\n" + END), b"0\r\n\r\n"
    )
    reading = read(call, wires.LangServe, 3)
    assert reading.problem is None
    assert reading.times == [1.0, 3.0, 3.0]
    assert reading.tokens == 3
    assert reading.gaps == [2.0, 0.0]
    assert reading.stretch(ideal_s=1.0) == 2.0


@pytest.mark.parametrize(
    ("parts", "problem"),
    [
        ([], "no response"),
        ([b"HTTP/1.1 503 no\r\ncontent-length: 2\r\n\r\n{}"], "no stream but"),
        ([HEAD, chunk(EVENTS[0])], "cut off"),
        ([HEAD, *map(chunk, EVENTS), b"0\r\n\r\n"], "without its end"),
        ([HEAD, *map(chunk, [*EVENTS[:2], END]), b"0\r\n\r\n"], "2 tokens instead of 3"),
        ([HEAD, *map(chunk, [EVENTS[1], *EVENTS[:2], END]), b"0\r\n\r\n"], "not the same"),
        ([HEAD, chunk(b'event: error\r\ndata: {"no":1}\r\n\r\n'), b"0\r\n\r\n"], "an error event"),
    ],
)
async def test_a_reading_names_what_is_wrong(parts: list[bytes], problem: str) -> None:
    found = read(await a_call(*parts), wires.LangServe, 3).problem
    assert found is not None
    assert problem in found


@pytest.mark.parametrize("limit", [0, 1, 7, 20, 23, 500, 1024])
@pytest.mark.parametrize("guess", [1, 16, 64, 2000])
async def test_the_search_finds_the_limit_and_stays_below_it(limit: int, guess: int) -> None:
    tried: list[int] = []

    async def attempt(streams: int) -> Level:
        tried.append(streams)
        return Level(streams, is_held=streams <= limit)

    best = await most_held(attempt, guess, Scale())
    assert len(tried) < 40
    if limit == 0:
        assert best is None
    else:
        assert best is not None
        assert limit * 0.9 - 1 <= best.streams <= limit


async def test_one_hiccup_is_no_limit() -> None:
    failed = False

    async def attempt(streams: int) -> Level:
        nonlocal failed
        hiccup, failed = not failed, True
        return Level(streams, is_held=streams <= 100 and not hiccup)

    best = await most_held(attempt, 16, Scale())
    assert best is not None
    assert best.streams >= 90


def test_p95_is_the_nearest_rank() -> None:
    assert p95([float(number) for number in range(1, 101)]) == 95.0
    assert p95([3.0]) == 3.0
