"""Where the chain is served. The one place that says it."""

CHAIN = "/rag"
RUNS = f"{CHAIN}/runs"
PLAYGROUND = f"{CHAIN}/playground/"
CHAT = "/chat"
"""The same chain, asked by lists of messages."""
CHAT_RUNS = f"{CHAT}/runs"
SESSIONS = f"{CHAT}/sessions"
