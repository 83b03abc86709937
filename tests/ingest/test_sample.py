"""The corpus that comes with the package."""

import re
from contextlib import aclosing

import httpx
import pytest
from langchain_core.documents import Document

from ingest.chunking.split import split
from ingest.sources.discover import find_sample
from ingest.sources.parser import Parser
from ingest.sources.reader import Reader
from rag_stream.settings import Settings

NAMES = [source.name for source in find_sample().sources]


async def read(name: str) -> Document:
    (source,) = (source for source in find_sample().sources if source.name == name)
    async with httpx.AsyncClient() as client, aclosing(Parser()) as parser:
        return await Reader(client, parser).read(source)


def test_it_has_pages_of_both_kinds_and_nothing_else() -> None:
    found = find_sample()
    assert found.left_out.line() is None
    assert found.problems == ()
    assert 8 <= len(NAMES) <= 14
    assert all(re.fullmatch(r"sample/[a-z-]+\.(html|md)", name) for name in NAMES)
    assert {name.rpartition(".")[2] for name in NAMES} == {"html", "md"}


@pytest.mark.parametrize("name", NAMES)
async def test_every_page_reads_well(name: str) -> None:
    document = await read(name)
    assert 2_500 <= len(document.page_content) <= 6_000
    assert document.metadata["source"] == name
    assert 5 <= len(document.metadata["title"]) <= 60
    for outside in ("Back to top", "free to copy", "| rag-stream sample", "<", "title:"):
        if not (outside == "<" and name.endswith(".md")):
            assert outside not in document.page_content
    chunks = split(document, Settings())
    assert all(chunk.metadata["title"] == document.metadata["title"] for chunk in chunks)


async def test_no_two_pages_have_the_same_title() -> None:
    titles = {(await read(name)).metadata["title"] for name in NAMES}
    assert len(titles) == len(NAMES)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("task-decomposition.html", "Task decomposition is the process of breaking"),
        ("task-decomposition.html", "Task decomposition can be done in three ways"),
        ("task-decomposition.html", "Tree of thoughts extends chain of thought"),
        ("self-reflection.html", "Self-reflection is the ability of an agent"),
        ("agent-memory.html", "Short-term memory corresponds to the context window"),
        ("tool-use.html", "Tool use means that a language model calls"),
        ("hybrid-search.md", "BM25 is a formula that ranks documents"),
        ("using-rag-stream.md", "python -m ingest https://"),
        ("using-rag-stream.md", "OPENAI_BASE_URL=http://127.0.0.1:11434/v1"),
        ("about-rag-stream.md", "POST /rag/stream"),
        ("about-rag-stream.md", "The local answerer is no language model"),
    ],
)
async def test_it_says_what_first_questions_ask(name: str, sentence: str) -> None:
    assert sentence in (await read(f"sample/{name}")).page_content
