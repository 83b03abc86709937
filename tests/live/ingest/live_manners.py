"""`python -m ingest` over a server that is busy: nothing is lost, and it is not pressed."""

import gzip
import json
import time
from collections.abc import Iterator

from tests.support.service import ingest
from tests.support.web_server import HTML, Answer, WebServer


def page(number: int) -> str:
    return f"<html><body><p>The heron of pond {number} fishes at dawn.</p></body></html>"


def slowly(number: int) -> Answer:
    def body() -> Iterator[bytes]:
        time.sleep(0.05)
        yield page(number).encode()

    return Answer(body, headers=HTML)


def busy(status: int, **headers: str) -> Answer:
    return Answer("busy", status=status, headers=headers)


def test_a_busy_server_gives_all_its_pages_in_the_end(env: dict[str, str]) -> None:
    packed = gzip.compress(page(3).encode())
    half = {**HTML, "Content-Encoding": "gzip"}
    well = [Answer(page(number), headers=HTML) for number in range(6)]
    with WebServer() as web:
        entries = "".join(f"<url><loc>/{number}</loc></url>" for number in range(20))
        web.pages |= {f"/{number}": slowly(number) for number in range(6, 20)}
        web.pages |= {
            "/sitemap.xml": [busy(503), Answer(f"<urlset>{entries}</urlset>")],
            "/0": [busy(429, **{"Retry-After": "1"}), well[0]],
            "/1": [busy(500), busy(502), busy(504), well[1]],
            "/2": [Answer(page(2), headers={**HTML, "Content-Length": "5000"}), well[2]],
            "/3": [Answer(packed[:-20], headers=half), Answer(packed, headers=half)],
            "/4": busy(503, **{"Retry-After": "7200"}),
            "/5": Answer(packed[:-20], headers=half),
        }
        done = ingest(env, "--json", "--allow-private", "--sitemap", web.url("/sitemap.xml"))
        told = [json.loads(line) for line in done.stdout.splitlines()]
        assert done.returncode == 1
        assert [line["source"] for line in told if line["event"] == "source"] == [
            web.url(f"/{number}") for number in (0, 1, 2, 3, *range(6, 20))
        ]
        assert [line["message"] for line in told if line["event"] == "problem"] == [
            f"{web.url('/4')}: answered 503 Service Unavailable, to come back in 7200 s",
            f"{web.url('/5')}: the compressed answer ends in the middle",
        ]
        asked = [web.asked_for(f"/{number}") for number in range(20)]
        assert asked == [2, 4, 2, 2, 1, 4, *[1] * 14]
        assert web.most_at_once == 2


def test_a_doubtful_encoding_is_said(env: dict[str, str]) -> None:
    with WebServer() as web:
        plain = {"Content-Type": "text/plain"}
        web.pages["/note.txt"] = Answer("Perché non è possibi".encode("cp850"), headers=plain)
        mixed = "Das Café schließt um neun Uhr. ".encode() * 30 + "René".encode("cp1252")
        web.pages["/mixed.md"] = Answer(mixed, headers=plain)
        done = ingest(env, "--json", web.url("/note.txt"), web.url("/mixed.md"))
    assert done.returncode == 0
    notes = done.stderr.splitlines()
    assert any("/note.txt: its encoding is not said; read as " in note for note in notes)
    assert any("/mixed.md: not all of it is utf-8: 1 bytes read as cp1252" in n for n in notes)
