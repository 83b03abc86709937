"""Names of sources: stable, valid as text, and harmless to show. Pure."""

import os
import re
from pathlib import PurePath

_UNDECODED = re.compile("[\udc80-\udcff]")  # how Python writes bytes that are not UTF-8
_LOOKS_ESCAPED = re.compile(r"\\x[89a-f][0-9a-f]")
_ROOT_NAME = 100
_SHOWN = 600  # characters; a message's beginning says what it is about, its end why


def name_of(path: PurePath) -> str:
    """The name of a file's path: the path itself, where that is text.

    Bytes that are not UTF-8 are written as `\\xff`, and every backslash of such a path twice,
    as in a path that has just those characters: so no two paths have one name.
    """
    # What the system calls UTF-8 or not; Python has decoded it the system's way.
    text = os.fsencode(path.as_posix()).decode("utf-8", "surrogateescape")
    if not _UNDECODED.search(text) and not _LOOKS_ESCAPED.search(text):
        return text
    text = text.replace("\\", r"\\")
    return _UNDECODED.sub(lambda char: f"\\x{ord(char.group()) - 0xDC00:02x}", text)


def is_root_name(name: str) -> bool:
    """Whether a folder may be called so: one part of a path that a reader can tell from others."""
    is_usual = name.isprintable() and name == name.strip() and 0 < len(name) <= _ROOT_NAME
    return is_usual and not re.search(r"[/\\:]|^[#.]", name)


def shown(text: str) -> str:
    """A text from elsewhere for a terminal or a log: on one line, cut in its middle."""
    if len(text) > _SHOWN:
        text = f"{text[: _SHOWN // 2]} \u2026 {text[-_SHOWN // 2 :]}"
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode("ascii")
        for char in text
    )
