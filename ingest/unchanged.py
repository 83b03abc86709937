"""Files that need not be read anew: the same bytes, read in the same way, and all still there.

The key of a reading is made of all that its chunks depend on: the file's bytes and kind, its
root, the readers' edition and options, how texts are cut, and, of a page, what was learned of the
root, if anything. What could not be read, or was empty, has no reading and is met, and told,
each time.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence

from langchain_core.documents import Document

from ingest.edition import edition
from ingest.naming import Naming
from ingest.recipe import configured_cut
from ingest.sources.discover import FileSource, Source
from ingest.sources.reader import Loaded, Reader
from ingest.target import Preview, Target
from rag_stream.index.client import ChromaClient
from rag_stream.index.snapshot import IndexSnapshot
from rag_stream.indexing.diff import chunks_of
from rag_stream.indexing.inventory import tallies
from rag_stream.indexing.readings import Reading, ReadingStore
from rag_stream.indexing.rebuild import Rebuild
from rag_stream.indexing.tally import Tally
from rag_stream.pipeline.runtime import Runtime

SAVED_AT_ONCE = 200


class Unchanged:
    """Of one run: what it need not read, and what it has read, for the next one."""

    def __init__(
        self, store: ReadingStore | None, options: Sequence[object], roots: Mapping[str, str]
    ) -> None:
        """`store`: None where nothing is known. `options`: what texts depend on beside files.

        `roots`: of sources, by name.
        """
        self._store = store
        self._options = options
        self._roots = roots
        self.before: dict[str, Reading] = {}
        """How sources were read that stand in the index as that left them."""
        self._keys: dict[str, str] = {}
        self._new: dict[str, Reading] = {}
        self._gone: dict[str, None] = {}
        self.learned: Mapping[str, str] = {}
        """Of roots, by id: what was learned of them that the texts of their files depend on."""

    @classmethod
    async def open(
        cls, runtime: Runtime, css_classes: Sequence[str] | None, naming: Naming, target: Target
    ) -> "Unchanged":
        """Of what was named; in a preview nothing is kept. A rebuild cuts and embeds all anew."""
        settings, client = runtime.settings, await runtime.index.client()
        keeps = not isinstance(target, Preview)
        store = await ReadingStore.open(client, settings.collection, keeps=keeps)
        how = (configured_cut(settings), css_classes)
        unchanged = cls(store, how, naming.named.roots)
        snapshot = await runtime.index.find()
        if snapshot is not None and not isinstance(target, Rebuild):
            await unchanged.look(client, snapshot, naming.named.found.sources)
        unchanged.gone(old for old, move in naming.moves.items() if old != move.source)
        return unchanged

    async def look(
        self, client: ChromaClient, snapshot: IndexSnapshot, sources: Iterable[Source]
    ) -> None:
        """Find out which of these sources stand in the index as they were read before."""
        if self._store is None:
            return
        before = await self._store.of([source.name for source in sources])
        here = await tallies(client, snapshot, list(before))
        self.before = {name: was for name, was in before.items() if here.get(name) == was.tally}

    def known(self, source: Source, loaded: Loaded) -> Reading | None:
        """How a source was read before that is the same now; None where it has to be read."""
        key = self.key(source, loaded)
        if key is None:
            return None
        found = self.before.get(source.name)
        if found is not None and found.key == key:
            return found
        self._keys[source.name] = key
        return None

    async def took(self, source: Source, chunks: Sequence[Document], reader: Reader) -> None:
        """Remember that a source was read and what came of it, once that is in the index."""
        key = self._keys.pop(source.name, None)
        if key is None or not chunks:
            return
        said = reader.notes.get(source.name, ""), reader.includes.get(source.name, ())
        tally = str(Tally.of(chunks_of(chunks)))
        self._new[source.name] = Reading(source.name, key, tally, *said)
        if len(self._new) >= SAVED_AT_ONCE:
            await self._save()

    def gone(self, sources: Iterable[str]) -> None:
        """Sources that were taken out, or have other names now."""
        self._gone |= dict.fromkeys(sources)

    async def finish(self) -> None:
        """See that the next run knows it."""
        await self._save()
        if self._store is not None:
            await self._store.forget(list(self._gone))

    async def _save(self) -> None:
        new, self._new = self._new, {}
        for name in new:
            self._gone.pop(name, None)
        if self._store is not None:
            await self._store.save(new.values())

    def key(self, source: Source, loaded: Loaded) -> str | None:
        """What says that it is the same reading; None for what is read each time."""
        readers, root = edition(), self._roots.get(source.name)
        if not isinstance(source, FileSource) or readers is None or root is None:
            return None
        # Nothing is taken out of other files, whatever is learned of the pages beside them.
        learned = self.learned.get(root, "") if loaded.kind == "html" else ""
        how = (readers, *self._options, loaded.kind, loaded.charset, root, learned)
        body = hashlib.sha256(loaded.body).digest()
        return hashlib.sha256(repr(how).encode() + b"\0" + body).hexdigest()
