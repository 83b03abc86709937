"""What the command line names, as a list of sources: web addresses and files."""

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from ingest.sources.folder import Folder
from ingest.sources.names import name_of
from rag_stream.errors import SourceError

SUFFIXES = (".html", ".htm", ".md", ".txt")
_KINDS = f"{', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}"
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
    """The sources of one run in order, each once; `skipped` counts unsupported files
    met in folders; `outside` names links that lead out of them and were not followed;
    `problems` are arguments that led to nothing."""

    sources: tuple[Source, ...]
    skipped: int = 0
    problems: tuple[SourceError, ...] = ()
    outside: tuple[str, ...] = ()


def find_sources(arguments: Iterable[str], *, base: Path, follow_links: bool = False) -> Found:
    """The sources that `arguments` name: web addresses, files, folders.

    Files are named relative to `base` (absolute) where they are below it. Links that lead out
    of a folder are read with `follow_links` only; a link that is itself an argument was typed.
    Touches the file system, not the network; no bad argument hides the others.
    """
    found = []
    for argument in arguments:
        try:
            found.append(_find(argument, base, follow_links))
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
    by_name: dict[str, Source] = {}
    for part in parts:
        for source in part.sources:
            by_name.setdefault(source.name, source)
    return Found(
        tuple(by_name.values()),
        sum(part.skipped for part in parts),
        tuple(problem for part in parts for problem in part.problems),
        tuple(name for part in parts for name in part.outside),
    )


def _find(argument: str, base: Path, follow_links: bool) -> Found:
    if "://" in argument:
        return Found((web_source(argument.strip()),))
    try:
        path = base / argument
        if path.is_dir():
            return _find_in_folder(argument, path, base, follow_links)
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


def _find_in_folder(argument: str, path: Path, base: Path, follow_links: bool = False) -> Found:
    folder = Folder(path, follow_links)
    within = None if follow_links else os.path.realpath(path)
    files = list(folder.files())
    sources = tuple(_file_source(file, base, within) for file in files if _supported(file))
    outside = tuple(_file_source(link, base).name for link in folder.outside)
    if not (sources or folder.problems or outside):
        raise SourceError(f"{argument}: there is no {_KINDS} file in this folder")
    return Found(sources, len(files) - len(sources), tuple(folder.problems), outside)


def _file_source(path: Path, base: Path, within: str | None = None) -> FileSource:
    # Not resolve(): a link is named as the operator named it, not by where it leads.
    path = Path(os.path.abspath(path))  # noqa: PTH100
    name = path.relative_to(base) if path.is_relative_to(base) else path
    return FileSource(name_of(name), path, within)


def _supported(path: Path) -> bool:
    return path.suffix.lower() in SUFFIXES
