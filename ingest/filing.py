"""What was read goes into the index, under its name; what is known and not there goes out."""

from collections.abc import Awaitable, Callable, Iterable

from langchain_core.documents import Document

from ingest.naming import Naming
from ingest.pages import Pages
from ingest.report import Report
from ingest.sources.discover import Source, WebSource
from ingest.sources.extracted import EmptyError
from ingest.sources.reader import Reader
from ingest.target import Target
from ingest.unchanged import Unchanged
from rag_stream.errors import SourceError
from rag_stream.index.generation import ROOT
from rag_stream.indexing.readings import Reading
from rag_stream.indexing.rename import Move

Cut = Callable[[Source, Document | SourceError], Awaitable[list[Document] | SourceError]]


class Filing:
    """Takes the sources of one run, one after another."""

    def __init__(
        self,
        naming: Naming,
        reader: Reader,
        target: Target,
        report: Report,
        cut: Cut,
        unchanged: Unchanged,
    ) -> None:
        self._naming = naming
        self._reader = reader
        self._pages = Pages(reader.read, naming.texts)
        self._target = target
        self._report = report
        self._cut = cut
        self._unchanged = unchanged
        self._here: set[str] = set()
        self._unsure: set[str] = set()

    async def take(self, source: Source, document: Document | Reading | SourceError) -> None:
        """Put a source into the index, where it is not as it was, or say what is wrong with it."""
        root = self._naming.named.roots.get(source.name)
        self._here.add(source.name)
        if isinstance(document, Reading):
            self._report.done(self._target.keep(source.name, document.chunks))
            return
        name: str | None = source.name
        if isinstance(source, WebSource) and isinstance(document, Document):
            name = await self._named(source, document, root)
            if name is None:
                return
        chunks = await self._cut(source, document)
        if isinstance(chunks, EmptyError):
            await self._empty(source)
            return
        if isinstance(chunks, SourceError):
            self._report.problem(chunks)
            if isinstance(source, WebSource) and root is not None:
                self._unsure.add(root)  # by which address it is known is not known
            return
        for chunk in chunks if root is not None else ():
            chunk.metadata[ROOT] = root
        self._report.done(await self._target.put(str(name), chunks, self._report.embedding))
        await self._unchanged.took(source, chunks, self._reader)

    async def take_out(self, *, prune: bool, is_complete: bool) -> None:
        """Take out what is known and was not found with `prune`; without, say what it is.

        `is_complete`: everything that was given could be looked at.
        """
        if prune and not is_complete:
            # What a sitemap or folder that cannot be read would name is not known to be gone.
            self._report.note("nothing pruned, because not all sources could be found")
        for gone in await self._naming.gone(self._here, self._unsure):
            if prune and is_complete:
                for source in gone.sources:
                    self._report.done(await self._target.remove(source))
                self._unchanged.gone(gone.sources)
            else:
                self._report.gone(gone.scope.label, gone.sources, gone.line)
        for line in await self._naming.left_behind():
            self._report.note(line)

    async def remove(self, names: Iterable[str]) -> None:
        """Take out sources by their names; one that none has means all that are in it."""
        for name in names:
            known = await self._target.sources()
            inside = sorted(s for s in known if s.startswith(f"{name.rstrip('/')}/"))
            found = [name] if name in known else inside
            if not found:
                self._report.problem(SourceError(f"{name}: no source is called so or is in it"))
            for source in found:
                self._report.done(await self._target.remove(source))
            self._unchanged.gone(found)

    async def _empty(self, source: Source) -> None:
        """What was in it before is gone, whatever it is known by."""
        names = [source.name]
        if isinstance(source, WebSource):
            address, _ = self._reader.addresses.pop(source.name, (source.name, None))
            names = self._pages.names_of(source, address)
        self._report.empty(names[0])
        for name in names:
            self._here.add(name)
            if (outcome := await self._target.put(name, [])).deleted:
                self._report.done(outcome)
                self._unchanged.gone([name])

    async def _named(self, source: WebSource, document: Document, root: str | None) -> str | None:
        """The address a page is known by, which its document takes; None where it was taken."""
        address, claimed = self._reader.addresses.pop(source.name, (source.name, None))
        page = await self._pages.settle(source, document.page_content, address, claimed)
        self._here.add(page.name)
        if document.metadata["title"] == source.name:
            document.metadata["title"] = page.name
        document.metadata["source"] = page.name
        old = dict.fromkeys((source.name, page.address))
        moves = {name: Move(page.name, root) for name in old if name != page.name}
        if moves and (there := await self._naming.texts(list(moves))):
            moves = {name: move for name, move in moves.items() if name in there}
            done = await self._target.rename(moves)
            self._report.renamed(dict.fromkeys(done, page.name))
        if page.note is not None:
            self._report.note(page.note)
        if page.is_known:
            self._report.joined()
            return None
        return page.name
