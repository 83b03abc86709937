"""Lines that have another file stand in their place. Pure."""

from ingest.sources.markdown.signs import INCLUDE

_SIGNS = frozenset(";-<{!")


def included(line: str) -> str | None:
    """What a line includes, as far as it is named; None for one that includes nothing."""
    if line.lstrip()[:1] not in _SIGNS:
        return None
    found = INCLUDE.match(line)
    return None if found is None else next(filter(None, found.groups()), "")
