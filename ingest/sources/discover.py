"""What the command line names, as a list of sources: web addresses and files."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from rag_stream.errors import SourceError

SUFFIXES = (".html", ".htm", ".md", ".txt")
_KINDS = f"{', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}"


@dataclass(frozen=True, slots=True)
class WebSource:
    """A page to fetch. `name` is the address as given, less any user name and password."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class FileSource:
    """A file to read. `name` stays the same from run to run; citations show it."""

    name: str
    path: Path


Source = WebSource | FileSource


@dataclass(frozen=True, slots=True)
class Found:
    """The sources of one run in order, each once; `skipped` counts unsupported files
    met in folders; `problems` are arguments that led to nothing."""

    sources: tuple[Source, ...]
    skipped: int = 0
    problems: tuple[SourceError, ...] = ()


def find_sources(arguments: Iterable[str], *, base: Path) -> Found:
    """The sources that `arguments` name: web addresses, files, folders.

    Files are named relative to `base` (absolute) where they are below it. Touches
    the file system, not the network; no bad argument hides the others.
    """
    found = []
    for argument in arguments:
        try:
            found.append(_find(argument, base))
        except SourceError as error:
            found.append(Found((), problems=(error,)))
    return combine(found)


def find_sample() -> Found:
    """The small corpus that comes with this package, named `sample/NAME`."""
    folder = Path(__file__).parents[1] / "sample"
    return _find_in_folder("--sample", folder, base=folder.parent)


def web_source(url: str) -> WebSource:
    """The source for a web address; raise SourceError for what is none."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # ValueError beyond 65535
    except ValueError:
        raise SourceError(f"{url}: not a usable web address") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SourceError(
            f"{url}: expected a web address that starts with http:// or https:// and names a host"
        )
    if "@" not in parts.netloc:
        return WebSource(url, url)
    # Answers show a source's name to everyone: it must not carry the password.
    return WebSource(urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2])), url)


def combine(parts: Iterable[Found]) -> Found:
    """Several findings as one; of sources with the same name the first is kept."""
    parts = list(parts)
    by_name: dict[str, Source] = {}
    for part in parts:
        for source in part.sources:
            by_name.setdefault(source.name, source)
    return Found(
        tuple(by_name.values()),
        sum(part.skipped for part in parts),
        tuple(problem for part in parts for problem in part.problems),
    )


def _find(argument: str, base: Path) -> Found:
    if "://" in argument:
        return Found((web_source(argument.strip()),))
    try:
        path = base / argument
        if path.is_dir():
            return _find_in_folder(argument, path, base)
        if path.is_file():
            return _find_file(argument, path, base)
        exists = path.exists()
    except (OSError, ValueError):  # ValueError: a NUL in the name
        raise SourceError(f"{argument}: cannot be looked at") from None
    if exists:
        raise SourceError(f"{argument}: neither a file nor a folder")
    raise SourceError(f"{argument}: does not exist (a web address starts with http:// or https://)")


def _find_file(argument: str, path: Path, base: Path) -> Found:
    if not _supported(path):
        raise SourceError(f"{argument}: expected a {_KINDS} file, got {path.suffix or 'no suffix'}")
    return Found((_file_source(path, base),))


def _find_in_folder(argument: str, folder: Path, base: Path) -> Found:
    problems: list[SourceError] = []
    files = list(_files(folder, argument, problems))
    sources = tuple(_file_source(path, base) for path in files if _supported(path))
    if not sources and not problems:
        raise SourceError(f"{argument}: there is no {_KINDS} file in this folder")
    return Found(sources, len(files) - len(sources), tuple(problems))


def _files(folder: Path, argument: str, problems: list[SourceError]) -> Iterator[Path]:
    """Every visible regular file below `folder`, sorted; links to folders are not entered."""

    def unreadable(error: OSError) -> None:
        problems.append(SourceError(f"{error.filename or argument}: this folder cannot be read"))

    for here, folders, names in os.walk(folder, onerror=unreadable):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(here, name)
            if not name.startswith(".") and path.is_file():
                yield path


def _file_source(path: Path, base: Path) -> FileSource:
    # Not resolve(): a link is named as the operator named it, not by where it leads.
    path = Path(os.path.abspath(path))  # noqa: PTH100
    name = path.relative_to(base) if path.is_relative_to(base) else path
    return FileSource(name.as_posix(), path)


def _supported(path: Path) -> bool:
    return path.suffix.lower() in SUFFIXES
