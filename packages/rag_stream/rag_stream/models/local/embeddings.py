"""Local embeddings: a model on the CPU, without torch and without a key."""

import asyncio
import math
import os
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
from langchain_core.embeddings import Embeddings

from rag_stream.errors import WeightsError
from rag_stream.models.local.encoder import DIMENSION, Encoder, Vectors
from rag_stream.models.local.local_models import E5_MODEL, MINILM_MODEL, LocalModel
from rag_stream.models.local.weights import ensure_model, find_model

MAX_BATCH = 8
# Larger batches are no faster on a CPU; smaller ones let go of it sooner, and keep
# onnxruntime's arena (which never shrinks) small.
MAX_BATCH_TOKENS = 512
# Texts that are made tokens at a time, before others have their turn.
_PREPARED_AT_ONCE = 64
FETCH_AGAIN_S = 30.0


class LocalEmbeddings(Embeddings):
    """A local model: vectors of 384 float32, length one, from a text's first tokens.

    Building it costs nothing; the model is loaded, and if need be fetched, on first use.
    The `a...` methods work on two threads of their own, one for questions and one for
    everything else, so they block neither the event loop nor asyncio's few default
    threads, and a question waits for other questions only. The others work in the
    calling thread. All raise WeightsError when the model's files cannot be had, and
    TypeError for what is not text.
    """

    dimension = DIMENSION

    def __init__(
        self, model: LocalModel, cache: Path | None = None, threads: int | None = None
    ) -> None:
        """`cache` is RAG_MODEL_CACHE; `threads` compute one batch (at most 2 by default)."""
        self.name = model.name
        self.fingerprint = model.fingerprint
        self.common_cosine = model.common_cosine
        self._model = model
        self._cache = cache
        self._threads = threads or min(2, os.cpu_count() or 1)
        self._encoder: Encoder | None = None
        self._loading = threading.Lock()
        self._failure = -math.inf, ""
        self._questions: deque[tuple[str, Future[list[float]]]] = deque()
        # Executors start their thread with the first job.
        self._question_thread = ThreadPoolExecutor(1, "rag-question")
        self._batch_thread = ThreadPoolExecutor(1, "rag-embed")

    @property
    def is_loaded(self) -> bool:
        """Whether embedding can begin at once."""
        return self._encoder is not None

    def load(self) -> None:
        """Load the model now instead of with the first text. Raises WeightsError."""
        self._loaded()

    def encode(self, texts: Sequence[str], questions: int = 0) -> Vectors:
        """Vectors [n, 384] in the order of `texts`, of which the first `questions` ask."""
        texts = self._told(texts, questions)
        prepared = [one for part in _parts(texts) for one in self._prepare(part)]
        vectors = np.empty((len(texts), DIMENSION), dtype=np.float32)
        for rows in _batches(prepared):
            vectors[rows] = self._run([prepared[row] for row in rows])
        return vectors

    async def aencode(self, texts: Sequence[str], questions: int = 0) -> Vectors:
        """`encode` off the event loop; concurrent calls take turns batch by batch."""
        texts = self._told(texts, questions)
        vectors = np.empty((len(texts), DIMENSION), dtype=np.float32)
        in_turn = partial(asyncio.get_running_loop().run_in_executor, self._batch_thread)
        # One job at a time in the queue: that is what makes the turns.
        prepared = [one for part in _parts(texts) for one in await in_turn(self._prepare, part)]
        for rows in _batches(prepared):
            vectors[rows] = await in_turn(self._run, [prepared[row] for row in rows])
        return vectors

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """One vector a text, in order."""
        rows: list[list[float]] = self.encode(texts).tolist()
        return rows

    def embed_query(self, text: str) -> list[float]:
        """One vector."""
        (row,) = self.encode([text], questions=1).tolist()
        vector: list[float] = row
        return vector

    async def aembed_documents(self, texts: list[str]) -> list[list[float]]:
        """One vector a text, in order, off the event loop."""
        rows: list[list[float]] = (await self.aencode(texts)).tolist()
        return rows

    async def aembed_query(self, text: str) -> list[float]:
        """One vector, off the event loop; questions that wait together are run together."""
        future: Future[list[float]] = Future()
        self._questions.append((_well_formed(text), future))
        self._question_thread.submit(self._answer_waiting)
        # Cancelling the task cancels `future`, and a question nobody awaits is not run.
        return await asyncio.wrap_future(future)

    def _answer_waiting(self) -> None:
        """Run the questions that have gathered; eight in one pass cost what four do alone."""
        waiting: list[tuple[str, Future[list[float]]]] = []
        while self._questions and len(waiting) < MAX_BATCH:
            text, future = self._questions.popleft()
            if future.set_running_or_notify_cancel():
                waiting.append((text, future))
        if not waiting:
            return
        try:
            texts = [text for text, _ in waiting]
            vectors = self.encode(texts, questions=len(texts)).tolist()
        except BaseException as error:  # noqa: BLE001 - every waiting caller must hear of it
            for _, future in waiting:
                future.set_exception(error)
            return
        for (_, future), vector in zip(waiting, vectors, strict=True):
            future.set_result(vector)

    def _loaded(self) -> Encoder:
        if self._encoder is None:
            with self._loading:
                if self._encoder is None:
                    self._encoder = self._model.load(self._folder(), self._threads)
        return self._encoder

    def _folder(self) -> Path:
        # A fetch that fails takes seconds, and every waiting question would start its own:
        # for a while only look whether somebody else has put the files in place.
        failed_at, message = self._failure
        if time.monotonic() < failed_at + FETCH_AGAIN_S:
            found = find_model(self._cache, self._model.release)
            if found is None:
                raise WeightsError(message)
            return found
        try:
            return ensure_model(self._cache, self._model.release)
        except WeightsError as error:
            self._failure = time.monotonic(), str(error)
            raise

    def _told(self, texts: Sequence[str], questions: int) -> list[str]:
        """The texts as the model wants them."""
        if isinstance(texts, str):
            raise TypeError("texts: expected a sequence of str, got one str")
        before = [self._model.of_question] * questions
        before += [self._model.of_text] * (len(texts) - questions)
        return [start + _well_formed(text) for start, text in zip(before, texts, strict=True)]

    def _prepare(self, texts: list[str]) -> Sequence[Sequence[int]]:
        return self._loaded().prepare(texts)

    def _run(self, prepared: list[Sequence[int]]) -> Vectors:
        return self._loaded().run(prepared)


