"""The content and the title of a plain text document. Pure."""

from ingest.sources.extracted import Extracted
from ingest.sources.html import tidy_title

_MAX_TITLE_LINE = 80  # characters; a longer first line of a text file is prose, not a title


def extract_plain(text: str) -> Extracted:
    """Plain text as it is; titled by its first line where that is short."""
    text = unix_lines(text)
    first = next((line.strip() for line in text.split("\n") if line.strip()), "")
    return Extracted(text, tidy_title(first) if len(first) <= _MAX_TITLE_LINE else "")


def unix_lines(text: str) -> str:
    """The text with newlines where it has line ends of any kind."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
