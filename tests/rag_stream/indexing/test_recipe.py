"""How an index is made: in metadata and back, and what differs, in words."""

from dataclasses import replace

import pytest

from rag_stream.indexing.recipe import Cut, Headings, Recipe

DEFAULT = Recipe(Cut("sentences", 1, 300, 0), (0.5, 0.25), "openai:small", 384)
LEANING = replace(DEFAULT, headings=Headings(2, 0.25))
REFERENCE = Recipe(Cut("recursive", 1, 1_000, 200), (), "openai:small", is_mixed=True)


LED = replace(DEFAULT, headings=Headings(2, 0.25, lead=0.5))


@pytest.mark.parametrize("recipe", [DEFAULT, REFERENCE, LEANING, LED])
def test_metadata_has_all_of_it(recipe: Recipe) -> None:
    metadata = recipe.metadata()
    assert Recipe.of({**metadata, "generation": 3, "schema": 1}) == recipe
    assert all(isinstance(value, str | int | float | bool) for value in metadata.values())
    assert ("dimension" in metadata) == (recipe.dimension is not None)


def test_an_index_of_an_earlier_version_records_none() -> None:
    metadata = {"embedding_model": "m", "generation": 1, "schema": 1, "dimension": 384}
    assert Recipe.of(metadata) is None


def test_an_index_that_records_nothing_of_headings_has_vectors_without_them() -> None:
    metadata = LEANING.metadata()
    del metadata["headings"]
    assert Recipe.of(metadata) == DEFAULT


def test_each_difference_is_named_with_what_was_and_what_is() -> None:
    assert DEFAULT.differences(REFERENCE) == [
        "chunker sentences 1, now recursive 1",
        "chunk size 300, now 1000",
        "overlap 0, now 200",
        "smoothing 0.5 0.25, now none",
    ]
    assert DEFAULT.differences(LEANING) == ["headings none, now 2 0.25"]
    assert LEANING.differences(LED) == ["headings 2 0.25, now 2 0.25 0.5"]
    other = replace(DEFAULT, embedding_model="openai:large", dimension=512)
    assert DEFAULT.differences(other) == [
        "embedding model openai:small, now openai:large",
        "dimension 384, now 512",
    ]
    newer = replace(DEFAULT, cut=replace(DEFAULT.cut, version=2))
    assert DEFAULT.differences(newer) == ["chunker sentences 1, now sentences 2"]


def test_an_unknown_dimension_and_being_mixed_are_no_differences() -> None:
    assert DEFAULT.differences(replace(DEFAULT, dimension=None, is_mixed=True)) == []
    assert replace(DEFAULT, dimension=None).differences(DEFAULT) == []
