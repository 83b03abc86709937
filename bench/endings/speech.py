"""What the stand-in model says to a question: known beforehand, different for each number.

An answer that is joined from pieces can then be held against what was sent, and one that has
got a token of another's, or a token twice, cannot pass.
"""

from bench.pace import Pace

NAME = "spoken"
"""The word that asks the faulty model for it, where others name a fault."""
# What readers of lines, of JSON or of characters trip over, one of them every few tokens.
_AWKWARD = ("é ", "👩\u200d👧 ", '"q" ', "a\\b ", "new\nline ", "\u2028", "\u0085", "id: ")
_EVERY = 7


def question(number: int, pace: Pace, also: str = "") -> str:
    """A question that is answered at this pace; `also` is for faults of other requests."""
    return f"What is known about task decomposition? {also} fault:{NAME}:{number} {pace.spell()}"


def tokens(number: int, count: int) -> list[str]:
    """The answer to the question of that number."""
    return [_token(number, place) for place in range(count)]


def answer(number: int, pace: Pace) -> str:
    """The same as one text."""
    return "".join(tokens(number, pace.tokens))


def _token(number: int, place: int) -> str:
    awkward = _AWKWARD[place // _EVERY % len(_AWKWARD)] if place % _EVERY == _EVERY - 1 else ""
    return f"q{number}t{place} {awkward}"
