"""Lines of Markdown, those of an element or macro that goes over several as one. Pure."""

from collections.abc import Callable, Iterator

from ingest.sources.markdown import signs


def whole_lines(text: str, is_inside: Callable[[], bool]) -> Iterator[tuple[str, int]]:
    """Each line and where it ends; `is_inside` says whether the next one is code or a comment."""
    at, held = 0, ""
    for line in text.split("\n"):
        at += len(line) + 1
        if held and line.strip():
            held = f"{held} {line.strip()}"
            if signs.OPEN_TAG.match(held) and len(held) < signs.LONGEST:
                continue
            yield held, at
        elif held:
            yield held, at
            yield line, at
        elif line.lstrip()[:1] in ("<", "{") and not is_inside() and signs.OPEN_TAG.match(line):
            held = line
            continue
        else:
            yield line, at
        held = ""
    if held:
        yield held, at
