"""The command that serves: what would keep the service from starting, then uvicorn."""

import asyncio
import gc
import os
import sys

from app.lifecycle import descriptors
from app.lifecycle.sockets import address_of, listening_sockets
from app.routes.paths import PLAYGROUND
from app.runs.replication import Replication
from rag_stream.credentials import settings_with_key
from rag_stream.errors import IndexUnavailableError, RagError
from rag_stream.index.server import ServerLease, StartingServer
from rag_stream.runnable import RagChain
from rag_stream.settings import Settings, unknown_variables

CLOSING_S = 5
"""For connections that are still open when the runs have ended: see `lifecycle/shutdown.py`."""
INTERRUPTED = 130
NOT_STARTED = 3


def run() -> int:
    """Serve until told to stop; returns the exit code."""
    lease: ServerLease | None = None
    try:
        settings = settings_with_key()
        for line in unknown_variables():
            print(f"rag-stream: {line}", file=sys.stderr)
        descriptors.raise_limit()
        # Held to the end: the index server starts beside the imports, and stays.
        starting = None if settings.chroma_url else StartingServer(settings.chroma_path)
        import uvicorn
        from uvicorn.supervisors import Multiprocess

        if settings.web_concurrency == 1:
            import app.server  # noqa: F401 - what uvicorn will ask for; workers import it themselves
        if starting is not None:
            lease = starting.wait()
        asyncio.run(_check(settings))
    except RagError as error:
        print(f"rag-stream: cannot start: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return INTERRUPTED
    if settings.openai_api_key is not None:
        # A key typed at the terminal must reach the workers, which read their own settings.
        os.environ["OPENAI_API_KEY"] = settings.openai_api_key.get_secret_value()
    gc.freeze()  # what has been imported stays
    gc.enable()

    config = uvicorn.Config(
        "app.server:app",
        workers=settings.web_concurrency,
        timeout_graceful_shutdown=CLOSING_S,
        server_header=False,
        proxy_headers=False,  # it believes everybody on a loopback address; see trusted_proxies.py
        ws="none",
        http="app.connections.protocol:Connection",
    )
    try:
        sockets = listening_sockets(settings.host, settings.port, settings.send_timeout_s)
        address = address_of(settings.host, sockets[0])
        print(f"rag-stream: page {address}/  playground {address}{PLAYGROUND}", flush=True)
        if config.workers > 1:
            Multiprocess(config, sockets).run()
            return 0
        server = uvicorn.Server(config)
        server.run(sockets)
        return 0 if server.started else NOT_STARTED
    except RagError as error:
        print(f"rag-stream: cannot start: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return INTERRUPTED
    finally:
        if lease is not None:
            lease.close()


async def _check(settings: Settings) -> None:
    chain = RagChain(settings)
    try:
        if settings.redis_url is not None:
            await (await Replication.open(settings, lambda _: None)).aclose()
        if settings.sessions or settings.feedback:
            from app.sessions.check import check_database  # its imports take a second

            await check_database(settings)
        await chain.runtime().readiness.check()
    except IndexUnavailableError as error:
        print(f"rag-stream: {error}; starting all the same", file=sys.stderr)
    finally:
        await chain.aclose()
