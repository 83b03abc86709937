"""The collection's metadata as its writer sees it: generation and recipe, changed in one write.

The chunks of a generation to come are nobody's until its number stands in the metadata;
how the index is made stands beside it, so that one is never ahead of the other.
"""

from dataclasses import replace

from rag_stream.index.client import ChromaClient
from rag_stream.index.generation import INGESTED, SCHEMA, ingested_now
from rag_stream.index.reader import IndexReader
from rag_stream.index.snapshot import IndexSnapshot, wrong_dimension
from rag_stream.indexing.recipe import Recipe
from rag_stream.indexing.upgrade import infer
from rag_stream.models.factory import Embedder


class Commits:
    """What one writer's changes are committed with; the caller holds the index's lease.

    `wanted`: the recipe that is configured. `recipe`: how the index is made as it stands.
    """

    def __init__(
        self, client: ChromaClient, index: IndexReader, state: IndexSnapshot, wanted: Recipe
    ) -> None:
        self.state = state
        self.wanted = wanted
        recorded = Recipe.of(state.collection.metadata)
        self.recipe = recorded or wanted
        self.is_recorded = recorded is not None
        self.is_found_out = False
        """Whether `open` had to find out how the index is made."""
        self._client = client
        self._index = index

    @classmethod
    async def open(
        cls, index: IndexReader, name: str, embedder: Embedder, wanted: Recipe
    ) -> "Commits":
        """Create the index where there is none, clean up what a dead run left.

        An index that does not record how it was made does so from now on; one that holds
        nothing is made as is wanted. Raises EmbeddingMismatchError, IndexUnavailableError;
        EmbeddingFailedError, WeightsError where it must be found out how it was made.
        """
        client = await index.client()
        state = await index.find()
        if state is None:
            await client.create(name, {**wanted.metadata(), "generation": 0, "schema": SCHEMA})
            state = await index.find()
            assert state is not None, "created above"  # noqa: S101
        state.require(embedder.fingerprint)
        commits = cls(client, index, state, wanted)
        await commits.recover()
        state = commits.state
        if commits.is_recorded and not (commits.is_behind or commits.recipe.differences(wanted)):
            return commits
        if await client.count(state.collection) == 0:
            await commits._write(wanted, state.generation)
        elif not commits.is_recorded:
            found = await infer(client, state, embedder, wanted)
            await commits._write(found, state.generation)
            commits.is_found_out = True
        return commits

    @classmethod
    async def preview(cls, index: IndexReader, state: IndexSnapshot, wanted: Recipe) -> "Commits":
        """What `open` would leave, as far as that needs no embedding; writes nothing."""
        client = await index.client()
        commits = cls(client, index, state, wanted)
        staged, ended, _ = await commits._left_over()
        if await client.count(state.collection) == len(staged) + len(ended):
            commits.recipe, commits.is_recorded = wanted, True
        return commits

    async def commit(
        self, generation: int, *, cuts: bool = False, dimension: int | None = None
    ) -> None:
        """Make a generation count. `cuts`: chunks of the wanted cut come in, among others."""
        made = self.recipe
        if cuts and made.cut != self.wanted.cut:
            made = replace(made, cut=self.wanted.cut, is_mixed=True)
        if dimension is not None:
            made = replace(made, dimension=dimension)
        await self._write(made, generation)

    @property
    def is_behind(self) -> bool:
        """Whether the index may hold sources that are not of the wanted cut."""
        return self.recipe.is_mixed or self.recipe.cut != self.wanted.cut

    async def settle(self) -> None:
        """Every source that the index holds is of the wanted cut."""
        made = replace(self.recipe, cut=self.wanted.cut, is_mixed=False)
        await self._write(made, self.state.generation)

    def require_dimension(self, dimension: int) -> None:
        """Raise EmbeddingMismatchError unless the index's vectors have so many numbers."""
        if self.recipe.dimension not in (None, dimension):
            made = int(self.recipe.dimension or 0)
            name, model = self.state.collection.name, self.recipe.embedding_model
            raise wrong_dimension(name, model, made, dimension)

    async def _write(self, recipe: Recipe, generation: int) -> None:
        old = self.state.collection.metadata
        metadata = {**old, **recipe.metadata(), "generation": generation}
        if generation > self.state.generation:
            metadata[INGESTED] = ingested_now()
        await self._client.set_metadata(self.state.collection, metadata)
        await self.refresh()

    async def refresh(self) -> None:
        state = await self._index.find()
        if state is not None:
            self.state = state
            recorded = Recipe.of(state.collection.metadata)
            self.recipe = recorded or self.recipe
            self.is_recorded = recorded is not None

    async def recover(self) -> None:
        """Undo what was laid down for a generation that never came; finish deletions."""
        await self.refresh()
        client, collection = self._client, self.state.collection
        staged, ended, spared = await self._left_over()
        await client.delete(collection, staged)
        await client.delete(collection, ended)
        await client.update_metadata(collection, spared, {"until": 0})

    async def _left_over(self) -> tuple[list[str], list[str], list[str]]:
        """The ids of chunks that never came to count; that have ended; whose end never came."""
        client, state = self._client, self.state
        collection, generation = state.collection, state.generation
        staged = await client.get(collection, {"since": {"$gt": generation}}, texts=False)
        marked = await client.get(collection, {"until": {"$gt": 0}}, texts=False)
        coming = {record.id for record in staged}
        marked = [record for record in marked if record.id not in coming]
        ended = [record.id for record in marked if not state.holds(record)]
        spared = [record.id for record in marked if state.holds(record)]
        return [record.id for record in staged], ended, spared
