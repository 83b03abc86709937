"""The host of the protocol's server: there when asked for, and a clear word without its library."""

import asyncio
import subprocess
import sys
from contextlib import asynccontextmanager
from typing import Any

import pytest

from app.mcp.host import McpHost
from tests.support.runs import until
from tests.support.service import clean_environment

WITHOUT = """
import asyncio, sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "mcp":
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Missing())
import httpx
from app.server import create_app
from rag_stream.runnable import RagChain
from rag_stream.settings import load_settings

async def main():
    app = create_app(RagChain(load_settings()))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        for method in ("POST", "GET", "DELETE"):
            answer = await client.request(method, "/mcp", json={})
            error = answer.json()["error"]
            print(answer.status_code, error["code"], error["data"]["code"], error["message"])

asyncio.run(main())
"""


def test_without_the_library_it_says_what_to_install() -> None:
    command = [sys.executable, "-c", WITHOUT]
    done = subprocess.run(command, env=clean_environment(), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    words = "MCP is not installed in this service: pip install 'rag-stream-service[mcp]'"
    assert done.stdout.splitlines() == [f"501 -32603 mcp_not_installed {words}"] * 3


class Server:
    def __init__(self) -> None:
        self.told: list[str] = []

    @asynccontextmanager
    async def run(self) -> Any:
        self.told.append("entered")
        yield
        self.told.append("left")


async def test_the_server_runs_from_the_first_message_to_the_end() -> None:
    made: list[Server] = []

    def build() -> Any:
        made.append(Server())
        return made[-1]

    host = McpHost(build)
    await host.aclose()
    assert not made
    assert await host.manager() is await host.manager()
    assert [server.told for server in made] == [["entered"]]
    await host.aclose()
    assert made[0].told == ["entered", "left"]
    await host.manager()  # the application may be started again
    await host.aclose()
    assert [server.told for server in made] == [["entered", "left"]] * 2


async def test_a_server_that_could_not_be_made_is_made_anew() -> None:
    outcomes: list[Any] = [OSError("no file"), Server()]

    def build() -> Any:
        outcome = outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    host = McpHost(build)
    with pytest.raises(OSError, match="no file"):
        await host.manager()
    assert isinstance(await host.manager(), Server)
    await host.aclose()


async def test_a_server_that_breaks_down_is_made_anew(caplog: pytest.LogCaptureFixture) -> None:
    broken = asyncio.Event()

    class Breaking(Server):
        @asynccontextmanager
        async def run(self) -> Any:
            async with asyncio.TaskGroup() as group:
                group.create_task(self.fail())
                yield

        async def fail(self) -> None:
            await broken.wait()
            raise OSError("broken")

    outcomes: list[Any] = [Breaking(), Server()]
    host = McpHost(lambda: outcomes.pop(0))
    assert isinstance(await host.manager(), Breaking)
    broken.set()
    await until(lambda: "the server of MCP has broken down" in caplog.text)
    assert not isinstance(await host.manager(), Breaking)
    await host.aclose()
