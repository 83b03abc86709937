import numpy as np
import pytest

from rag_stream.calibration.alignment import Vectors, aligned
from rag_stream.calibration.everyday import everyday
from rag_stream.models.local.embeddings import E5Embeddings, LocalEmbeddings, MiniLMEmbeddings


async def vectors(model: LocalEmbeddings) -> dict[str, list[Vectors]]:
    """Of the everyday questions, by language."""
    found = {}
    for language, questions in everyday().items():
        found[language] = list(await model.aencode(questions, len(questions)))
    return found


def apart(languages: int, questions: int = 10, seed: int = 3) -> dict[str, list[Vectors]]:
    """Vectors that have nothing to do with one another."""
    drawn = np.random.default_rng(seed).standard_normal((languages, questions, 64))
    return {f"l{number}": list(own.astype(np.float32)) for number, own in enumerate(drawn)}


async def test_a_model_of_many_languages_knows_those_of_the_everyday_questions() -> None:
    assert aligned(await vectors(E5Embeddings())) == everyday().keys() - {"en"}


async def test_an_english_model_knows_no_other() -> None:
    assert aligned(await vectors(MiniLMEmbeddings())) == frozenset()


def test_vectors_of_chance_are_of_no_language() -> None:
    assert aligned(apart(8)) == frozenset()
    assert aligned({}) == aligned(apart(1)) == frozenset()


def test_a_language_is_known_by_what_it_has_in_common_with_others() -> None:
    found = apart(8)
    noise = apart(8, seed=4)
    for language in ("l1", "l2", "l3", "l4", "l5"):
        found[language] = [a + b / 2 for a, b in zip(found["l1"], noise[language], strict=True)]
    assert aligned(found) == {"l1", "l2", "l3", "l4", "l5"}
    # So few of them as there are.
    assert aligned({**found, "l2": found["l2"][:4]}) >= {"l1", "l2"}


@pytest.mark.parametrize("scale", [0.0, 1e-3, 1e3])
def test_lengths_say_nothing(scale: float) -> None:
    found = apart(3)
    found["l1"] = found["l2"] = [scale * own for own in found["l1"]]
    assert aligned(found) == (frozenset() if scale == 0 else {"l1", "l2"})
