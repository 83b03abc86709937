"""Vectors that lean on the neighbours': what on, how much, and each text embedded once."""

from collections.abc import Sequence

import numpy as np
import pytest

from rag_stream.indexing.smoothing import WEIGHTS, Smoother, contexts, weights_of
from rag_stream.models.factory import Embedder
from rag_stream.models.lazy import Lazy

AXES = {"a": (2.0, 0.0, 0.0), "b": (0.0, 1.0, 0.0), "c": (0.0, 0.0, 3.0)}


class Axes(Embedder):
    """Gives every text an axis of its own, at some length, and counts what it is asked for."""

    def __init__(self) -> None:
        super().__init__("axes", Lazy(lambda: pytest.fail("nothing else is embedded")))
        self.asked: list[str] = []

    async def embed_chunks(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        self.asked += texts
        return [AXES[text] for text in texts]


def test_only_the_reference_profile_leans_on_nothing() -> None:
    assert weights_of("reference") == ()
    assert weights_of("default") == WEIGHTS


def test_a_context_ends_where_the_source_does() -> None:
    assert contexts(["a", "b", "c"], 1) == [(None, "a", "b"), ("a", "b", "c"), ("b", "c", None)]
    assert contexts(["a", "b"], 0) == [("a",), ("b",)]
    assert contexts([], 2) == []


async def test_a_vector_is_the_weighted_mean_of_directions() -> None:
    vectors = await Smoother(Axes(), (0.5, 0.25)).vectors(contexts(["a", "b", "c"], 2))
    expected = np.asarray([(1, 0.5, 0.25), (0.5, 1, 0.5), (0.25, 0.5, 1)])
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    np.testing.assert_allclose(vectors, expected, rtol=1e-6)
    assert vectors.dtype == np.float32


async def test_without_weights_a_vector_is_the_models_own() -> None:
    vectors = await Smoother(Axes(), ()).vectors(contexts(["a", "c"], 0))
    assert vectors.tolist() == [[2, 0, 0], [0, 0, 3]]


async def test_every_text_is_embedded_once() -> None:
    embedder = Axes()
    smoother = Smoother(embedder, WEIGHTS)
    around = contexts(["a", "b", "a", "c"], len(WEIGHTS))
    await smoother.vectors(around[:2])
    await smoother.vectors(around[2:])
    assert sorted(embedder.asked) == ["a", "b", "c"]
    assert smoother.embedded == 3


async def test_a_vector_of_nothing_stays_one() -> None:
    class Nothing(Axes):
        async def embed_chunks(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
            return [(0.0, 0.0, 0.0)] * len(texts)

    vectors = await Smoother(Nothing(), WEIGHTS).vectors(contexts(["a", "b"], 2))
    assert vectors.tolist() == [[0, 0, 0], [0, 0, 0]]
