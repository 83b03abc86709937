"""What the comparison tells a server: where its model is, where it keeps its index."""

import os
from pathlib import Path

UPSTREAM = os.environ["OPENAI_BASE_URL"]
API_KEY = os.environ["OPENAI_API_KEY"]
STORE = Path(os.environ["BENCH_STORE"])
HOST = "127.0.0.1"
CHAT = "bench-chat"
EMBEDDINGS = "bench-embed"
K = 4

INSTRUCTIONS = (
    "You are an assistant for question-answering tasks. "
    "Use the following pieces of retrieved context to answer the question. "
    "If you don't know the answer, say that you don't know. "
    "Use three sentences maximum and keep the answer concise."
)


def port() -> int:
    """Where to listen."""
    return int(os.environ["PORT"])


def notes() -> dict[str, str]:
    """The documents by name, one chunk each."""
    folder = Path(os.environ["BENCH_NOTES"])
    return {path.name: path.read_text() for path in sorted(folder.glob("*.md"))}
