"""The parser's own program: its bounds hold for documents, and for nothing else."""

import json
import subprocess
import sys

from ingest.sources.parser_process import HEAD, frame

SLOW_IMPORT = """
import math, sys, time
from ingest.sources.parser_process import serve

class Slow:
    def find_spec(self, name, path=None, target=None):
        if name == "bs4":
            end = math.ceil(time.process_time()) + 1.5
            while time.process_time() < end:
                pass

sys.meta_path.insert(0, Slow())
serve(sys.stdin.buffer, sys.stdout.buffer)
"""


def asked(kind: str, body: bytes) -> bytes:
    how = {"kind": kind, "charset": None, "css_classes": ["a"]}
    return frame({**how, "memory": 60_000_000, "cpu_seconds": 1}, body) + body


def texts(answers: bytes) -> list[str]:
    found = []
    while answers:
        length, size = HEAD.unpack_from(answers)
        answer, rest = answers[HEAD.size :][:length], answers[HEAD.size + length :]
        assert "problem" not in json.loads(answer)
        found.append(rest[:size].decode())
        answers = rest[size:]
    return found


def test_a_documents_seconds_do_not_bound_the_next_ones_imports() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SLOW_IMPORT],
        input=asked("plain", b"first") + asked("html", b"<p class=a>second"),
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert texts(done.stdout) == ["first", "second"]
