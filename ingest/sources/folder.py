"""The files of a folder, and where its links lead."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ingest.sources.names import name_of
from rag_stream.errors import SourceError


@dataclass(slots=True)
class Folder:
    """Walks one folder; `outside` and `problems` are complete once `files` has ended.

    A link to a file inside the folder is read like the file. What a link leads out to is read
    only with `follow_links`, a folder too, but each folder once: links may go in circles.
    """

    path: Path
    follow_links: bool = False
    outside: list[Path] = field(default_factory=list)
    """Links that lead out of the folder and were not followed."""
    problems: list[SourceError] = field(default_factory=list)

    def files(self) -> Iterator[Path]:
        """Every visible regular file, sorted."""
        root = os.path.realpath(self.path)
        entered = {root}
        # A list, and not os.walk, which calls itself for each level: folders lie a thousand deep.
        waiting = [(self.path, root)]
        while waiting:
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
                if place is not None and place not in entered:
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
        except OSError as error:
            self._unreadable(error)
        return sorted(folders), sorted(names)

    def _real(self, path: Path, parent: str, is_link: bool, root: str) -> str | None:
        """The real path of a folder to enter; None for one that is not."""
        if not is_link:
            return os.path.join(parent, path.name)  # noqa: PTH118
        if is_within(path, root):
            return None  # its files are read where they are
        if not self.follow_links:
            self.outside.append(path)
            return None
        return os.path.realpath(path)

    def _unreadable(self, error: OSError) -> None:
        name = name_of(Path(error.filename or self.path))
        self.problems.append(SourceError(f"{name}: this folder cannot be read"))


def is_within(path: Path, root: str) -> bool:
    """Whether a path, links followed, is inside a folder given by its real path."""
    real = os.path.realpath(path)
    return real == root or real.startswith(root.rstrip(os.sep) + os.sep)
