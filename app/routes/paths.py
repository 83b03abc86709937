"""Where the chain is served. The one place that says it."""

from app.error_shapes import UI_CHAT_PATH

CHAIN = "/rag"
RUNS = f"{CHAIN}/runs"
PAGE = "/page"
"""What the page at `/` is made of."""
FEEDBACK = "/feedback"
UI_CHAT = UI_CHAT_PATH
PLAYGROUND = f"{CHAIN}/playground/"
CHAT = "/chat"
"""The same chain, asked by lists of messages."""
CHAT_RUNS = f"{CHAT}/runs"
SESSIONS = f"{CHAT}/sessions"
