"""The answers that the page is measured with: texts of one kind each, as a model's tokens."""

import re
from collections.abc import Callable
from functools import cache
from itertools import count

from bench import notes
from bench.pace import MOST_TOKENS

_TOKEN = re.compile(r"\s*\S{1,5}|\s+")
_PASSAGES = 4
_KIND = re.compile(r"text-(\w+)")


@cache
def _sentences() -> list[str]:
    """Sentences of the notes, so that what is cited is found in the passages."""
    bodies = [text.partition("\n\n")[2].strip() for text in notes.texts().values()]
    return [sentence for body in bodies for sentence in re.split(r"(?<=[.]) ", body)]


def _sentence(number: int) -> str:
    found = _sentences()
    return found[number % len(found)]


def _cited(number: int) -> str:
    """A sentence with its marker before the full stop."""
    return f"{_sentence(number).rstrip('.')} [{number % _PASSAGES + 1}]."


def _prose(number: int) -> str:
    said = " ".join(_cited(5 * number + place) for place in range(5))
    bold = f"**{said[:20].strip()}**{said[20:]}"
    return f"{bold}\n\n"


def _bullet(number: int) -> str:
    return f"- **Point {number}**: {_cited(number)}\n"


def _paragraph(number: int) -> str:
    return f"{_cited(number)} "


def _emphasis(number: int) -> str:
    words = _cited(number).split(" ")
    return f"*{words[0]}* **{words[1]}** `{words[2]}` {' '.join(words[3:])} "


def _row(number: int) -> str:
    head = "| Number | What is said | Source | Figure |\n|---:|---|---|---:|\n"
    cells = (str(number), _cited(number)[:60].strip(), f"`note-{number:02d}.md`", str(number * 37))
    return f"{'' if number else head}| {' | '.join(cells)} |\n"


def _code(number: int) -> str:
    head = "```python\n" if not number else ""
    return (
        f"{head}def step_{number}(passages: list[str], limit: int = {number}) -> dict[str, int]:\n"
        f'    """Count what is said in step {number}."""\n'
        f"    found = {{text: len(text) for text in passages[:limit] if text != '{number}'}}\n"
        f"    return found or {{'nothing': 0}}  # {_sentence(number)[:40]}\n\n"
    )


def _section(number: int) -> str:
    return f"{'#' * (number % 3 + 1)} Part {number} of it\n\n{_cited(number)}\n\n"


def _quote(number: int) -> str:
    return f"> {_cited(number)}\n"


def _nested(number: int) -> str:
    return f"{'   ' * (number % 3)}{number // 3 + 1 if number % 3 == 0 else 1}. {_cited(number)}\n"


def _unbroken(number: int) -> str:
    """No sentence ends, no blank: what can be cut nowhere."""
    return f"word{number}," if number % 40 else f"word{number}, "


TEXTS: dict[str, Callable[[int], str]] = {
    "prose": _prose,
    "list": _bullet,
    "nested list": _nested,
    "paragraph": _paragraph,
    "marked paragraph": _emphasis,
    "table": _row,
    "code": _code,
    "headings": _section,
    "quote": _quote,
    "no sentence ends": _unbroken,
}
"""Each gives the text's parts by their numbers, without an end."""


def spell(kind: str) -> str:
    """A kind as a word in a question, which `find` reads."""
    return f"text-{kind.replace(' ', '_')}"


def find(question: str) -> str | None:
    """The kind that is spelled last in a text."""
    found = [word.replace("_", " ") for word in _KIND.findall(question)]
    return found[-1] if found and found[-1] in TEXTS else None


@cache
def tokens(kind: str) -> list[str]:
    """As many tokens as any answer can have."""
    found: list[str] = []
    for number in count():
        found += _TOKEN.findall(TEXTS[kind](number))
        if len(found) >= MOST_TOKENS:
            return found[:MOST_TOKENS]
    raise AssertionError
