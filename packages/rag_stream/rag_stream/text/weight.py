"""How long a text is in what it says: characters, of which those of some scripts count for more.

A character of Chinese says what three of English do, so sizes and budgets that are given in
characters are counted in English ones. The numbers are from translations of the same texts
(48 articles in six languages, the Universal Declaration of Human Rights in twenty) and from
the tokens that multilingual models make of them; what differs by less than a half, as German,
Russian, Arabic, Hindi and Thai do, counts as it is. Pure, linear.
"""

import re
from collections.abc import Mapping

# With the signs that stand between the characters, but not the wide blank and wide letters.
_HAN = (
    "\u3001-\u3020\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
    "\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65"
)
_KANA = "\u3031-\u3035\u3041-\u3096\u309d-\u30ff\u31f0-\u31ff\uff66-\uff9f"
_HANGUL = "\uac00-\ud7a3"
_ETHIOPIC = "\u1200-\u137c"

# Numbers that floats add up without rounding.
_MORE: Mapping[str, float] = {_HAN: 2.0, _KANA: 1.0, _HANGUL: 1.5, _ETHIOPIC: 1.0}
_RUNS = {re.compile(f"[{signs}]+"): more for signs, more in _MORE.items()}
_ANY = re.compile(f"[{''.join(_MORE)}]")
HEAVIEST = 1.0 + max(_MORE.values())
"""What one character counts at most."""


def weight(text: str) -> float:
    """As how many characters of English a text counts; its length where it has none that weigh."""
    length = float(len(text))
    if text.isascii() or _ANY.search(text) is None:
        return length
    return length + sum(more * sum(map(len, runs.findall(text))) for runs, more in _RUNS.items())


def within(text: str, start: int, end: int, most: float) -> int:
    """The last place up to `end` so that what lies between `start` and it weighs at most so much.

    Takes time linear in `most`.
    """
    end = min(end, start + int(most))
    low = start
    while low < end:
        # What lies up to the middle is looked at once more at most: each half is half as long.
        middle = (low + end + 1) // 2
        heavy = weight(text[low:middle])
        if heavy <= most:
            low, most = middle, most - heavy
        else:
            end = middle - 1
    return low
