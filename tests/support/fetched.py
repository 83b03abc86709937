"""Fetching in tests: limits that are soon reached, and what a failure says."""

from dataclasses import replace

import httpx
import pytest

from ingest.sources.fetch import Limits, fetch
from ingest.sources.patience import Patience
from rag_stream.errors import SourceError
from tests.support.web_server import Answer

HTML = {"Content-Type": "text/html; charset=utf-8"}
LIMITS = Limits(connect_seconds=5, total_seconds=10, max_bytes=100_000, max_redirects=3)
QUICK = replace(LIMITS, patience=Patience(first_pause=0.01))


async def failure(client: httpx.AsyncClient, url: str, limits: Limits = LIMITS) -> str:
    with pytest.raises(SourceError) as caught:
        await fetch(client, url, limits=limits)
    message = str(caught.value)
    assert message.startswith(f"{url}: ")
    return message.removeprefix(f"{url}: ")


def busy(status: int = 429, **headers: str) -> Answer:
    return Answer(
        "busy", status=status, headers={n.replace("_", "-"): v for n, v in headers.items()}
    )
