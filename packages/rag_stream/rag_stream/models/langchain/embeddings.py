"""Two instances of one embedding model: one for questions, one for an ingest's texts."""

from langchain_core.embeddings import Embeddings


class SplitEmbeddings(Embeddings):
    """A question's failure is told at once: who asks decides whether to try again.

    Texts keep the retries of their provider's client: an ingest has the time, and nobody else
    asks again for it.
    """

    def __init__(self, questions: Embeddings, texts: Embeddings) -> None:
        self._questions = questions
        self._texts = texts

    def embed_query(self, text: str) -> list[float]:
        return self._questions.embed_query(text)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return self._texts.embed_documents(texts)

    async def aembed_query(self, text: str) -> list[float]:
        return await self._questions.aembed_query(text)

    async def aembed_documents(self, texts: list[str]) -> list[list[float]]:
        return await self._texts.aembed_documents(texts)
