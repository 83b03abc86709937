"""What one question asks of the model's wording, and who may ask it."""

from rag_stream.sampling import SAMPLING, Sampling, sampling_of


def test_names_only_what_is_asked() -> None:
    assert Sampling().asked == {}
    asked = Sampling(temperature=0.0, stop=("END",)).asked
    assert asked == {"temperature": 0.0, "stop": ("END",)}


def test_what_came_over_a_network_is_none() -> None:
    assert sampling_of({SAMPLING: {"temperature": 1}}) is None
    assert sampling_of({SAMPLING: Sampling()}) is None
    assert sampling_of({}) is None
    given = Sampling(seed=7)
    assert sampling_of({SAMPLING: given}) is given
