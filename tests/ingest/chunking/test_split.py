"""Cutting documents: the reference's chunks, and where exactly each was cut."""

import hashlib
import json
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.documents import Document
from langchain_text_splitters import RecursiveCharacterTextSplitter

from ingest.chunking.split import chunker_of, split
from ingest.sources.html import extract_page
from tests.support.paths import DATA

PAGE = DATA / "agent_page.html"


@dataclass(frozen=True)
class Sizes:
    chunk_size: int = 1000
    chunk_overlap: int = 200
    profile: str = "reference"


def reference(text: str, sizes: Sizes) -> list[str]:
    return RecursiveCharacterTextSplitter(
        chunk_size=sizes.chunk_size, chunk_overlap=sizes.chunk_overlap
    ).split_text(text)


def starts(chunks: list[Document]) -> list[int]:
    return [chunk.metadata["start_index"] for chunk in chunks]


# Few letters and many blanks, some of them exotic, so that text repeats and strips.
WORDS = st.text(alphabet="ab \n\t\u00a0\u2028é🗼", max_size=300)
REPEATED = st.builds(
    lambda unit, times, end: unit * times + end,
    st.text(alphabet="ab \n", min_size=1, max_size=12),
    st.integers(1, 60),
    WORDS,
)
SIZES = st.integers(4, 40).flatmap(
    lambda size: st.builds(Sizes, st.just(size), st.integers(0, size - 1))
)


@settings(deadline=None)  # the first example pays for imports
@given(st.one_of(st.text(max_size=300), WORDS, REPEATED), SIZES)
def test_chunks_are_the_references_and_lie_where_they_say(text: str, sizes: Sizes) -> None:
    chunks = split(Document(text, metadata={"source": "s"}), sizes)

    assert [chunk.page_content for chunk in chunks] == reference(text, sizes)
    for start, chunk in zip(starts(chunks), chunks, strict=True):
        assert text[start : start + len(chunk.page_content)] == chunk.page_content
    assert starts(chunks) == sorted(starts(chunks))
    # Nothing but blanks falls between chunks: the places are those of the cuts, not
    # of an earlier copy of the same words.
    uncovered = list(text)
    for start, chunk in zip(starts(chunks), chunks, strict=True):
        uncovered[start : start + len(chunk.page_content)] = " " * len(chunk.page_content)
    assert not "".join(uncovered).strip()


def test_repeated_text_is_placed_where_it_was_cut() -> None:
    text = "Again and again.\n\n" * 300
    chunks = split(Document(text), Sizes())
    last = chunks[-1]
    assert last.metadata["start_index"] + len(last.page_content) == len(text.rstrip())


def test_the_reference_page_splits_as_the_reference_program_splits_it() -> None:
    text = extract_page(PAGE.read_text(encoding="utf-8")).text
    chunks = split(Document(text, metadata={"source": "u", "title": "t"}), Sizes())
    assert [chunk.page_content for chunk in chunks] == reference(text, Sizes())
    assert len(chunks) > 5
    assert chunks[0].metadata == {"source": "u", "title": "t", "start_index": text.index("Agents")}


@pytest.mark.parametrize("text", ["", " \n\n\t "])
def test_a_document_without_words_has_no_chunks(text: str) -> None:
    assert split(Document(text), Sizes()) == []


def test_metadata_is_not_shared_between_chunks() -> None:
    document = Document("word " * 1000, metadata={"source": "s"})
    first, second, *_ = split(document, Sizes())
    first.metadata["source"] = "changed"
    assert second.metadata["source"] == "s"
    assert document.metadata == {"source": "s"}


def test_stand_ins_may_run_out_and_begin_again(monkeypatch: pytest.MonkeyPatch) -> None:
    # A million of them takes a minute to split; the same happens with few.
    monkeypatch.setattr("ingest.chunking.split._STAND_INS", 3_000)
    text = "x" * 20_000
    assert starts(split(Document(text), Sizes(1000, 0))) == list(range(0, len(text), 1000))


def test_the_default_profile_keeps_sentences_whole() -> None:
    text = "One sentence here. Another one there. A third."
    chunks = split(Document(text, metadata={"source": "s"}), Sizes(40, 0, "default"))
    assert [chunk.page_content for chunk in chunks] == [
        "One sentence here. Another one there.",
        "A third.",
    ]
    assert starts(chunks) == [0, 38]
    assert chunks[1].metadata["source"] == "s"


FIXED = DATA / "chunker_text.md"
PRINTS = {
    ("sentences", 1): "2c188e048d659060",
    ("sentences", 2): "09e2b01dd794e173",
    ("recursive", 1): "01e83e0ad13eecc2",
}
"""What each version of a chunker makes of the fixed text, at several sizes."""


@pytest.mark.parametrize("profile", ["default", "reference"])
def test_a_chunker_that_cuts_otherwise_has_another_version(profile: str) -> None:
    """Where this fails, raise the version in `split.py` and add its print: indexes record it."""
    text = FIXED.read_text(encoding="utf-8")
    cut = [
        (size, chunk.metadata["start_index"], chunk.page_content)
        for size in (*range(20, 400, 10), 1_000)
        for chunk in split(Document(text), Sizes(size, size // 5 if size % 20 else 0, profile))
    ]
    seen = hashlib.blake2b(json.dumps(cut).encode(), digest_size=8).hexdigest()
    assert seen == PRINTS.get(chunker_of(profile))
