"""Where the chain is served. The one place that says it."""

CHAIN = "/rag"
RUNS = f"{CHAIN}/runs"
SESSIONS = "/chat/sessions"
FEEDBACK = "/feedback"
UI_CHAT = "/api/chat"
PLAYGROUND = f"{CHAIN}/playground/"