class MiniLMEmbeddings(LocalEmbeddings):
    """all-MiniLM-L6-v2: English, the first 256 tokens."""

    def __init__(self, cache: Path | None = None, threads: int | None = None) -> None:
        super().__init__(MINILM_MODEL, cache, threads)


class E5Embeddings(LocalEmbeddings):
    """multilingual-e5-small: 100 languages, the first 512 tokens."""

    def __init__(self, cache: Path | None = None, threads: int | None = None) -> None:
        super().__init__(E5_MODEL, cache, threads)


def _well_formed(text: str) -> str:
    """The text without halves of surrogate pairs, which tokenizers refuse."""
    if not isinstance(text, str):
        raise TypeError(f"text: expected str, got {type(text).__name__}")
    try:
        text.encode()
    except UnicodeEncodeError:
        # Joins the halves that belong together; U+FFFD, which the model drops, for the rest.
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _parts(texts: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(texts), _PREPARED_AT_ONCE):
        yield texts[start : start + _PREPARED_AT_ONCE]


def _batches(prepared: list[Sequence[int]]) -> Iterator[list[int]]:
    """Row numbers to run together: texts of like length, so that little of a batch is padding."""
    # Longest first: the arena is then allocated once.
    order = sorted(range(len(prepared)), key=lambda row: len(prepared[row]), reverse=True)
    start = 0
    while start < len(order):
        fitting = MAX_BATCH_TOKENS // max(1, len(prepared[order[start]]))
        count = min(MAX_BATCH, max(1, fitting))
        yield order[start : start + count]
        start += count
