import asyncio
import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.documents import Document
from langchain_core.messages import AIMessageChunk, BaseMessage, HumanMessage, SystemMessage
from langchain_core.prompts import ChatPromptTemplate
from numpy.typing import NDArray

from rag_stream.citations.tracker import CitationTracker
from rag_stream.models.local.embeddings import MiniLMEmbeddings
from rag_stream.models.local.extractive import DONT_KNOW, ExtractiveChatModel
from rag_stream.schema import Citation
from rag_stream.settings import LOCAL_CHAT

PAGES = [
    Document(
        "# The harbour\n\nThe harbour of Marlow was closed in the winter of 1901. Ships had to "
        "unload at Tern, e.g. on the north quay.\n- It opened again in May 1902.\n",
        metadata={"source": "harbour", "start_index": 0, "score": 0.8},
    ),
    Document(
        "Bread is baked from flour, water and salt. A loaf needs forty minutes in the oven.",
        metadata={"source": "bread", "start_index": 0, "score": 0.3},
    ),
]


class HashEmbedder:
    """Texts that share words are alike; remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked.append(list(texts))
        rows = np.full((len(texts), 64), 1e-3, dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in text.lower().split():
                digest = hashlib.sha256(word.strip("?.,").encode("utf-8", "replace")).digest()
                row[digest[0] % 64] += 1
        norms: NDArray[np.float32] = np.linalg.norm(rows, axis=1, keepdims=True)
        return rows / norms

    async def aencode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self.encode(texts)


def question(text: str) -> list[BaseMessage]:
    return [SystemMessage("Answer briefly."), HumanMessage(text)]


async def stream(model: Any, messages: list[BaseMessage], **config: Any) -> list[AIMessageChunk]:
    return [chunk async for chunk in model.astream(messages, **config)]


@pytest.fixture
def embedder() -> HashEmbedder:
    return HashEmbedder()


@pytest.fixture
def model(embedder: HashEmbedder) -> ExtractiveChatModel:
    return ExtractiveChatModel(embedder=embedder)


@pytest.fixture(scope="module")
def minilm() -> MiniLMEmbeddings:
    return MiniLMEmbeddings()


async def test_it_quotes_the_documents(model: ExtractiveChatModel) -> None:
    bound = model.with_documents(PAGES)
    answer = await bound.ainvoke(question("When was the harbour of Marlow closed?"))
    assert answer.content == "The harbour of Marlow was closed in the winter of 1901."


async def test_it_streams_words_and_ends_with_the_reason(model: ExtractiveChatModel) -> None:
    bound = model.with_documents(PAGES)
    chunks = await stream(bound, question("When was the harbour of Marlow closed?"))
    pieces = [chunk.content for chunk in chunks]
    assert pieces[:3] == ["The ", "harbour ", "of "]
    assert chunks[-1].content == ""
    assert chunks[-1].response_metadata == {"model_name": LOCAL_CHAT, "finish_reason": "stop"}
    assert all(chunk.usage_metadata is None for chunk in chunks)


async def test_every_way_of_asking_gives_the_same_answer(model: ExtractiveChatModel) -> None:
    bound = model.with_documents(PAGES)
    messages = question("How is bread baked from flour?")
    answers = {
        str((await bound.ainvoke(messages)).content),
        str(bound.invoke(messages).content),
        "".join(str(chunk.content) for chunk in await stream(bound, messages)),
        "".join(str(chunk.content) for chunk in bound.stream(messages)),
        str((await model.ainvoke(messages, documents=PAGES)).content),
    }
    assert answers == {"Bread is baked from flour, water and salt."}
    metadata = (await bound.ainvoke(messages)).response_metadata
    assert metadata == {"model_name": LOCAL_CHAT, "finish_reason": "stop"}


@pytest.mark.parametrize("documents", [[], [Document("")], [Document(" \n"), Document("???")]])
async def test_it_does_not_know_without_a_text(
    model: ExtractiveChatModel, embedder: HashEmbedder, documents: list[Document]
) -> None:
    chunks = await stream(model.with_documents(documents), question("What now?"))
    assert "".join(str(chunk.content) for chunk in chunks) == DONT_KNOW
    assert chunks[-1].response_metadata["finish_reason"] == "stop"
    assert embedder.asked == []


async def test_without_documents_it_reads_the_system_message(model: ExtractiveChatModel) -> None:
    prompt = ChatPromptTemplate.from_messages(
        [("system", "Use bread in the context.\n\n{context}"), ("human", "{input}")]
    )
    context = "\n\n".join(page.page_content for page in PAGES)
    chain = prompt | model
    answer = await chain.ainvoke({"context": context, "input": "When was the harbour closed?"})
    assert answer.content == "The harbour of Marlow was closed in the winter of 1901."
    assert (await model.ainvoke("When was the harbour closed?")).content == DONT_KNOW
    many = "\n\n".join(f"Page {word} is here." for word in "abcdefghijklmnop")
    last = [
        SystemMessage(f"Read.\n\n{many}\n\nThe harbour was closed by ice."),
        *question("harbour"),
    ]
    assert (await model.ainvoke([last[0], last[-1]])).content == "The harbour was closed by ice."


async def test_the_last_human_message_is_the_question(model: ExtractiveChatModel) -> None:
    messages = [*question("How is bread baked?"), HumanMessage("When was the harbour closed?")]
    answer = await model.with_documents(PAGES).ainvoke(messages)
    assert "1901" in str(answer.content)
    blocks: list[BaseMessage] = [HumanMessage([{"type": "text", "text": "bread baked from flour"}])]
    assert "Bread" in str((await model.with_documents(PAGES).ainvoke(blocks)).content)


async def test_what_was_embedded_is_not_embedded_again(
    model: ExtractiveChatModel, embedder: HashEmbedder
) -> None:
    messages = question("When was the harbour closed?")
    vector = embedder.encode(["When was the harbour closed?"])[0].tolist()
    embedder.asked.clear()
    first = await model.with_documents(PAGES, question_embedding=vector).ainvoke(messages)
    assert messages[-1].content not in embedder.asked[0]
    again = await model.with_documents(PAGES, question_embedding=vector).ainvoke(messages)
    assert len(embedder.asked) == 1
    assert first.content == again.content
    other = await model.with_documents(PAGES).ainvoke(messages)
    assert embedder.asked[1:] == [[messages[-1].content]]
    assert first.content == other.content


async def test_it_cites_the_document_of_each_sentence(model: ExtractiveChatModel) -> None:
    pages = [
        Document("Bread is baked from flour, water and salt."),
        Document("Ships carry flour. The harbour of Tern is closed in winter, too."),
        Document("The harbour of Marlow is closed in winter."),
    ]
    bound = model.with_documents(pages, cites=True)
    answer = str((await bound.ainvoke(question("Which harbour is closed in winter?"))).content)
    assert answer == (
        "The harbour of Tern is closed in winter, too. [2] "
        "The harbour of Marlow is closed in winter. [3]"
    )
    plain = await model.with_documents(pages).ainvoke(question("Who bakes bread from flour?"))
    assert plain.content == "Bread is baked from flour, water and salt."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The harbour was closed in 1901.[12]", "The harbour was closed in 1901. [1]"),
        ("The harbour [1] was closed [2, 3] in 1901 [4].", "The harbour was closed in 1901. [1]"),
        ("[7] The harbour was closed in winter.", "The harbour was closed in winter. [1]"),
        ("The harbour was closed [by ice].", "The harbour was closed [by ice]. [1]"),
        ("The harbour `list[0]` was closed.", "The harbour `list[0]` was closed. [1]"),
        ("the harbour was closed in winter [1", "the harbour was closed in winter [1 [1]"),
        ("The harbour was closed by ice [1 and", "The harbour was closed by ice [1 and [1]"),
    ],
)
async def test_numbers_of_the_text_itself_are_no_citations(
    model: ExtractiveChatModel, text: str, expected: str
) -> None:
    bound = model.with_documents([Document(text)], cites=True)
    answer = str((await bound.ainvoke(question("When was the harbour closed?"))).content)
    assert answer == expected
    (citation,) = cited(answer, [Document(text)])
    assert citation.document == 0


async def test_not_to_know_needs_no_citation(model: ExtractiveChatModel) -> None:
    bound = model.with_documents([Document("")], cites=True)
    assert (await bound.ainvoke(question("harbour"))).content == DONT_KNOW


def cited(answer: str, documents: list[Document]) -> list[Citation]:
    citations = CitationTracker(documents)
    (text, found), (rest, more) = citations.feed(answer), citations.end()
    assert text + rest == answer
    return [*found, *more]


async def test_a_stop_word_ends_the_answer(model: ExtractiveChatModel) -> None:
    bound = model.with_documents(PAGES)
    answer = await bound.ainvoke(question("When was the harbour closed?"), stop=[" in the", ""])
    assert answer.content == "The harbour of Marlow was closed"


class Recorder(BaseCallbackHandler):
    def __init__(self) -> None:
        self.started: dict[str, Any] = {}

    def on_chat_model_start(self, serialized: Any, messages: Any, **kwargs: Any) -> None:
        self.started = kwargs


async def test_traces_name_it_and_hold_no_copies_of_the_documents(
    model: ExtractiveChatModel,
) -> None:
    recorder = Recorder()
    bound = model.with_documents(PAGES, question_embedding=[0.0] * 64)
    await stream(bound, question("harbour"), config={"callbacks": [recorder]})
    assert model._llm_type == model.model_name == LOCAL_CHAT
    assert recorder.started["metadata"]["ls_model_name"] == LOCAL_CHAT
    assert recorder.started["metadata"]["ls_provider"] == "local"
    assert recorder.started["invocation_params"] == {
        "_type": LOCAL_CHAT,
        "model_name": LOCAL_CHAT,
        "stop": None,
    }
    assert "Marlow" not in str(recorder.started)
    assert "HashEmbedder" not in repr(model)


async def test_the_loop_turns_while_sentences_are_embedded(embedder: HashEmbedder) -> None:
    released = asyncio.Event()

    class Waiting(HashEmbedder):
        async def aencode(self, texts: Sequence[str]) -> NDArray[np.float32]:
            await released.wait()
            return embedder.encode(texts)

    bound = ExtractiveChatModel(embedder=Waiting()).with_documents(PAGES)
    answering = asyncio.create_task(bound.ainvoke(question("When was the harbour closed?")))
    await asyncio.sleep(0)
    assert not answering.done()
    released.set()
    assert "1901" in str((await answering).content)


async def test_an_error_of_the_embedder_is_not_hidden() -> None:
    class Broken(HashEmbedder):
        async def aencode(self, texts: Sequence[str]) -> NDArray[np.float32]:
            raise RuntimeError("no weights")

    bound = ExtractiveChatModel(embedder=Broken()).with_documents(PAGES)
    with pytest.raises(RuntimeError, match="no weights"):
        await bound.ainvoke(question("When was the harbour closed?"))


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("In what year was the port shut?", "closed in the winter of 1901"),
        ("What are the ingredients of a loaf?", "Bread is baked from flour, water and salt."),
        ("Who won the football match yesterday?", DONT_KNOW),
        ("How do I reset my password?", DONT_KNOW),
    ],
)
async def test_meaning_counts_where_words_differ(
    minilm: MiniLMEmbeddings, asked: str, expected: str
) -> None:
    bound = ExtractiveChatModel(embedder=minilm).with_documents(PAGES)
    assert expected in str((await bound.ainvoke(question(asked))).content)


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


PLANS = Document(
    "| Tern | 38 | on site |\n| Gannet | 41 | none |\n| Puffin | 44 | e-mail |",
    metadata={
        "source": "plans.md",
        "section": "Hosting plans",
        "columns": "Plan | Price | Support",
        "start_index": 400,
        "score": 0.8,
    },
)


@pytest.mark.parametrize(
    ("asked", "answer", "row"),
    [
        ("What does the Gannet plan cost?", "Plan: Gannet; Price: 41; Support: none", 1),
        ("Which support comes with Puffin?", "Plan: Puffin; Price: 44; Support: e-mail", 2),
        ("Which plan has a price of 38?", "Plan: Tern; Price: 38; Support: on site", 0),
    ],
)
async def test_a_cell_is_answered_with_its_row_and_the_columns_names(
    minilm: MiniLMEmbeddings, asked: str, answer: str, row: int
) -> None:
    model = ExtractiveChatModel(embedder=minilm)
    said = await model.with_documents([PLANS], cites=True).ainvoke(question(asked))
    assert said.content == f"{answer} [1]"
    tracker = CitationTracker([PLANS])
    _, citations = tracker.feed(str(said.content))
    citations += tracker.end()[1]
    assert [citation.quote for citation in citations] == [PLANS.page_content.split("\n")[row]]
    plain = await model.with_documents([PLANS]).ainvoke(question(asked))
    assert plain.content == answer


SERVERS = {"Badger": "02:45", "Falcon": "01:30", "Lynx": "04:10", "Otter": "03:20"}


@pytest.mark.parametrize("where", ["title", "section"])
@pytest.mark.parametrize("name", SERVERS)
async def test_pages_of_the_same_build_are_told_apart_by_their_headings(
    minilm: MiniLMEmbeddings, name: str, where: str
) -> None:
    pages = [
        Document(
            f"The backup starts at {hour} every night and is kept for two weeks.",
            metadata={"source": f"{server}.md", where: f"{server} server", "score": 0.8},
        )
        for server, hour in SERVERS.items()
    ]
    bound = ExtractiveChatModel(embedder=minilm).with_documents(pages)
    said = await bound.ainvoke(question(f"When does the backup of the {name} server start?"))
    assert said.content == pages[list(SERVERS).index(name)].page_content


async def test_code_is_quoted_whole_on_lines_of_its_own(minilm: MiniLMEmbeddings) -> None:
    code = (
        "Install the tiny tool with pip:\n\n```sh\npython -m venv .venv\npip install tiny[1]\n```"
    )
    page = Document(f"# Tiny\n\nIt is grey.\n\n{code}\n\nBread is baked at night.\n")
    model = ExtractiveChatModel(embedder=minilm)
    asked = question("How do I install the tiny tool?")
    said = await model.with_documents([page], cites=True).ainvoke(asked)
    assert said.content == f"{code}\n[1]"
    tracker = CitationTracker([page])
    text, citations = tracker.feed(str(said.content))
    more, others = tracker.end()
    assert text + more == f"{code}\n[1]"
    assert [citation.quote for citation in citations + others] == [code]
