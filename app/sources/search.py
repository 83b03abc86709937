"""Documents found by their titles and addresses; what these say is learnt once for each."""

import asyncio
from collections import Counter
from collections.abc import Sequence

from rag_stream.index.documents import Listed
from rag_stream.lexical import names
from rag_stream.text.language import LANGUAGE

_AT_A_TIME = 500
_LANGUAGES = 6
"""Of a list so many are thought of, those of most documents."""
_Key = tuple[str, str, str | None]


class DocumentSearch:
    """Searches the lists of one index. Belongs to one event loop; the work is done in threads."""

    def __init__(self) -> None:
        self._told: dict[_Key, str] = {}
        self._of: Sequence[Listed] | None = None
        self._lines: list[str] = []
        self._languages: list[str] = []
        self._turns = asyncio.Lock()

    async def found(self, documents: Sequence[Listed], query: str) -> Sequence[Listed]:
        """Those that have each of the words in title or source; all where there are none.

        Of documents that were not there before it is learnt what they are found by: 100,000 take
        some seconds, and who is cancelled meanwhile leaves to the next what is done.
        """
        if not query.split():
            return documents
        async with self._turns:
            if self._of is not documents:
                await self._learn(documents)
            lines, languages = self._lines, self._languages
        matching = await asyncio.to_thread(_matching, lines, query, languages)
        return [documents[number] for number in matching]

    async def _learn(self, documents: Sequence[Listed]) -> None:
        for start in range(0, len(documents), _AT_A_TIME):
            await asyncio.to_thread(self._tell, documents[start : start + _AT_A_TIME])
        await asyncio.to_thread(self._keep, documents)

    def _tell(self, documents: Sequence[Listed]) -> None:
        for key in map(_key, documents):
            if key not in self._told:
                self._told[key] = names.told(*key)

    def _keep(self, documents: Sequence[Listed]) -> None:
        """What is told of these, in their order, and of no others."""
        keys = list(map(_key, documents))
        self._told = {key: self._told[key] for key in keys}
        self._lines = [self._told[key] for key in keys]
        counts = Counter(language for _, _, language in keys if language)
        self._languages = [language for language, _ in counts.most_common(_LANGUAGES)]
        self._of = documents


def _matching(lines: Sequence[str], query: str, languages: Sequence[str]) -> list[int]:
    return names.matching(lines, names.wanted(query, languages))


def _key(document: Listed) -> _Key:
    language = document.metadata.get(LANGUAGE)
    return document.title, document.source, str(language) if language else None
