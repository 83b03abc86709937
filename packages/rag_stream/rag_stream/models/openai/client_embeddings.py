"""OpenAIEmbeddings as it is, connections and parsing the official client's own."""

from typing import Any

from langchain_openai import OpenAIEmbeddings


class ClientOpenAIEmbeddings(OpenAIEmbeddings):
    """Asks for a question's vector once: who calls decides whether to ask again (`retry.py`).

    Many texts keep the client's retries, as in `embeddings.py`.
    """

    async def aembed_query(self, text: str, **kwargs: Any) -> list[float]:
        """One vector. Raises what the OpenAI client raises."""
        once = self.async_client._client.with_options(max_retries=0).embeddings
        asking = self.model_copy(update={"async_client": once})
        return await OpenAIEmbeddings.aembed_query(asking, text, **kwargs)
