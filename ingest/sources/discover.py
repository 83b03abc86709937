"""What the command line names, as a list of sources: web addresses and files."""

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from urllib.parse import urlsplit, urlunsplit

from ingest.sources.folder import Folder
from ingest.sources.kinds import is_no_document, is_no_folder, kind_of, matches, may_hold
from ingest.sources.left_out import LeftOut
from ingest.sources.names import name_of
from rag_stream.errors import SourceError

_KINDS = ".html, .md, .mdx, .rst, .ipynb, .org or .txt"
_MAX_ADDRESS = 8_192  # characters; more than any server takes
_NO_TEXT = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class WebSource:
    """A page to fetch. `name` is the address as given, less any user name and password.

    `typed` is what the operator typed to find it, where that is another address.
    """

    name: str
    url: str
    typed: str | None = None


@dataclass(frozen=True, slots=True)
class FileSource:
    """A file to read. `name` stays the same from run to run; citations show it.

    `within` is the folder, by its real path, that it may not lead out of.
    """

    name: str
    path: Path
    within: str | None = None


Source = WebSource | FileSource


@dataclass(frozen=True, slots=True)
class Found:
    """The sources of one run in order, each once; `left_out` counts what was met in folders
    and is not read; `outside` names links that lead out of them and were not followed, `loops`
    such as lead back to a folder they are in; `problems` are arguments that led to nothing."""

    sources: tuple[Source, ...]
    left_out: LeftOut = field(default_factory=LeftOut)
    problems: tuple[SourceError, ...] = ()
    outside: tuple[str, ...] = ()
    loops: tuple[str, ...] = ()


def find_sources(
    arguments: Iterable[str],
    *,
    base: Path,
    follow_links: bool = False,
    include: tuple[str, ...] = (),
) -> Found:
    """The sources that `arguments` name: web addresses, files, folders.

    Files are named relative to `base` (absolute) where they are below it. Links that lead out
    of a folder are read with `follow_links` only; a link that is itself an argument was typed.
    `include`: patterns of what is read though it is no document or of no known kind.
    Touches the file system, not the network; no bad argument hides the others.
    """
    found = []
    for argument in arguments:
        try:
            found.append(_find(argument, base, follow_links, include))
        except SourceError as error:
            found.append(Found((), problems=(error,)))
    return combine(found)


def find_sample() -> Found:
    """The small corpus that comes with this package, named `sample/NAME`."""
    folder = Path(__file__).parents[1] / "sample"
    return _find_in_folder("--sample", folder, base=folder.parent)


def web_source(url: str, typed: str | None = None) -> WebSource:
    """The source for a web address; raise SourceError for what is none.

    `typed`: where it was found, if the operator did not type it.
    """
    try:
        if len(url) > _MAX_ADDRESS or _NO_TEXT.search(url):
            raise ValueError
        parts = urlsplit(url)
        _ = parts.port  # ValueError beyond 65535
    except ValueError:
        raise SourceError(f"{url[:_MAX_ADDRESS]}: not a usable web address") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SourceError(
            f"{url}: expected a web address that starts with http:// or https:// and names a host"
        )
    if "@" not in parts.netloc:
        return WebSource(url, url, typed)
    # Answers show a source's name to everyone: it must not carry the password.
    name = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    return WebSource(name, url, typed)


def combine(parts: Iterable[Found]) -> Found:
    """Several findings as one; of sources with the same name the first is kept."""
    parts = list(parts)
    left_out = LeftOut()
    for part in parts:
        left_out.update(part.left_out)
    by_name: dict[str, Source] = {}
    for part in parts:
        for source in part.sources:
            by_name.setdefault(source.name, source)
    return Found(
        tuple(by_name.values()),
        left_out,
        tuple(problem for part in parts for problem in part.problems),
        tuple(name for part in parts for name in part.outside),
        tuple(name for part in parts for name in part.loops),
    )


def _find(argument: str, base: Path, follow_links: bool, include: tuple[str, ...]) -> Found:
    if "://" in argument:
        return Found((web_source(argument.strip()),))
    try:
        path = base / argument
        if path.is_dir():
            return _find_in_folder(argument, path, base, follow_links, include)
        if path.is_file():
            return _find_file(argument, path, base, include)
        exists = path.exists()
    except (OSError, ValueError):  # ValueError: a NUL in the name
        raise SourceError(f"{argument}: cannot be looked at") from None
    if exists:
        raise SourceError(f"{argument}: neither a file nor a folder")
    raise SourceError(f"{argument}: does not exist (a web address starts with http:// or https://)")


def _find_file(argument: str, path: Path, base: Path, include: tuple[str, ...]) -> Found:
    if not (kind_of(path) or matches(PurePath(path.name), include)):
        raise SourceError(f"{argument}: expected a {_KINDS} file, got {path.suffix or 'no suffix'}")
    return Found((_file_source(path, base),))


def _find_in_folder(
    argument: str,
    path: Path,
    base: Path,
    follow_links: bool = False,
    include: tuple[str, ...] = (),
) -> Found:
    left_out = LeftOut()

    def enters(inner: Path) -> bool:
        if is_no_folder(inner) and not may_hold(inner.relative_to(path), include):
            left_out.no_documents[inner.name + "/"] += 1
            return False
        return True

    folder = Folder(path, follow_links, enters)
    within = None if follow_links else os.path.realpath(path)
    wanted = [file for file in folder.files() if _is_wanted(file, path, include, left_out)]
    sources = tuple(_file_source(file, base, within) for file in wanted)
    # Of what might have been read; a built page's missing script is none of the reader's.
    dead = (link for link in folder.dead if kind_of(link) or not link.suffix)
    left_out.dead_links += (_file_source(link, base).name for link in dead)
    outside = tuple(_file_source(link, base).name for link in folder.outside)
    loops = tuple(_file_source(link, base).name for link in folder.loops)
    problems = list(folder.problems)
    if not (sources or problems or outside):
        said = f" ({line})" if (line := left_out.line()) else ""
        problems.append(SourceError(f"{argument}: there is no {_KINDS} file in this folder{said}"))
    return Found(sources, left_out, tuple(problems), outside, loops)


def _is_wanted(path: Path, folder: Path, include: tuple[str, ...], left_out: LeftOut) -> bool:
    below = path.relative_to(folder)
    if include and matches(below, include):
        return True
    if any(is_no_folder(above) for above in _between(path, folder)):
        return False  # entered for others of its files
    if kind_of(path) is None:
        left_out.add(path)
        return False
    if is_no_document(path):
        left_out.no_documents[path.name] += 1
        return False
    return True


def _between(path: Path, folder: Path) -> Iterator[Path]:
    return (above for above in path.parents if above != folder and above.is_relative_to(folder))


def _file_source(path: Path, base: Path, within: str | None = None) -> FileSource:
    # Not resolve(): a link is named as the operator named it, not by where it leads.
    path = Path(os.path.abspath(path))  # noqa: PTH100
    name = path.relative_to(base) if path.is_relative_to(base) else path
    return FileSource(name_of(name), path, within)
