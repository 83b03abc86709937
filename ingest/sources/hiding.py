"""Which styles and classes say that nobody sees an element, in pages and in Markdown. Pure."""

import re

_STYLE = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.I)
_CLASS = re.compile(
    r"(?:^|\s)(?:sr-only|screen-?reader(?:-text|-only|s-only)?|visually-?hidden|a11y-hidden"
    r"|print-only|offscreen)(?:\s|$)",
    re.I,
)


def is_hiding_style(style: str) -> bool:
    return _STYLE.search(style) is not None


def is_hiding_class(classes: str) -> bool:
    return _CLASS.search(classes) is not None
