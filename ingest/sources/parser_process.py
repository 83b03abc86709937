"""The program that parses what anybody may have written: pages and sitemaps.

`python -P -m ingest.sources.parser_process`; `parser.py` starts it, asks it over its standard
input and ends it. It holds no key and no connection. For each document it bounds itself: the
kernel refuses it memory beyond what it held plus an allowance, and kills it when its seconds of
processor time are over, also if nobody is left who would.

A message is two lengths, a JSON object and bytes. An answer has `problem`, or the result.
"""

import gc
import json
import math
import os
import resource
import struct
import sys
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import IO, Any

from rag_stream.errors import SourceError

HEAD = struct.Struct(">II")
OUT_OF_MEMORY = 3
"""The exit status of who was refused memory: what is left of it cannot be relied on."""

_BIG = 200_000
"""Bytes of a document from which on looking after memory is worth its milliseconds."""
_OF_MARKDOWN = ["ingest.sources.markdown.convert", "markdown_it", "mdit_py_plugins.footnote"]
_OF_MARKDOWN += ["mdit_py_plugins.deflist", "mdit_py_plugins.dollarmath", "yaml"]
_NEEDED = {
    **dict.fromkeys(("markdown", "mdx"), _OF_MARKDOWN),
    "notebook": [*_OF_MARKDOWN, "ingest.sources.notebook"],
    "rst": ["ingest.sources.rst.convert", "ingest.sources.rst.registry", "docutils.core"],
    "org": ["ingest.sources.org"],
}
_NEARLY_ALL = 7 / 8
_RETIRE_BYTES = 200_000_000
"""Beyond what it began with: memory comes back to the system in part only."""


def frame(header: dict[str, Any], body: bytes | bytearray = b"") -> bytes:
    """The beginning of a message, which its body follows."""
    text = json.dumps(header).encode()
    return HEAD.pack(len(text), len(body)) + text


def serve(requests: IO[bytes], answers: IO[bytes]) -> None:
    """Answer one request after another until there are no more."""
    _bound(resource.RLIMIT_CORE, 0)
    began: int | None = None
    while len(head := requests.read(HEAD.size)) == HEAD.size:
        length, size = HEAD.unpack(head)
        asked = json.loads(requests.read(length))
        body = requests.read(size)
        _prepare(asked, body)
        held = _address_space()
        began = began or held
        if held:
            _bound(resource.RLIMIT_AS, held + asked["memory"])
        _bound(resource.RLIMIT_CPU, math.ceil(_cpu_seconds()) + asked["cpu_seconds"])
        before = _reset_peak() if size > _BIG else 0
        try:
            answer, text = _answer(asked, body)
        except MemoryError:
            os._exit(OUT_OF_MEMORY)
        if before and _peak() - before > asked["memory"] * _NEARLY_ALL:
            # Libraries may have taken a refusal for a page without content.
            os._exit(OUT_OF_MEMORY)
        del body
        if size > _BIG:
            gc.collect()  # soup goes in circles
        answer["retire"] = _address_space() > began + _RETIRE_BYTES
        for what in (resource.RLIMIT_AS, resource.RLIMIT_CPU):
            _bound(what, resource.RLIM_INFINITY)  # the next document's imports are not this one's
        answers.write(frame(answer, text))
        answers.write(text)
        answers.flush()


def _answer(asked: dict[str, Any], body: bytes) -> tuple[dict[str, Any], bytes]:
    from ingest.sources.ends import Ends
    from ingest.sources.extract import extract
    from ingest.sources.extracted import EmptyError
    from ingest.sources.sitemap_xml import read_sitemap

    try:
        if asked["kind"] == "sitemap":
            listed = read_sitemap(body)
            # As they are: escaped, most scripts take three times the room.
            locations = json.dumps(listed.locations, ensure_ascii=False)
            return {"sitemaps": listed.sitemaps}, _text(locations)
        ends = Ends(frozenset(asked.get("repeats", ())), asked.get("ends", False))
        found = extract(body, asked["kind"], asked["charset"], asked["css_classes"], ends)
        said = {
            "title": found.title,
            "details": found.details,
            "includes": found.includes,
            "note": found.note,
            "ends": found.ends,
        }
        return said, _text(found.text)
    except SourceError as error:
        return {"problem": str(error), "is_empty": isinstance(error, EmptyError)}, b""
    except MemoryError:
        raise
    except RecursionError:
        return {"problem": "nested too deeply to be parsed"}, b""
    except Exception as error:  # noqa: BLE001  # whatever it is, it is the document's
        return {"problem": f"cannot be parsed ({type(error).__name__})"}, b""


def _text(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def _prepare(asked: dict[str, Any], body: bytes) -> None:
    """Import what the document needs, outside of its bounds."""
    if asked["kind"] == "sitemap":
        needed = ["lxml.etree"]
    elif asked["kind"] == "html":
        needed = ["bs4"]
        if not asked["css_classes"] and b"post-content" not in body:
            needed += ["ingest.sources.content", "trafilatura"]
    else:
        needed = ["chardet", *_NEEDED.get(asked["kind"], [])]
    if new := [name for name in needed if name not in sys.modules]:
        for name in new:
            import_module(name)
        gc.collect()
        gc.freeze()  # never looked through again


def _address_space() -> int:
    """Bytes; 0 where the system does not say."""
    try:
        pages = Path("/proc/self/statm").read_text().split()[0]
    except OSError:
        return 0
    return int(pages) * resource.getpagesize()


def _reset_peak() -> int:
    """Let `_peak` begin anew; the bytes held now."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")
    return _peak()


def _peak() -> int:
    """The most bytes of memory held; 0 where the system does not say."""
    with suppress(OSError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _bound(what: int, value: int) -> None:
    _, hard = resource.getrlimit(what)
    if hard != resource.RLIM_INFINITY and (value == resource.RLIM_INFINITY or value > hard):
        value = hard
    resource.setrlimit(what, (value, hard))


if __name__ == "__main__":
    # A channel of its own: what a library prints shall not stand between two answers.
    channel = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    serve(sys.stdin.buffer, channel)
