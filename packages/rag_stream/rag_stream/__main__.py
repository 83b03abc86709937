"""`python -m rag_stream "question"`: print the chain's chunks as they come."""

import argparse
import asyncio
import os
import sys
from contextlib import aclosing

from rag_stream.credentials import settings_with_key
from rag_stream.errors import RagError
from rag_stream.runnable import RagChain

INTERRUPTED = 130


def main(arguments: list[str] | None = None) -> int:
    """Answer one question on the terminal; 0, or 1 with the reason on stderr."""
    parser = argparse.ArgumentParser(
        prog="python -m rag_stream", description="Stream the answer to one question."
    )
    parser.add_argument("question", help='for example "What is Task Decomposition?"')
    question = parser.parse_args(arguments).question
    try:
        asyncio.run(_print_answer(RagChain(settings_with_key()), question))
    except RagError as error:
        print(f"rag_stream: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader (`| head`) has enough; Python would complain when it flushes at its exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return 0


async def _print_answer(chain: RagChain, question: str) -> None:
    try:
        async with aclosing(chain.astream({"input": question})) as chunks:
            async for chunk in chunks:
                print(chunk, flush=True)
    finally:
        await chain.aclose()


if __name__ == "__main__":
    sys.exit(main())
