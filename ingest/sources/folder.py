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
        for here, folders, names in os.walk(
            self.path, onerror=self._unreadable, followlinks=self.follow_links
        ):
            folders[:] = [
                name
                for name in sorted(folders)
                if not name.startswith(".") and self._enters(Path(here, name), root, entered)
            ]
            for name in sorted(names):
                path = Path(here, name)
                # Not Path.is_file, which raises where a link leads to what we may not see.
                if name.startswith(".") or not os.path.isfile(path):  # noqa: PTH113
                    continue
                if self.follow_links or not path.is_symlink() or is_within(path, root):
                    yield path
                else:
                    self.outside.append(path)

    def _enters(self, path: Path, root: str, entered: set[str]) -> bool:
        real = os.path.realpath(path)
        if path.is_symlink():
            if is_within(path, root):
                return False  # its files are read where they are
            if not self.follow_links:
                self.outside.append(path)
                return False
        new = real not in entered
        entered.add(real)
        return new

    def _unreadable(self, error: OSError) -> None:
        name = name_of(Path(error.filename or self.path))
        self.problems.append(SourceError(f"{name}: this folder cannot be read"))


def is_within(path: Path, root: str) -> bool:
    """Whether a path, links followed, is inside a folder given by its real path."""
    real = os.path.realpath(path)
    return real == root or real.startswith(root.rstrip(os.sep) + os.sep)
