"""What was said before a question, as the index by words is asked for it. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Earlier:
    """A text from before a question; `worth`: of a match of its words, the question's being 1."""

    text: str
    worth: float
