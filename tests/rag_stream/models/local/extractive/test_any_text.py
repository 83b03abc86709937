"""Whatever the texts are, an answer is in their words."""

from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.documents import Document
from langchain_core.messages import HumanMessage

from rag_stream.models.local.dont_know import DONT_KNOW
from rag_stream.models.local.extractive import ExtractiveChatModel
from tests.support.quoted import HashEmbedder, cited

PIECES = st.lists(
    st.sampled_from(
        [
            "The harbour was closed in 1901. ", "closed ", "Dr. ", "# ", "\n\n", "- ", "| ", '"',
            "\x00", "\ud800", "\U0001f600", "? ", ". ", "It was opened again in May. ", "\u2028",
            "[1]", "[", "`", "[2", "], ", "[1, ", "\u3010", "\uff3b2", "source 2] ", "```\n",
        ]
    ),
    max_size=25,
).map("".join)  # fmt: skip
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=80)


@given(ANY_TEXT, st.lists(PIECES | ANY_TEXT, max_size=5))
@settings(max_examples=80)
def test_any_text_is_answered_in_its_own_words(asked: str, pages: list[str]) -> None:
    model = ExtractiveChatModel(embedder=HashEmbedder())
    bound = model.with_documents([Document(page) for page in pages])
    answer = str(bound.invoke([HumanMessage(asked)]).content)
    assert "".join(str(c.content) for c in bound.stream([HumanMessage(asked)])) == answer
    rest = answer
    while rest and answer != DONT_KNOW:
        # Take off the longest beginning that some page has: a whole quote, or several.
        ends = [end for end in range(len(rest), 0, -1) if any(rest[:end] in p for p in pages)]
        assert ends
        rest = rest[ends[0] :].removeprefix(" ")
    answer.encode()


@given(ANY_TEXT, st.lists(PIECES | ANY_TEXT, max_size=5))
@settings(max_examples=150)
def test_whatever_is_cited_is_a_document_quoted(asked: str, pages: list[str]) -> None:
    model = ExtractiveChatModel(embedder=HashEmbedder())
    documents = [Document(page) for page in pages]
    bare = str(model.with_documents(documents).invoke([HumanMessage(asked)]).content)
    bound = model.with_documents(documents, cites=True)
    answer = str(bound.invoke([HumanMessage(asked)]).content)
    markers = [citation.marker for citation in cited(answer, documents)]
    assert (answer == DONT_KNOW) == (markers == [])
    assert len(markers) <= 3
    assert bare != DONT_KNOW or answer == DONT_KNOW
