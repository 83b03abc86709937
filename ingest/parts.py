"""Parts of web sites: pages there share what repeats on them, as those of a folder do. Pure."""

from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from ingest.sources.canonical import bare

_WEB = "web:"


def site_of(address: str) -> str:
    """The host and port of a web page, and the folders above it: `h:8000/docs/`."""
    parts = urlsplit(bare(address))
    return f"{parts.netloc}{parts.path.rpartition('/')[0]}/"


def host_of(address: str) -> str:
    return site_of(address).partition("/")[0]


def part_of(addresses: Iterable[str]) -> str:
    """The root of web pages of one host: the folders that all of them are in."""
    ways = [site_of(address).split("/")[:-1] for address in addresses]
    shared = ways[0]
    for way in ways:
        length = next(
            (at for at, (a, b) in enumerate(zip(shared, way, strict=False)) if a != b),
            min(len(shared), len(way)),
        )
        shared = shared[:length]
    return f"{_WEB}{'/'.join(shared)}/"


def innermost(address: str, roots: Mapping[str, object]) -> str | None:
    """The root among these that a web page is in."""
    way = site_of(address)
    while way:
        if (root := f"{_WEB}{way}") in roots:
            return root
        way = "/".join([*way.split("/")[:-2], ""]) if way.count("/") > 1 else ""
    return None


def is_part(root: str) -> bool:
    """Whether it is a part of a site, and no folder."""
    return root.startswith(_WEB)


def label_of(root: str) -> str:
    """What a part of a site is called."""
    return root.removeprefix(_WEB)


def folder_of(name: str, root: str) -> str:
    """The first folder of a page's name or address below its root, "" where it lies right in it."""
    below = name.removeprefix(root).lstrip("/")
    return below.partition("/")[0] if "/" in below else ""
