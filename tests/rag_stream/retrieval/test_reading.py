"""What is read for a question: each text once, the others named."""

from rag_stream.index.client import Record
from rag_stream.retrieval.documents import document
from rag_stream.retrieval.fusion import Candidate
from rag_stream.retrieval.reading import MOST_NAMED, Passage, Reading


def passage(source: str, text: str = "The same text, word for word.") -> Passage:
    return Passage(Candidate(source, 0.5, None, None), Record(source, text, {"source": source}))


def test_what_repeats_an_earlier_one_is_named_there() -> None:
    reading = Reading()
    texts = {"b": ("Another text altogether.",)}
    for source in "abcdc":
        reading.add(passage(source, *texts.get(source, ())))
    assert [(one.record.id, one.also_in) for one in reading.passages] == [
        ("a", ("c", "d")),
        ("b", ()),
    ]


def test_a_repeat_in_the_same_source_names_nothing() -> None:
    reading = Reading()
    reading.add(passage("a"))
    reading.add(passage("a"))
    assert [one.also_in for one in reading.passages] == [()]


def test_so_many_are_named_and_no_more() -> None:
    reading = Reading()
    for number in range(3 * MOST_NAMED):
        reading.add(passage(f"{number}"))
    (only,) = reading.passages
    assert only.also_in == tuple(f"{number}" for number in range(1, MOST_NAMED + 1))


def test_where_everything_is_wanted_everything_is_taken() -> None:
    reading = Reading(once=False)
    reading.add(passage("a"))
    reading.add(passage("b"))
    assert [one.record.id for one in reading.passages] == ["a", "b"]


def test_clients_see_the_other_sources_where_there_are_some() -> None:
    assert document(passage("a")._replace(also_in=("b",))).metadata["also_in"] == ["b"]
    assert "also_in" not in document(passage("a")).metadata


def test_what_comes_when_it_is_full_is_named_but_not_taken() -> None:
    reading = Reading()
    reading.add(passage("a"))
    reading.add(passage("b"), is_full=True)
    reading.add(passage("c", "Another text altogether."), is_full=True)
    assert [(one.record.id, one.also_in) for one in reading.passages] == [("a", ("b",))]
    assert reading.lengths == [len(passage("a").record.text)]
