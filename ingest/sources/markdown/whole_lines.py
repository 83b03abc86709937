"""Lines of Markdown, those of an element or macro that goes over several as one. Pure."""

from collections.abc import Callable, Iterator

from ingest.sources.markdown import signs
from ingest.sources.markdown.grid_tables import as_pipes, is_edge


def whole_lines(text: str, is_inside: Callable[[], bool]) -> Iterator[tuple[str, int]]:
    """Each line and where it ends; `is_inside` says whether the next one is code or a comment."""
    at, held = 0, ""
    table: list[str] = []
    for line in text.split("\n"):
        if table and line.startswith(("+", "|")):
            at += len(line) + 1
            table.append(line)
            continue
        yield from ((row, at) for row in _drawn(table))
        table.clear()
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
        elif is_edge(line) and not is_inside():
            table.append(line)
        else:
            yield signs.MATH_LABEL.sub(r"\1", line), at
        held = ""
    yield from ((row, at) for row in _drawn(table))
    if held:
        yield held, at


def _drawn(table: list[str]) -> list[str]:
    """A table that was drawn, as one with pipes."""
    found = as_pipes(table) if len(table) > 2 else None
    return list(table) if found is None else ["", *found, ""]
