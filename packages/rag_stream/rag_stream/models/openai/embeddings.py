"""OpenAIEmbeddings with a short way for one question.

The official client's request without its models, which are built by reflection on either
side of it: see `replay.py`.
"""

import base64
import sys
from array import array
from typing import Any

from pydantic import PrivateAttr

from rag_stream.models.openai.client_embeddings import ClientOpenAIEmbeddings
from rag_stream.models.openai.replay import OpenAIPost

_PATH = "/embeddings"


class QuestionOpenAIEmbeddings(ClientOpenAIEmbeddings):
    """Embeds one question at a time with little around it; many texts as its parent does."""

    _post: OpenAIPost | None = PrivateAttr(default=None)

    async def aembed_query(self, text: str, **kwargs: Any) -> list[float]:
        """One vector. Raises what the OpenAI client raises."""
        if kwargs or self.dimensions is not None or self.model_kwargs:
            return await super().aembed_query(text, **kwargs)
        body = {"input": [text], "model": self.model, "encoding_format": "base64"}
        if self._post is None:
            # Somebody waits: who calls this decides whether to ask again (`models/retry.py`). The
            # parent's way keeps the client's retries, for an ingest of many texts.
            client = self.async_client._client.with_options(max_retries=0)
            self._post = OpenAIPost(client, _PATH, self.http_async_client)
        answer = await self._post.json(body)
        vector = answer["data"][0]["embedding"]
        if isinstance(vector, str):
            numbers = array("f", base64.b64decode(vector))  # little-endian on the wire
            if sys.byteorder == "big":
                numbers.byteswap()
            return numbers.tolist()
        return [float(number) for number in vector]  # a server that knows no base64
