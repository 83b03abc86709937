"""Asking a reranker over HTTP."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rag_stream.errors import SettingsError
from rag_stream.http.response import HttpError, check_parts, whole
from rag_stream.http.unpacked import PLAIN, Unpacked
from rag_stream.models.lazy import Lazy
from rag_stream.models.rerank.wire import (
    RerankError,
    endpoint,
    most_texts,
    request_body,
    scores,
)
from rag_stream.setting_fields import RerankApi
from rag_stream.settings import Settings

if TYPE_CHECKING:
    from httpx import AsyncClient

# Imports of httpx stand inside the functions: hardly anybody needs it (and it takes 0.1 s).

MOST_BYTES = 4 * 1024 * 1024
"""Of an answer; one that is longer is none."""


class RerankClient:
    """One reranker; belongs to one event loop. Opens nothing before the first question.

    No timeout of its own: whoever asks knows how long there is. The environment's proxies
    apply.
    """

    def __init__(
        self, api: RerankApi, url: str, *, model: str | None = None, key: str | None = None
    ) -> None:
        """Raises ValueError where `url` is no address."""
        self.model = model
        self._api = api
        self._url = endpoint(api, url)
        self._key = key
        self._http = Lazy(self._open)

    def _open(self) -> "AsyncClient":
        import httpx

        headers = {b"content-type": b"application/json", b"accept": b"application/json"}
        headers |= {name.encode(): value.encode() for name, value in PLAIN.items()}
        if self._key:
            headers[b"authorization"] = f"Bearer {self._key}".encode()
        return httpx.AsyncClient(headers=headers, timeout=httpx.Timeout(None))

    async def rerank(self, question: str, texts: Sequence[str]) -> list[tuple[int, float]]:
        """(index, score) of the texts, best first; some may be missing. Raises RerankError."""
        ranked: list[tuple[int, float]] = []
        most = most_texts(self._api)
        for start in range(0, len(texts), most):
            part = texts[start : start + most]
            answer = await self._post(request_body(self._api, self.model, question, part))
            for index, score in scores(self._api, answer, len(part)):
                ranked.append((start + index, score))
        # By their scores, because not every server sorts, and none does across requests.
        return sorted(ranked, key=lambda entry: -entry[1])

    async def _post(self, body: bytes) -> bytes:
        import httpx

        http = await self._http.load()
        try:
            async with http.stream("POST", self._url, content=body) as answer:
                if not answer.is_success:
                    raise RerankError(f"it answered with status {answer.status_code}")
                return check_parts(await whole(Unpacked(answer), MOST_BYTES))
        except HttpError as error:
            raise RerankError(f"it sent {error}") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            # Not in its own words, which may quote the key.
            raise RerankError(f"it gave no answer ({type(error).__name__})") from error

    async def aclose(self) -> None:
        if self._http.is_built:
            await self._http.get().aclose()


def build_reranker(settings: Settings) -> RerankClient | None:
    """The reranker of RAG_RERANK_URL, None where there is none. Raises SettingsError."""
    url, api, model = settings.rerank_url, settings.rerank_api, settings.rerank_model
    if url is None:
        return None
    if model is None and api != "tei":
        raise SettingsError(
            f"RAG_RERANK_MODEL: expected a model's name, because RAG_RERANK_API is {api!r}, "
            "got none"
        )
    key = settings.rerank_key
    try:
        return RerankClient(api, url, model=model, key=key.get_secret_value() if key else None)
    except ValueError:
        raise SettingsError("RAG_RERANK_URL: expected an address with a host") from None
