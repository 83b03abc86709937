"""Where sentences end in Thai and Lao, which have no mark for it: at some of their blanks. Pure.

Words are written without blanks; one stands between sentences, and between the parts of a long
one. Where the part before is long enough to say something, and neither side is a word that only
joins, it is taken for the end of a sentence.
"""

import re

LETTERS = "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ede"
"""Those of Thai and Lao, for a class of a pattern."""
PAUSE = f"(?<=[{LETTERS}])[ \\t\\u00a0\\u3000]++(?=[{LETTERS}])"
"""A pattern of what may be such a blank."""
NEVER_FIRST = "\u0e2f-\u0e3a\u0e45-\u0e4e\u0eaf-\u0ebc\u0ec6-\u0ece"
"""What no word begins with, for a class of a pattern: the sign that repeats the word before it, and
vowels and tones, which stand after a blank where a program tore them off their letter."""
_REPEATS = "\u0e46\u0ec6"

_LEAST = 45
"""Characters of the part before, at least."""
_JOINS = (
    # and or that which by in-order-to but such-as namely is then so with from of at-a-time-when
    "\u0e41\u0e25\u0e30|\u0e2b\u0e23\u0e37\u0e2d|\u0e0b\u0e36\u0e48\u0e07|\u0e17\u0e35\u0e48"
    "|\u0e27\u0e48\u0e32|\u0e42\u0e14\u0e22|\u0e40\u0e1e\u0e37\u0e48\u0e2d|\u0e40\u0e0a\u0e48\u0e19"
    "|\u0e44\u0e14\u0e49\u0e41\u0e01\u0e48|\u0e04\u0e37\u0e2d|\u0e08\u0e36\u0e07|\u0e01\u0e31\u0e1a"
    "|\u0e08\u0e32\u0e01|\u0e02\u0e2d\u0e07|\u0e43\u0e19|\u0e41\u0e25\u0e49\u0e27|\u0e01\u0e47"
    "|\u0e41\u0e15\u0e48|\u0e0b\u0e36\u0e48\u0e07|\u0e40\u0e1e\u0e23\u0e32\u0e30|\u0e16\u0e49\u0e32"
    "|\u0e23\u0e27\u0e21\u0e17\u0e31\u0e49\u0e07|\u0e15\u0e25\u0e2d\u0e14\u0e08\u0e19"
    # the same in Lao
    "|\u0ec1\u0ea5\u0eb0|\u0eab\u0ebc\u0eb7|\u0e8a\u0eb6\u0ec8\u0e87|\u0e97\u0eb5\u0ec8"
    "|\u0ea7\u0ec8\u0eb2|\u0ec2\u0e94\u0e8d|\u0ec0\u0e9e\u0eb7\u0ec8\u0ead|\u0ec0\u0e8a\u0eb1\u0ec8\u0e99"
    "|\u0e84\u0eb7|\u0e81\u0eb1\u0e9a|\u0e88\u0eb2\u0e81|\u0e82\u0ead\u0e87|\u0ec3\u0e99"
    "|\u0ec1\u0e95\u0ec8"
)
_LONGEST = 8
_JOINED_TO = re.compile(
    f"(?:{_JOINS}|\u0e19\u0e32\u0e22|\u0e19\u0e32\u0e07|\u0e08\u0e30|\u0e40\u0e1b\u0e47\u0e19|\u0e01\u0e32\u0e23)\\Z"
)
# What has its subject or verb before it: will must can is not between with only may should means
_GOES_ON = (
    "\u0e08\u0e30|\u0e15\u0e49\u0e2d\u0e07|\u0e44\u0e14\u0e49|\u0e40\u0e1b\u0e47\u0e19|\u0e44\u0e21\u0e48"
    "|\u0e23\u0e30\u0e2b\u0e27\u0e48\u0e32\u0e07|\u0e14\u0e49\u0e27\u0e22|\u0e40\u0e17\u0e48\u0e32\u0e19\u0e31\u0e49\u0e19"
    "|\u0e2d\u0e32\u0e08|\u0e04\u0e27\u0e23|\u0e2a\u0e32\u0e21\u0e32\u0e23\u0e16|\u0e41\u0e01\u0e48|\u0e15\u0e48\u0e2d"
    "|\u0e2b\u0e21\u0e32\u0e22\u0e16\u0e36\u0e07"
)
_JOINS_ON = re.compile(f"(?:{_JOINS}|{_GOES_ON})|[{NEVER_FIRST}]")


def is_pause(text: str, blank: int, following: int, start: int) -> bool:
    """Whether the sentence that began at `start` ends at this blank.

    Not where what follows is too short to tell, as in a text that still grows.
    """
    if blank - start < _LEAST or len(text) - following < _LONGEST:
        return False
    before = text[max(start, blank - _LONGEST) : blank]
    if before.endswith(tuple(_REPEATS)):  # which has a blank after it, whatever follows
        return False
    return _JOINED_TO.search(before) is None and _JOINS_ON.match(text, following) is None
