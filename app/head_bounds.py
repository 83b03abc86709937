"""How large the head of a request may be."""

MOST_HEAD_BYTES = 65_536
MOST_HEADERS = 100
