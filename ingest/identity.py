"""What the sources of a run are called, and what else the index holds of their roots.

Discovery names files as earlier versions did, by where the command was typed. Here they get
the names that stay: the label of their root and the path in it (`sources/roots.py`).
"""

import os
import shlex
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from ingest.sources.discover import FileSource, Found, Source, WebSource, combine, web_source
from ingest.sources.roots import SAMPLE, Roots, place, public_name, real_path
from rag_stream.errors import SourceError
from rag_stream.indexing.rename import Move

SAMPLE_FOLDER = Path(__file__).parent / "sample"


@dataclass(frozen=True, slots=True)
class Argument:
    """A file or folder that was given: as typed, its path as typed, and where that leads."""

    given: str
    path: Path
    real: Path
    is_folder: bool
    name: str | None = None
    """What the operator, or the sample, wants its root to be called."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What one argument names of all that the index may hold.

    `given`: as it stands in a command. `label`: how sources in it are called.
    """

    given: str
    label: str
    roots: frozenset[str]
    below: tuple[str, str] | None = None
    """A root, and what names in it begin with, where only a part of it was given."""

    def covers(self, source: str, root: str) -> bool:
        inside = self.below is not None and root == self.below[0]
        return root in self.roots or (inside and source.startswith(self.below[1]))  # type: ignore[index]


@dataclass(frozen=True, slots=True)
class Named:
    """A run's sources under their names, with their roots and what the run is about."""

    found: Found
    roots: Mapping[str, str] = field(default_factory=dict)
    scopes: tuple[Scope, ...] = ()


def arguments_of(
    sources: Iterable[str], *, base: Path, name: str | None = None, sample: Path | None = None
) -> list[Argument]:
    """The files and folders among what was given, outer folders first, files last.

    `name`: of the root, where one folder is given. Raises SourceError where it is not.
    """
    sources = list(sources)
    found = []
    for given in sources:
        if "://" in given:
            continue
        try:
            path = base / given
            is_folder = path.is_dir()
            if is_folder or path.is_file():
                here = Path(os.path.abspath(path))  # noqa: PTH100
                found.append(Argument(given, here, real_path(path), is_folder, name))
        except (OSError, ValueError):  # discovery has said so
            continue
    if name is not None and (len(sources) != 1 or not (found and found[0].is_folder)):
        got = f"got {len(sources)} SOURCEs" if len(sources) != 1 else f"got {sources[0]!r}"
        raise SourceError(f"--as {name}: expected one SOURCE that is a folder, {got}")
    if sample is not None:
        found.append(Argument("--sample", sample, real_path(sample), is_folder=True, name=SAMPLE))
    return sorted(found, key=lambda a: (not a.is_folder, len(a.real.parts)))


def sitemap_root(url: str) -> str | None:
    """The root of the pages that a sitemap lists; None for what is no address."""
    try:
        return f"sitemap:{place(Path(web_source(url).name))}"
    except SourceError:  # which the run has told
        return None


def add_roots(arguments: Iterable[Argument], roots: Roots, taken: Collection[str]) -> list[str]:
    """Let every argument lie in a root; returns the ids of those that are new or named here.

    `taken`: names of sources that are in no root. Raises SourceError where a name is another's.
    """
    changed = []
    for argument in arguments:
        if argument.name is None and roots.of(argument.real) is not None:
            continue
        try:
            root = roots.add(argument.real, taken, argument.name, is_file=not argument.is_folder)
        except ValueError as error:
            raise SourceError(f"--as {argument.name}: {error}: expected another name") from error
        changed.append(root.id)
    return changed


def name_sources(
    found: Found, arguments: Collection[Argument], roots: Roots, sitemaps: Iterable[str]
) -> Named:
    """The sources under the names that stay, each once, and what was given with them."""
    in_root: dict[str, str] = {}
    maps = {url: root for url in sitemaps if (root := sitemap_root(url)) is not None}
    sources: list[Source] = []
    for source in found.sources:
        if isinstance(source, WebSource):
            if source.typed in maps:
                in_root[source.name] = maps[str(source.typed)]
            sources.append(source)
            continue
        name, root = _place_of(source, arguments, roots)
        in_root[name] = root
        sources.append(replace(source, name=name))
    named = combine([replace(found, sources=tuple(sources))])
    scopes = [_scope(argument, roots) for argument in arguments if argument.is_folder]
    for url, id in maps.items():
        label = web_source(url).name  # without a password
        scopes.append(Scope(f"--sitemap {shlex.quote(label)}", label, frozenset([id])))
    return Named(named, in_root, tuple(scopes))


def moved(known: Iterable[str], old: str, new: str, root: str) -> dict[str, Move]:
    """Where the sources go that are called `old` or in it, once that is called `new`."""
    return {
        source: Move(f"{new}{source.removeprefix(old)}", root)
        for source in known
        if f"{source}/".startswith(f"{old}/")
    }


def absorbed(
    found: Found, arguments: Iterable[Argument], roots: Roots
) -> dict[str, tuple[Path, Argument]]:
    """The roots that a folder takes in that was given: their ids, their paths, and the folder.

    Files that were given by themselves before; where the folder was given a name, folders
    without one, too.
    """
    taken: dict[str, tuple[Path, Argument]] = {}
    folders = [argument for argument in arguments if argument.is_folder]
    for source in found.sources if folders else ():
        where = roots.of(real_path(source.path)) if isinstance(source, FileSource) else None
        if where is None or where[0].id in taken:
            continue
        root, own = where
        for folder in folders:
            is_open = root.is_file or (folder.name is not None and root.id.startswith("#"))
            if is_open and folder.real in own.parents:
                taken[root.id] = Path(own), folder
                break
    return taken


def _place_of(source: FileSource, arguments: Iterable[Argument], roots: Roots) -> tuple[str, str]:
    """The name of a file and its root's id."""
    real = real_path(source.path)
    where = roots.of(real)
    if where is None:  # a link led out of the folder, and was followed
        for argument in arguments:
            if source.path.is_relative_to(argument.path):
                real = argument.real / source.path.relative_to(argument.path)
                where = roots.of(real)
                break
    assert where is not None, "every argument lies in a root"  # noqa: S101
    root, own = where
    return public_name(root, own, real), root.id


def _scope(argument: Argument, roots: Roots) -> Scope:
    where = roots.of(argument.real)
    assert where is not None, "every argument lies in a root"  # noqa: S101
    root, own = where
    name = public_name(root, own, argument.real)
    given = argument.given if argument.name == SAMPLE else shlex.quote(argument.given)
    whole = {inner.id for inner in roots.inside(argument.real)}
    if own == argument.real:
        return Scope(given, name, frozenset({*whole, root.id}))
    return Scope(given, name, frozenset(whole), (root.id, f"{name}/"))
