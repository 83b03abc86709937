"""Which brackets may begin a link: the parser looks for the end of each. Pure.

Where there is none ahead, or there are so many in a run that it would take too long, a bracket
stands for itself.
"""

from typing import Any

_MUCH = 2_000_000
"""Brackets that begin something, times characters of the run that they are in."""
_DEEPEST = 10


def is_no_link(state: Any, silent: bool) -> bool:
    """A rule for the parser, before those of links and images."""
    src, at = state.src, state.pos
    start = at + 1 if src[at] == "!" else at
    if src[start : start + 1] != "[" or _may_begin(state, start):
        return False
    if not silent:
        state.append_pending(src[at])
    state.pos = at + 1
    return True


def _may_begin(state: Any, start: int) -> bool:
    if state.html_terminator_last("]") < start:
        return False
    if not hasattr(state, "begins"):
        is_much = state.src.count("[") * len(state.src) > _MUCH
        state.begins = closed(state.src) if is_much else None
    return state.begins is None or start in state.begins


def closed(run: str) -> set[int]:
    """The brackets that are closed, code or not, with not too many others in them."""
    found: set[int] = set()
    stack: list[tuple[int, int]] = []
    for at, sign in enumerate(run):
        if sign == "[":
            stack.append((at, 0))
        elif sign == "]" and stack:
            start, inside = stack.pop()
            if inside < _DEEPEST:
                found.add(start)
            if stack:
                stack[-1] = stack[-1][0], max(stack[-1][1], inside + 1)
    return found
