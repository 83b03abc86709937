"""`python -m app`: serve on HOST and PORT with WEB_CONCURRENCY workers."""

import asyncio
import os
import sys

from rag_stream.chain import RagChain
from rag_stream.chroma_server import acquire_server
from rag_stream.credentials import settings_with_key
from rag_stream.errors import IndexUnavailableError, RagError
from rag_stream.settings import Settings, unknown_variables

DRAIN_S = 30
INTERRUPTED = 130


def main() -> int:
    """Check what would keep the service from starting, then serve until told to stop."""
    try:
        settings = settings_with_key()
        for line in unknown_variables():
            print(f"rag-stream: {line}", file=sys.stderr)
        # Held to the end: the index server starts beside the imports, and stays.
        lease = None if settings.chroma_url else acquire_server(settings.chroma_path)
        asyncio.run(_check(settings))
    except RagError as error:
        print(f"rag-stream: cannot start: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return INTERRUPTED
    if settings.openai_api_key is not None:
        # A key typed at the terminal must reach the workers, which read their own settings.
        os.environ["OPENAI_API_KEY"] = settings.openai_api_key.get_secret_value()

    import uvicorn  # after the checks: their messages should not wait for it

    address = f"http://{settings.host}:{settings.port}"
    print(f"rag-stream: page {address}/  playground {address}/rag/playground/", flush=True)
    try:
        uvicorn.run(
            "app.server:app",
            host=settings.host,
            port=settings.port,
            workers=settings.web_concurrency,
            timeout_graceful_shutdown=DRAIN_S,
            server_header=False,
        )
    except KeyboardInterrupt:  # pressed while the app was being imported
        return INTERRUPTED
    finally:
        if lease is not None:
            lease.close()
    return 0


async def _check(settings: Settings) -> None:
    chain = RagChain(settings)
    try:
        await chain.runtime().check()
    except IndexUnavailableError as error:
        print(f"rag-stream: {error}; starting all the same", file=sys.stderr)
    finally:
        await chain.aclose()


if __name__ == "__main__":
    sys.exit(main())
