"""`python -m rag_stream "question"`: print the chain's chunks as they come."""

import argparse
import sys

from rag_stream.chain import RagChain
from rag_stream.credentials import settings_with_key
from rag_stream.errors import RagError


def main(arguments: list[str] | None = None) -> int:
    """Answer one question on the terminal; 0, or 1 with the reason on stderr."""
    parser = argparse.ArgumentParser(
        prog="python -m rag_stream", description="Stream the answer to one question."
    )
    parser.add_argument("question", help='for example "What is Task Decomposition?"')
    question = parser.parse_args(arguments).question
    try:
        for chunk in RagChain(settings_with_key()).stream({"input": question}):
            print(chunk, flush=True)
    except RagError as error:
        print(f"rag_stream: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
