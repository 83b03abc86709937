"""What a model hands on at a time."""

from dataclasses import dataclass
from typing import Any


@dataclass(slots=True)
class AnswerPiece:
    """A piece of an answer: its text, and how and with what usage it ended, if it did."""

    text: str = ""
    finish_reason: str | None = None
    usage: Any = None
