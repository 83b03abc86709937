"""The same text once: which of what was found says no more than what is there already. Pure."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from rag_stream.text.folding import folded
from rag_stream.text.function_words import is_function_word
from rag_stream.text.keywords import WORD
from rag_stream.text.scripts import UNSPACED

NEARLY = 0.9
"""The share of the runs of three words that two texts have in common to be taken for one."""
_NOT = (
    "no not never none without nor nicht nie kein keine keinen ohne ne pas non sin nunca sem"
    " не нет без لا لم لن ليس नहीं"
)
# Of the signs those that change a number or a condition; a minus only before a digit.
_SIGN = r"[<>=!%$+\u20ac\u00a3\u00a5\u00b1\u2264\u2265\u2260]|[-\u2212](?=\d)"
_WORD_OR_SIGN = re.compile(f"{WORD.pattern}|{_SIGN}")
_NEGATIONS = frozenset(_NOT.split())


@dataclass(frozen=True, slots=True)
class _Text:
    """A text as it is compared: its words in order, and the runs of them."""

    words: tuple[str, ...]
    runs: frozenset[tuple[str, ...]]


class Repeats:
    """Tells of each text in turn whether one before it says the same."""

    def __init__(self) -> None:
        self._kept: list[_Text] = []
        self._by_words: dict[tuple[str, ...], int] = {}
        self._by_run: dict[tuple[str, ...], int] = {}

    def of(self, text: str, *, keep: bool = True) -> int | None:
        """The number of the text kept before that says the same; else None, and it is kept.

        Not to `keep` it costs less: only a text of the same words is looked for.
        """
        words = tuple(_words(text))
        same = self._by_words.get(words)
        if same is not None or not keep:
            return same
        this = _Text(words, _runs(words))
        shared = this.runs & self._by_run.keys()
        if len(shared) >= NEARLY * len(this.runs):  # with all of those before together
            ((number, _),) = Counter(map(self._by_run.get, shared)).most_common(1)
            if number is not None and _is_near(this, self._kept[number]):
                return number
        number = len(self._kept)
        self._kept.append(this)
        self._by_words[words] = number
        self._by_run.update(dict.fromkeys(this.runs, number))
        return None


def _is_near(one: _Text, other: _Text) -> bool:
    """Whether nothing that either of them has alone changes what is said."""
    if len(one.runs & other.runs) < NEARLY * len(one.runs | other.runs):
        return False
    ours, theirs = Counter(one.words), Counter(other.words)
    more, less = _telling(ours - theirs), _telling(theirs - ours)
    # One word instead of another is another statement; so is another number or a "not".
    return not (more and less) and not any(_decides(word) for word in (*more, *less))


def _telling(words: Iterable[str]) -> list[str]:
    return [word for word in words if word in _NEGATIONS or not is_function_word(word)]


def _decides(word: str) -> bool:
    """A number, a sign or a "not" more or less is another statement."""
    is_sign = not any(map(str.isalnum, word))
    return word in _NEGATIONS or is_sign or any(map(str.isdigit, word))


def _words(text: str) -> Iterable[str]:
    """In small letters; of scripts without blanks each character."""
    text = folded(text).casefold()
    if not text.isascii():
        text = UNSPACED.sub(lambda run: f" {' '.join(run[0])} ", text)
    return _WORD_OR_SIGN.findall(text)


def _runs(words: tuple[str, ...]) -> frozenset[tuple[str, ...]]:
    return frozenset(zip(words, words[1:], words[2:], strict=False)) or frozenset([words])
