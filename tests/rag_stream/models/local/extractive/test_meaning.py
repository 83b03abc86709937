"""With the real embedding model: other words, tables, headings, code."""

import pytest
from langchain_core.documents import Document

from rag_stream.citations.tracker import CitationTracker
from rag_stream.models.local.dont_know import DONT_KNOW
from rag_stream.models.local.embeddings import MiniLMEmbeddings
from rag_stream.models.local.extractive import ExtractiveChatModel
from tests.support.quoted import PAGES, question


@pytest.fixture(scope="module")
def minilm() -> MiniLMEmbeddings:
    return MiniLMEmbeddings()


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
