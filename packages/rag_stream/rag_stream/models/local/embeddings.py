"""Local embeddings: all-MiniLM-L6-v2 on the CPU, without torch and without a key."""

import asyncio
import math
import os
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import numpy as np
from langchain_core.embeddings import Embeddings
from numpy.typing import NDArray

from rag_stream.errors import WeightsError
from rag_stream.models.local.manifest import WEIGHTS_SHA256
from rag_stream.models.local.onnx import DIMENSION, OnnxModel
from rag_stream.models.local.weights import ensure_model, find_model
from rag_stream.settings import LOCAL_EMBEDDINGS

Vectors = NDArray[np.float32]

MAX_BATCH = 8
# About 512 tokens of English. Larger batches are no faster on a CPU; smaller ones let go
# of it sooner, and keep onnxruntime's arena (which never shrinks) small.
MAX_BATCH_BYTES = 2_048
FETCH_AGAIN_S = 30.0


class MiniLMEmbeddings(Embeddings):
    """all-MiniLM-L6-v2: vectors of 384 float32, length one, from the first 256 tokens.

    Building it costs nothing; the model is loaded, and if need be fetched, on first use.
    The `a...` methods work on two threads of their own, one for questions and one for
    everything else, so they block neither the event loop nor asyncio's few default
    threads, and a question waits for other questions only. The others work in the
    calling thread. All raise WeightsError when the model's files cannot be had, and
    TypeError for what is not text.
    """

    name = LOCAL_EMBEDDINGS
    dimension = DIMENSION
    fingerprint = f"{LOCAL_EMBEDDINGS}@{WEIGHTS_SHA256[:8]}"

    def __init__(self, cache: Path | None = None, threads: int | None = None) -> None:
        """`cache` is RAG_MODEL_CACHE; `threads` compute one batch (at most 2 by default)."""
        self._cache = cache
        self._threads = threads or min(2, os.cpu_count() or 1)
        self._encoder: OnnxModel | None = None
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

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Vectors [n, 384] in the order of `texts`."""
        texts = _checked(texts)
        vectors = np.empty((len(texts), DIMENSION), dtype=np.float32)
        for rows in _batches(texts):
            vectors[rows] = self._run([texts[row] for row in rows])
        return vectors

    async def aencode(self, texts: Sequence[str]) -> Vectors:
        """`encode` off the event loop; concurrent calls take turns batch by batch."""
        texts = _checked(texts)
        vectors = np.empty((len(texts), DIMENSION), dtype=np.float32)
        loop = asyncio.get_running_loop()
        for rows in _batches(texts):
            batch = [texts[row] for row in rows]
            # One job at a time in the queue: that is what makes the turns.
            vectors[rows] = await loop.run_in_executor(self._batch_thread, self._run, batch)
        return vectors

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """One vector a text, in order."""
        rows: list[list[float]] = self.encode(texts).tolist()
        return rows

    def embed_query(self, text: str) -> list[float]:
        """One vector."""
        return self.embed_documents([text])[0]

    async def aembed_documents(self, texts: list[str]) -> list[list[float]]:
        """One vector a text, in order, off the event loop."""
        rows: list[list[float]] = (await self.aencode(texts)).tolist()
        return rows

    async def aembed_query(self, text: str) -> list[float]:
        """One vector, off the event loop; questions that wait together are run together."""
        future: Future[list[float]] = Future()
        self._questions.append((_checked([text])[0], future))
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
            vectors = self.encode([text for text, _ in waiting]).tolist()
        except BaseException as error:  # noqa: BLE001 - every waiting caller must hear of it
            for _, future in waiting:
                future.set_exception(error)
            return
        for (_, future), vector in zip(waiting, vectors, strict=True):
            future.set_result(vector)

    def _loaded(self) -> OnnxModel:
        if self._encoder is None:
            with self._loading:
                if self._encoder is None:
                    self._encoder = OnnxModel(self._folder(), self._threads)
        return self._encoder

    def _folder(self) -> Path:
        # A fetch that fails takes seconds, and every waiting question would start its own:
        # for a while only look whether somebody else has put the files in place.
        failed_at, message = self._failure
        if time.monotonic() < failed_at + FETCH_AGAIN_S:
            found = find_model(self._cache)
            if found is None:
                raise WeightsError(message)
            return found
        try:
            return ensure_model(self._cache)
        except WeightsError as error:
            self._failure = time.monotonic(), str(error)
            raise

    def _run(self, texts: list[str]) -> Vectors:
        return self._loaded().run(texts)


def _checked(texts: Sequence[str]) -> list[str]:
    """The texts without halves of surrogate pairs, which the tokenizer refuses."""
    if isinstance(texts, str):
        raise TypeError("texts: expected a sequence of str, got one str")
    return [_well_formed(text) for text in texts]


def _well_formed(text: str) -> str:
    if not isinstance(text, str):
        raise TypeError(f"text: expected str, got {type(text).__name__}")
    try:
        text.encode()
    except UnicodeEncodeError:
        # Joins the halves that belong together; U+FFFD, which the model drops, for the rest.
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _batches(texts: list[str]) -> Iterator[list[int]]:
    """Row numbers to run together: texts of like length, so that little of a batch is padding."""
    sizes = [len(text.encode()) for text in texts]
    # Longest first: the arena is then allocated once.
    order = sorted(range(len(texts)), key=sizes.__getitem__, reverse=True)
    start = 0
    while start < len(order):
        fitting = MAX_BATCH_BYTES // max(1, sizes[order[start]])
        count = min(MAX_BATCH, max(1, fitting))
        yield order[start : start + count]
        start += count
