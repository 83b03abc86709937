"""Which styles and classes say that nobody sees an element, in pages and in Markdown. Pure."""

import re

_STYLE = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.I)
_CLASS = re.compile(
    r"(?:^|\s)(?:sr-only|screen-?reader(?:-text|-only|s-only)?|visually-?hidden|a11y-hidden"
    r"|print-only|offscreen)(?:\s|$)",
    re.I,
)


_NOT_DISPLAYED = re.compile(r"(?:^|\s)(?:(?:is-|u-)?hidden|d-none|display-none)(?:\s|$)")
_DISPLAYED = re.compile(
    r"(?:^|\s)(?:[\w@-]+:(?:-?(?:block|contents|flex|grid|inline|table|visible))[\w-]*"
    r"|d-(?:sm|md|lg|xl|xxl)-(?!none)[\w-]+)(?:\s|$)"
)
"""Where a page is wide enough, as it is on most screens."""


def is_hiding_style(style: str) -> bool:
    return _STYLE.search(style) is not None


def is_not_displayed(classes: str) -> bool:
    """Whether a class of a style sheet in common use takes the element away, on any screen."""
    return _NOT_DISPLAYED.search(classes) is not None and _DISPLAYED.search(classes) is None


def is_hiding_class(classes: str) -> bool:
    return _CLASS.search(classes) is not None
