"""Pictures that tell the state of a project: no reader takes their names for text. Pure."""

import re

_BADGE = re.compile(
    r"shields\.io|badge\.fury\.io|badgen\.net|//.*[/._-]badges?(?:[/._?-]|$)|codecov\.io|coveralls\.io"
    r"|travis-ci\.(?:com|org)|circleci\.com|ci\.appveyor\.com|pepy\.tech|deps\.rs|herokucdn\.com/deploy"
    r"|zenodo\.org/badge|bestpractices\.dev|hitcounter|camo\.githubusercontent",
    re.I,
)


def is_badge(address: str) -> bool:
    """Whether a picture at that address is one; by who makes them, and by its name."""
    return _BADGE.search(address) is not None
