"""Texts as numbers of pieces: the likeliest way to put each word together. Pure.

SentencePiece's unigram model over a vocabulary with scores. Our own and not that of `tokenizers`,
which takes 230 MB more in every process and six times as long to load, for a gain that
disappears beside the time of the model.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache

_SPACE = "\u2581"
_LONGEST = 16
"""Characters of a piece."""
_WORSE = 10.0
"""How much less likely than every piece a character is that is in none."""
_KNOWN_WORDS, _KNOWN_LENGTH = 20_000, 32


class Unigram:
    """Knows a vocabulary; safe to use from several threads."""

    def __init__(
        self,
        pieces: Sequence[bytes],
        scores: Sequence[float],
        normalisation: Mapping[int, str],
        *,
        unknown: int,
        reserved: Sequence[int],
    ) -> None:
        """`pieces` in UTF-8, with their scores. `reserved`: those that no text is made of."""
        self._numbers = dict(zip(pieces, range(len(pieces)), strict=True))
        for number in {unknown, *reserved}:
            del self._numbers[pieces[number]]
        self._scores = scores
        self._normalisation = {0: "", **normalisation}
        self._unknown = unknown
        self._unknown_score = min(scores) - _WORSE
        self._known = lru_cache(_KNOWN_WORDS)(self._likeliest)

    def encode(self, text: str, most: int) -> list[int]:
        """The numbers of its pieces, `most` of them at most."""
        numbers: list[int] = []
        for word in self.normalised(text).split(" "):
            if len(numbers) >= most:
                break
            if word:
                put_together = self._known if len(word) <= _KNOWN_LENGTH else self._likeliest
                # What is beyond does not matter, and may be long.
                numbers += put_together(_SPACE + word[: _LONGEST * (most - len(numbers))])
        return numbers[:most]

    def normalised(self, text: str) -> str:
        """As the model was taught: what looks the same is the same, all blanks are spaces."""
        text = text.translate(self._normalisation)
        return text if text.isascii() else unicodedata.normalize("NFC", text)

    def _likeliest(self, word: str) -> list[int]:
        """The pieces whose scores have the highest sum."""
        data = word.encode()
        ends = [0]
        for letter in word:
            ends.append(ends[-1] + len(letter.encode()))
        count, find, scores = len(word), self._numbers.get, self._scores
        best = [0.0] + [float("-inf")] * count
        piece, begin = [self._unknown] * (count + 1), [0] * (count + 1)
        for at in range(count):
            first, so_far = ends[at], best[at]
            for end in range(at + 1, min(at + _LONGEST, count) + 1):
                number = find(data[first : ends[end]])
                if number is not None and so_far + scores[number] > best[end]:
                    best[end], piece[end], begin[end] = so_far + scores[number], number, at
            if so_far + self._unknown_score > best[at + 1]:
                best[at + 1] = so_far + self._unknown_score
                piece[at + 1], begin[at + 1] = self._unknown, at
        at = count
        numbers: list[int] = []
        while at > 0:
            # Characters that are in no piece are one unknown together.
            if piece[at] != self._unknown or numbers[-1:] != [self._unknown]:
                numbers.append(piece[at])
            at = begin[at]
        return numbers[::-1]
