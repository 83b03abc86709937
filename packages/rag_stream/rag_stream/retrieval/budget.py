"""How much of what was found goes into the prompt."""

from collections.abc import Sequence


def fill(lengths: Sequence[int], most_chars: int, k: int) -> list[int]:
    """Which documents, given the lengths of all, best first, fit into so many characters.

    Taken in order; one that does not fit is passed over for those after it that do. The
    best is taken in any case.
    """
    chosen: list[int] = []
    left = most_chars
    for place, length in enumerate(lengths):
        if len(chosen) == k:
            break
        if length <= left or not chosen:
            chosen.append(place)
            left -= length
    return chosen
