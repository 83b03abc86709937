"""Recordings of the service's wire: exchanges as text, what differs from run to run made equal.

Each carriage return is written as the sign U+240D, so that the files keep plain lines.
"""

import json
import os
import re
from collections.abc import Iterable
from pathlib import Path

from tests.support.stepped import Exchange, Request

FOLDER = Path(__file__).parents[1] / "data" / "wire"
RECORD = "RECORD_WIRE"
"""The variable that has the recordings written anew."""

# Of the web server: the time, and the length of what is in the body anyway.
_NOT_OURS = {"date", "server", "content-length"}
_LONGEST_BODY = 200
_RUN_ID = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
_TIMINGS = re.compile(r'(?<="timings_ms":\{)[^}]*')
_NUMBER = re.compile(r"(?<=:)[0-9.e+-]+")
_TIME = re.compile(r'(?:(?<=_time":")|(?<=_time","value":"))[^"]*')


def normalised(text: str) -> str:
    """The text without what no two runs share.

    Run ids become `<run 1>`, `<run 2>`, ... in the order in which they first come up, the
    numbers of `timings_ms` 0, and `start_time` and `end_time` `<time>`.
    """
    names: dict[str, str] = {}
    text = _RUN_ID.sub(lambda id: names.setdefault(id[0], f"<run {len(names) + 1}>"), text)
    text = _TIMINGS.sub(lambda timings: _NUMBER.sub("0", timings[0]), text)
    return _TIME.sub("<time>", text)


def transcript(exchanges: Iterable[Exchange]) -> str:
    """Requests and responses, one after the other, as a recording has them."""
    return normalised("\n\n".join(_written(exchange) for exchange in exchanges) + "\n")


def recorded(name: str, text: str) -> str:
    """The recording of that name; where recordings are being made, `text` becomes it."""
    path = FOLDER / f"{name}.txt"
    if os.environ.get(RECORD):
        FOLDER.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    # As bytes: reading text would make other line ends of some.
    return path.read_bytes().decode()


def _written(exchange: Exchange) -> str:
    headers = [
        f"{name}: {value}" for name, value in exchange.headers if name.lower() not in _NOT_OURS
    ]
    body = exchange.body.decode().replace("\r", "\u240d")
    return "\n".join([*_asked(exchange.request), exchange.status_line, *headers, "", body])


def _asked(request: Request) -> list[str]:
    body = request.body
    sent = repr(body) if isinstance(body, bytes) else "" if body is None else json.dumps(body)
    shown = sent if len(sent) <= _LONGEST_BODY else f"{sent[:_LONGEST_BODY]} ..."
    headers = [f"> {name}: {value}" for name, value in request.headers.items()]
    return [f"> {request.method} {request.path} {shown}".rstrip(), *headers]
