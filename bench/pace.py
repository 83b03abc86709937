"""What a question asks of the stand-in model: how many tokens, how fast, after what delays.

Spelled `bench-TOKENS[@PER_SECOND][+FIRST_TOKEN_MS][/EMBEDDING_MS]`, in a model's name or
anywhere in a question, so that one running server can be put through every scenario.
"""

import re
from dataclasses import dataclass

MOST_TOKENS = 10_000
TOKEN_CHARS = 6
_SPELLING = re.compile(r"bench-(\d+)(?:@(\d+))?(?:\+(\d+))?(?:/(\d+))?")


@dataclass(frozen=True, slots=True)
class Pace:
    """One answer's length and timing; without a rate as fast as the connection takes it."""

    tokens: int = 200
    rate: int | None = None
    first_ms: int = 0
    embedding_ms: int = 0

    def spell(self) -> str:
        """The pace as text, which `find` reads."""
        rate = f"@{self.rate}" if self.rate else ""
        return f"bench-{self.tokens}{rate}+{self.first_ms}/{self.embedding_ms}"

    @property
    def seconds(self) -> float:
        """From the first token to the last where nothing gets in the way."""
        return (self.tokens - 1) / self.rate if self.rate else 0.0


def find(text: str) -> Pace | None:
    """The last pace spelled in a text."""
    found = _SPELLING.findall(text)
    if not found:
        return None
    tokens, rate, first, embedding = (int(number or 0) for number in found[-1])
    return Pace(min(tokens, MOST_TOKENS), rate or None, first, embedding)


def token(number: int) -> str:
    """The answer's token at a place; all are equally long, so characters count tokens."""
    return f"t{number:04d} "


def answer(tokens: int) -> str:
    """The whole answer."""
    return "".join(map(token, range(tokens)))
