"""Folders that were ingested before from where they lay then: what was taken in of them stays.

A folder without a name is known by its path alone. One that moved is a new one therefore, and the
old one's sources are in the index as well; nobody keeps the path to look whether it is there.
"""

import shlex
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ingest.carry_over import is_same
from ingest.sources.roots import place
from rag_stream.indexing.roots import Root

SAMPLES = 6
_SHARE = 0.5
_SAME = 0.8

Texts = Callable[[list[str]], Awaitable[Mapping[str, str]]]


@dataclass(frozen=True, slots=True)
class Placed:
    """A root that this run has added, and where it lies."""

    root: Root
    real: Path


async def left_behind(
    new: Iterable[Placed], others: Iterable[Root], known: Mapping[str, str], texts: Texts
) -> list[str]:
    """A line for each of the `others` that a new root has the sources of, by path and by text.

    `known`: every source of these roots, with its root's id.
    """
    lines = []
    others = list(others)
    paths: dict[str, set[str]] = {}
    labels = {one.root.id: one.root.label for one in new} | {one.id: one.label for one in others}
    for source, id in known.items():
        if id in labels:
            paths.setdefault(id, set()).add(source.removeprefix(labels[id]))
    for one in new:
        here = paths.get(one.root.id, set())
        for other in others:
            there = paths.get(other.id, set())
            both = sorted(here & there)
            if other.is_file != one.root.is_file or not both or len(both) < _SHARE * len(there):
                continue
            is_there = _is_there(other, one.real)
            if not is_there and await _are_same(one.root.label, other.label, both, texts):
                lines.append(_line(one.root, other, len(there), is_gone=is_there is False))
    return lines


def _is_there(root: Root, near: Path) -> bool | None:
    """Whether a root lies where it lay; None where that is in none of the folders above."""
    for folder in near.parents:
        path = folder / root.label
        if place(path) in root.places[:1]:
            return path.exists()
    return None


async def _are_same(label: str, other: str, paths: list[str], texts: Texts) -> bool:
    sample = paths[:: max(1, len(paths) // SAMPLES)][:SAMPLES]
    found = await texts([f"{one}{path}" for path in sample for one in (label, other)])
    same = sum(
        is_same(found.get(f"{other}{path}", ""), found[f"{label}{path}"], share=_SAME)
        for path in sample
        if f"{label}{path}" in found
    )
    return 2 * same >= len(sample)


def _line(new: Root, old: Root, count: int, *, is_gone: bool) -> str:
    kind = "file" if old.is_file else "folder"
    sources = "1 known source of it is" if count == 1 else f"{count} known sources of it are"
    what = (
        f"{old.label} is gone, and {sources} still in the index; {new.label} has the same texts"
        if is_gone
        else f"{new.label} has the same texts as {old.label}, known from another place; if that "
        f"{kind} was moved, {sources} still in the index"
    )
    advice = f"`python -m ingest --remove {shlex.quote(old.label)}` takes the old ones out"
    named = "" if old.is_file else "; with --as NAME a folder is the same one wherever it lies"
    return f"{what}: {advice}{named}"
