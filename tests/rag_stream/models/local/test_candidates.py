"""What may be quoted of documents, as the ranking is given it."""

import pytest
from langchain_core.documents import Document

from rag_stream.models.local.candidates import Candidate
from rag_stream.models.local.ranking import shortlist


def test_candidates_are_found_in_their_documents() -> None:
    text = "# Title\n\n- The first item is [a link](http://x.y/z)\n  on two lines.\n"
    (candidate,) = shortlist(
        "item", [Document(text, metadata={"source": "s", "start_index": 7})], 5, 999
    )
    assert isinstance(candidate, Candidate)
    assert text[candidate.start : candidate.end] == candidate.text
    assert candidate.offset == 7 + candidate.start
    assert candidate.plain == "The first item is [a link] on two lines."


def test_a_short_sentence_of_wide_characters_is_a_whole_one() -> None:
    page = Document(
        "\u6865\u5efa\u4e8e\u4e00\u4e5d\u4e00\u4e00\u5e74\u7684\u590f\u5929\u672b\u3002So it was."
    )
    first, second = shortlist("x", [page], 9, 999)
    assert (first.whole, second.whole) == (True, False)


@pytest.mark.parametrize("mark", ["?", "\uff1f", "\u061f"])
def test_a_question_of_any_script_is_no_answer(mark: str) -> None:
    text = f"\u0647\u0644 \u0627\u0644\u062c\u0633\u0631 \u0647\u0646\u0627{mark}"
    assert not shortlist("x", [Document(text)], 9, 999)
