"""The profiles: what the settings of retrieval and answers are where they are not set."""

from collections.abc import Mapping
from typing import Any, Literal

Profile = Literal["default", "reference"]
SearchType = Literal["hybrid", "dense", "lexical"]
MAX_K = 100
MAX_CONTEXT_CHARS = 1_000_000

PROFILES: Mapping[str, Mapping[str, Any]] = {
    # As many documents as the context holds; `k` is only a bound.
    "default": {
        "search_type": "hybrid",
        "k": 50,
        "context_chars": 4_000,
        "chunk_size": 300,
        "chunk_overlap": 0,
        "citations": True,
        "abstain_below": "auto",
        "reword": True,
        "condense": "auto",
        "language": "auto",
    },
    # The how-to's program to the letter.
    "reference": {
        "search_type": "dense",
        "k": 4,
        "context_chars": MAX_CONTEXT_CHARS,
        "chunk_size": 1_000,
        "chunk_overlap": 200,
        "citations": False,
        "abstain_below": "off",
        "reword": False,
        "condense": "always",
        "language": "en",
    },
}
"""By the names of the fields of Settings; sizes in characters of English (`text/weight.py`)."""
