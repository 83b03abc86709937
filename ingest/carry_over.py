"""Sources that an earlier version named by where the command was typed: which are these here?

Such a name is a path as seen from a folder that nobody remembers. It may have been the one the
command is typed in now, or any that the file's own path leads through; another project's file
has the same name. So the texts decide: where at least half of a sample is still much the same,
the names are these files', and those of files that have vanished from the folder are, too.
"""

import os
import re
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from itertools import islice
from pathlib import Path, PurePath

from langchain_core.documents import Document

from ingest.sources.discover import FileSource, Source
from ingest.sources.names import name_of

SAMPLES = 10
_WORD = re.compile(r"\w+")
_RUN = 5
_RUN_HERE = 3
_SAME = 0.5

Read = Callable[[FileSource], Awaitable[Document]]
Texts = Callable[[list[str]], Awaitable[Mapping[str, str]]]


async def recognised(
    sources: Sequence[Source],
    old: Collection[str],
    *,
    base: Path,
    given: Sequence[Path],
    read: Read,
    texts: Texts,
) -> dict[str, Path]:
    """Of the old names those that mean paths at or below `given` (real ones), with these paths.

    `sources`: as discovery names them, from `base`. `read`: reads a file; `texts`: those of
    sources in the index.
    """
    names, known = set(old), {}
    files = [source for source in sources if isinstance(source, FileSource)]
    for name in names:
        if name.startswith("/") and _is_below(real := _real(name), given):
            known[name] = real  # whole paths mean one place
    places = _places(files, names, base)
    fitting: set[str] = set().union(*places.values())
    # The folder the command is typed in first, then those that most names fit.
    for place in sorted(places, key=lambda p: (p != base, -len(places[p]))):
        pairs = {name: source for name, source in places[place].items() if name not in known}
        if not pairs or not await _are_these(pairs, place == base, read, texts):
            continue
        known |= {name: _real(source.path) for name, source in pairs.items()}
        # Only what leads through the folder that is given: from inside it, all names do.
        above = [folder for folder in given if place in folder.parents]
        for name in names - known.keys() - fitting:
            if not name.startswith("/") and _is_below(real := _real(place / name), above):
                known[name] = real
    return known


def _places(
    files: Sequence[FileSource], names: set[str], base: Path
) -> dict[Path, dict[str, FileSource]]:
    """The folders from which these names may have been given, and the files they then mean."""
    found: dict[Path, dict[str, FileSource]] = defaultdict(dict)
    for source in files:
        if source.name in names:
            found[base][source.name] = source
        real = _real(source.path)
        for count in range(1, len(real.parts)):
            name = name_of(PurePath(*real.parts[-count:]))
            if name in names:
                found[Path(*real.parts[:-count])].setdefault(name, source)
    return found


async def _are_these(
    pairs: Mapping[str, FileSource], is_here: bool, read: Read, texts: Texts
) -> bool:
    step = max(1, len(pairs) // SAMPLES)
    sample = dict(islice(islice(pairs.items(), 0, None, step), SAMPLES))
    stored = await texts(list(sample))
    same = seen = 0
    for name, source in sample.items():
        if name not in stored:
            continue
        try:
            now = (await read(source)).page_content
        except Exception:  # noqa: BLE001, S112  # it is read again, and told, when its turn comes
            continue
        seen += 1
        same += is_same(stored[name], now, runs=_RUN_HERE if is_here else _RUN)
    return 2 * same >= seen > 0


def is_same(old: str, new: str, *, runs: int = _RUN, share: float = _SAME) -> bool:
    """Whether this share of the old text's runs of so many words is in the new one.

    The longer they are, the less two bills of one form are the same, or one that was edited.
    """
    before, after = _runs(old, runs), _runs(new, runs)
    return len(before & after) >= share * len(before)


def _runs(text: str, length: int) -> set[tuple[str, ...]]:
    words = _WORD.findall(text.lower())
    if len(words) < length:
        return {tuple(words)}
    return set(zip(*(words[at:] for at in range(length)), strict=False))


def _is_below(path: Path, given: Sequence[Path]) -> bool:
    return any(path == folder or folder in path.parents for folder in given)


def _real(path: str | Path) -> Path:
    return Path(os.path.realpath(path))
