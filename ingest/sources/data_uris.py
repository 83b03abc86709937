"""Files that are written into a text: `data:` addresses in base64. Pure."""

import re

_DATA = re.compile(
    r"data:[\w/+.;=-]{0,100};base64,[A-Za-z0-9+/=%]{64,}"
    r"(?:\s+[A-Za-z0-9+/=%]{40,})*(?:\s+[A-Za-z0-9+/%]*={1,2})?"  # over several lines
)


def without_data(text: str) -> str:
    """The text without the insides of files that are written into it."""
    if ";base64," not in text:
        return text
    return _DATA.sub(lambda found: found[0].partition(",")[0] + ",\u2026", text)
