"""Which root a path is in, and what a source in it is called.

A root is a folder that was given, or a file that was given by itself. It is known by its real
path, of which only a hash is kept, or by the name the operator gave it (`--as`); a path inside
a known root belongs to that one, the innermost, wherever the command was typed and by whatever
link. Clients see the root's label and the path in it.

The machine is no part of a root: containers have another name each time. Who fills one index
from several machines names the roots whose paths are the same.
"""

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path, PurePath

from ingest.sources.names import name_of
from rag_stream.indexing.roots import Root

SAMPLE = "sample"
"""The root of the corpus that comes with this program, wherever that is installed."""
_PLACES = 8
"""Of a named root so many are remembered: each checkout of a project may be another."""


def place(path: PurePath) -> str:
    """What is kept of a real path: enough to know it again, and nothing to read in it."""
    return hashlib.sha256(b"root\0" + os.fsencode(path)).hexdigest()[:16]


class Roots:
    """The roots of one index, those known and those a run adds. Touches no file."""

    def __init__(self, known: Iterable[Root]) -> None:
        # Named ones last: where a run died that gave a name to a folder, that one counts.
        ordered = sorted(known, key=lambda root: not root.id.startswith("#"))
        self._roots = {root.id: root for root in ordered}
        self._by_place = {spot: root.id for root in self._roots.values() for spot in root.places}
        self._found: dict[PurePath, tuple[str, PurePath] | None] = {}

    @property
    def all(self) -> list[Root]:
        return list(self._roots.values())

    def __getitem__(self, id: str) -> Root:
        return self._roots[id]

    def of(self, real: PurePath) -> tuple[Root, PurePath] | None:
        """The innermost root that a real path is in, and the root's own path."""
        passed, here, found = [], real, None
        while True:
            if here in self._found:
                found = self._found[here]
                break
            passed.append(here)
            if (id := self._by_place.get(place(here))) is not None:
                found = id, here
                break
            if here.parent == here:
                break
            here = here.parent
        self._found.update(dict.fromkeys(passed, found))
        return None if found is None else (self._roots[found[0]], found[1])

    def at(self, real: PurePath) -> Root | None:
        """The root that lies just there."""
        found = self.of(real)
        return found[0] if found is not None and found[1] == real else None

    def lying(self, real: PurePath) -> list[Root]:
        """Every root that lies, or lay, just there."""
        spot = place(real)
        return [root for root in self._roots.values() if spot in root.places]

    def inside(self, real: PurePath) -> list[Root]:
        """The roots that lie at a real path or below it."""
        spot = place(real)
        return [
            root for root in self._roots.values() if spot in root.above or spot in root.places[:1]
        ]

    def add(
        self,
        real: PurePath,
        taken: Iterable[str] = (),
        name: str | None = None,
        *,
        is_file: bool = False,
    ) -> Root:
        """Let a real path be a root, or be where the root of that name lies now.

        `taken`: names that no label may be or begin, of sources that are in no root.
        Raises ValueError where the name is the label of another root.
        """
        spot, above = place(real), tuple(map(place, real.parents))
        if name is None:
            root = Root(f"#{spot}", self._label(real, taken), (spot,), above, is_file)
        else:
            here = {root.id for root in self.lying(real)}
            others = [r.label for r in self._roots.values() if r.id not in (name, *here)]
            if any(_meet(name, label) for label in others):
                raise ValueError(f"{name!r} is what another folder is called")
            old = self._roots.get(name)
            before = () if old is None else old.places
            places = (spot, *(p for p in before if p != spot))[:_PLACES]
            root = Root(name, name, places, above)
        if name is not None and name in self._roots:
            self.forget(name)
        self._roots[root.id] = root
        self._by_place.update(dict.fromkeys(root.places, root.id))
        self._found.clear()
        return root

    def forget(self, id: str) -> None:
        """Let a root not be known any more."""
        root = self._roots.pop(id)
        for spot in root.places:
            if self._by_place.get(spot) == id:
                del self._by_place[spot]
        self._found.clear()

    def _label(self, real: PurePath, taken: Iterable[str]) -> str:
        """The end of the path, as much of it as no other label or name is, begins or ends in.

        `docs`; where that is another's, `otter/docs`. The first keeps what it has.
        """
        used = {SAMPLE, *(root.label for root in self._roots.values()), *taken}
        parts = real.parts[1:] or ("files",)
        for count in range(1, len(parts) + 1):
            label = name_of(PurePath(*parts[-count:]))
            if not any(_meet(label, other) for other in used):
                return label
        number = 2
        while any(_meet(f"{label}-{number}", other) for other in used):
            number += 1
        return f"{label}-{number}"


def public_name(root: Root, own: PurePath, path: PurePath) -> str:
    """What clients call a file at `path` of the root that lies at `own`."""
    if path == own:
        return root.label
    return f"{root.label}/{name_of(path.relative_to(own))}"


def real_path(path: Path) -> Path:
    """Where a path leads, links followed, also where nothing is there."""
    return Path(os.path.realpath(path))


def _meet(one: str, other: str) -> bool:
    """Whether names that begin with the one could be names that begin with the other."""
    return f"{one}/".startswith(f"{other}/") or f"{other}/".startswith(f"{one}/")
