"""The files of a folder, and where its links lead."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ingest.sources.names import name_of
from rag_stream.errors import SourceError


@dataclass(slots=True)
class Folder:
    """Walks one folder; `outside` and `problems` are complete once `files` has ended.

    A link to a file inside the folder is read like the file, a linked folder where it is; if
    nothing else leads to it, as the link is named. What a link leads out to is read only with
    `follow_links`. Each folder is read once: links may go in circles.
    """

    path: Path
    follow_links: bool = False
    enters: Callable[[Path], bool] = lambda folder: True
    """Whether to look into a folder at all."""
    outside: list[Path] = field(default_factory=list)
    """Links that lead out of the folder and were not followed."""
    loops: list[Path] = field(default_factory=list)
    """Links to a folder that they are in."""
    dead: list[Path] = field(default_factory=list)
    """Links that lead nowhere, or to themselves."""
    problems: list[SourceError] = field(default_factory=list)
    _inner: list[tuple[Path, str]] = field(default_factory=list)

    def files(self) -> Iterator[Path]:
        """Every visible regular file, sorted."""
        root = os.path.realpath(self.path)
        entered = {root}
        # A list, and not os.walk, which calls itself for each level: folders lie a thousand deep.
        waiting = [(self.path, root)]
        while waiting or self._inner:
            if not waiting:  # of links within the folder those to what nothing else led to
                link, target = self._inner.pop(0)
                if target in entered:
                    continue
                entered.add(target)
                waiting.append((link, target))
            here, real = waiting.pop()
            folders, names = self._visible(here)
            inner = [
                (here / name, self._real(here / name, real, is_link, root))
                for name, is_link in folders
            ]
            for name, is_link in names:
                path = here / name
                if self.follow_links or not is_link or is_within(path, root):
                    yield path
                else:
                    self.outside.append(path)
            new = []
            for folder, place in inner:
                if place is not None and place not in entered and self.enters(folder):
                    entered.add(place)
                    new.append((folder, place))
            waiting += reversed(new)

    def _visible(self, here: Path) -> tuple[list[tuple[str, bool]], list[tuple[str, bool]]]:
        """The folders and the regular files in a folder by name, and whether each is a link."""
        folders, names = [], []
        try:
            with os.scandir(here) as entries:
                for entry in entries:
                    if entry.name.startswith("."):
                        continue
                    # Not is_dir and is_file, which raise where a link leads to what we may not see.
                    if os.path.isdir(entry.path):  # noqa: PTH112
                        folders.append((entry.name, entry.is_symlink()))
                    elif os.path.isfile(entry.path):  # noqa: PTH113
                        names.append((entry.name, entry.is_symlink()))
                    elif entry.is_symlink() and not os.path.exists(entry.path):  # noqa: PTH110
                        self.dead.append(Path(entry.path))
        except OSError as error:
            self._unreadable(error)
        return sorted(folders), sorted(names)

    def _real(self, path: Path, parent: str, is_link: bool, root: str) -> str | None:
        """The real path of a folder to enter; None for one that is not."""
        if not is_link:
            return os.path.join(parent, path.name)  # noqa: PTH118
        place = os.path.realpath(path)
        if is_within(path, root):
            if is_within(path.parent, place):
                self.loops.append(path)
            else:
                self._inner.append((path, place))
            return None
        if not self.follow_links:
            self.outside.append(path)
            return None
        return place

    def _unreadable(self, error: OSError) -> None:
        name = name_of(Path(error.filename or self.path))
        self.problems.append(SourceError(f"{name}: this folder cannot be read"))


def is_within(path: Path, root: str) -> bool:
    """Whether a path, links followed, is inside a folder given by its real path."""
    real = os.path.realpath(path)
    return real == root or real.startswith(root.rstrip(os.sep) + os.sep)
