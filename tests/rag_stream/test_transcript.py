"""What an answer's events amount to."""

from langchain_core.documents import Document

from rag_stream.events import Accepted, Asked, Cited, Ended, Found, Reworded, Suggested, Text
from rag_stream.transcript import Transcript
from tests.support.told_events import citation, finished


def test_each_event_adds_what_it_tells() -> None:
    told, documents = Transcript(), [Document("One two.")]
    first, second, end = citation(0, "One"), citation(0, "two"), finished()
    events = [
        *(Asked("Which?"), Reworded("Which ones?"), Found(documents), Accepted()),
        *(Text("One"), Cited([first]), Text(" two."), Cited([second]), Suggested(["And three?"])),
    ]
    for event in events:
        told.take(event)
    assert told.status is None
    told.take(end)
    assert (told.question, told.text, told.documents) == ("Which?", "One two.", documents)
    assert (told.citations, told.suggestions) == ([first, second], ["And three?"])
    assert told.status is end.status


def test_it_is_whole_before_what_is_suggested() -> None:
    told, end = Transcript(), finished()
    told.take(Text("One."))
    told.take(Ended(end.status))
    assert told.status is end.status


def test_two_answers_have_nothing_in_common() -> None:
    one, other = Transcript(), Transcript()
    one.take(Text("One"))
    one.take(Cited([citation()]))
    assert (other.text, other.citations) == ("", [])
