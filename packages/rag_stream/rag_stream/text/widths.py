"""How wide a text is: a character of Chinese, Japanese or Korean says what two letters do. Pure."""

import re

_WIDE = re.compile(
    "[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6"
    "\U00020000-\U0003ffff]"
)


def columns(text: str) -> int:
    """How many columns `text` takes in letters of one width."""
    return len(text) if text.isascii() else len(text) + len(_WIDE.findall(text))
