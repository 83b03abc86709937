"""Vectors that lean on the neighbours': what on, how much, and each text embedded once."""

from collections.abc import Sequence

import numpy as np
import pytest

from rag_stream.indexing.recipe import Headings
from rag_stream.indexing.smoothing import (
    HEADINGS,
    WEIGHTS,
    Smoother,
    contexts,
    headings_of,
    places,
    weights_of,
)
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
        return [AXES[text.strip()] for text in texts]


def test_only_the_reference_profile_leans_on_nothing() -> None:
    assert weights_of("reference") == ()
    assert weights_of("default") == WEIGHTS
    assert headings_of("reference") is None
    assert headings_of("default") == HEADINGS


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


async def test_the_headings_are_added_last_and_embedded_once() -> None:
    embedder = Axes()
    smoother = Smoother(embedder, (), Headings(1, 0.5))
    vectors = await smoother.vectors(contexts(["a", "b", "a"], 0), ["c", "c", ""])
    expected = np.asarray([(1, 0, 0.5), (0, 1, 0.5), (1, 0, 0)])
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    np.testing.assert_allclose(vectors / lengths, expected, rtol=1e-6)
    assert sorted(embedder.asked) == ["a", "b", "c"]
    assert smoother.embedded == 2  # headings do not count


@pytest.mark.parametrize("weights", [(), WEIGHTS])
@pytest.mark.parametrize("weight", [0.2, 0.9])
async def test_a_chunk_below_other_headings_needs_no_text(
    weights: tuple[float, ...], weight: float
) -> None:
    around = contexts(["a", "b", "c"], len(weights))
    headings = Headings(1, weight)
    smoother = Smoother(Axes(), weights, headings)
    before = await smoother.vectors(around, ["a", "c", ""])
    wanted = await smoother.vectors(around, ["b", "", "a"])
    embedder = Axes()
    moved = await Smoother(embedder, weights, headings).moved(
        before, ["a", "c", ""], ["b", "", "a"]
    )
    wanted /= np.linalg.norm(wanted, axis=1, keepdims=True)
    np.testing.assert_allclose(moved, wanted, atol=1e-6)
    assert sorted(embedder.asked) == ["a", "b", "c"]


def test_headings_are_left_out_where_they_do_not_count() -> None:
    told = [{"title": "T", "section": "S"}, {"title": "T"}]
    assert [path for _, path in places(["a", "b"], told, (), Headings(1, 0.5))] == ["T > S", "T"]
    assert [path for _, path in places(["a", "b"], told, (), None)] == ["", ""]


TOLD = [{"title": "T", "lead": "It begins so."}, {"lead": "And so."}, {"title": "T"}]


def test_how_a_paragraph_begins_counts_where_the_index_is_made_so() -> None:
    texts = ["a", "b", "c"]
    led = [path for _, path in places(texts, TOLD, (), Headings(1, 0.3, lead=0.4))]
    assert led == ["T\nIt begins so.", "\nAnd so.", "T"]
    assert [path for _, path in places(texts, TOLD, (), Headings(1, 0.3))] == ["T", "", "T"]


async def test_it_counts_with_a_weight_of_its_own() -> None:
    headings = Headings(1, 0.2, lead=0.5)
    smoother = Smoother(Axes(), (), headings)
    around = contexts(["a", "b"], 0)
    vectors = await smoother.vectors(around, ["c", "\nc"])
    expected = np.asarray([(1, 0, 0.2), (0, 1, 0.5)])
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    np.testing.assert_allclose(vectors, expected, rtol=1e-6)
    moved = await smoother.moved(vectors, ["c", "\nc"], ["\nc", "c"])
    turned = np.asarray([(1, 0, 0.5), (0, 1, 0.2)])
    np.testing.assert_allclose(
        moved, turned / np.linalg.norm(turned, axis=1, keepdims=True), atol=1e-6
    )
