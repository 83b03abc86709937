"""Cutting documents: the reference's chunks, and where exactly each was cut."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

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
    ("sentences", 3): "7cb911b721c479bc",
    ("sentences", 4): "e4b560ac0469a8b9",
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


def labels(text: str, key: str, size: int = 300, profile: str = "default") -> list[str | None]:
    chunks = split(Document(text, metadata={"source": "s"}), Sizes(size, 0, profile))
    for chunk in chunks:
        start = chunk.metadata["start_index"]
        assert text[start : start + len(chunk.page_content)] == chunk.page_content
    return [chunk.metadata.get(key) for chunk in chunks]


GUIDE = "# Guide\n\nIntro here.\n\n## Install\n\n```sh\n# no heading\n```\n\nThen this is done.\n"


def test_a_chunk_has_the_path_of_headings_above_it() -> None:
    assert labels(f"Before it all.\n\n{GUIDE}", "section", 22) == [
        None,
        "Guide",
        "Guide > Install",
        "Guide > Install",
        "Guide > Install",
    ]
    assert labels("No heading here.", "section") == [None]
    assert labels(GUIDE, "section", profile="reference") == [None]


@pytest.mark.parametrize("title", ["Backup\n------", "## Backup", "## Backup ##", "###### Backup"])
def test_a_chunk_that_begins_with_its_heading_is_below_it(title: str) -> None:
    text = f"Falcon\n======\n\n{'Some words. ' * 12}\n\n{title}\n\nIt starts at night."
    assert labels(text, "section", 160) == ["Falcon", "Falcon > Backup"]


BIRDS = ("Heron", "Osprey", "Kestrel", "Plover", "Avocet", "Curlew", "Dunlin", "Godwit")
ROWS = [f"| {bird} | {5 + 3 * place} | a. B? c! |" for place, bird in enumerate(BIRDS)]


@pytest.mark.parametrize(
    "bare", [lambda row: row, lambda row: row.strip("| "), lambda row: f"  {row}"]
)
def test_a_long_table_is_cut_between_rows_and_each_part_knows_its_columns(bare: Any) -> None:
    table = "\n".join(map(bare, ["| Plan | Price \\| net | Notes |", "|---|--:|:-:|", *ROWS]))
    text = f"# Plans\n\nAll of them.\n\n{table}\n\nThey can be changed.\n"
    chunks = split(Document(text), Sizes(60, 0, "default"))
    rows = [line.strip() for line in table.split("\n")]
    for chunk in chunks:
        lines = chunk.page_content.split("\n")
        of_table = [line for line in lines if line.strip() in rows]
        assert not any("|" in line for line in lines if line not in of_table)
        if of_table:
            assert chunk.metadata["columns"] == "Plan | Price \\| net | Notes"
            assert chunk.metadata["section"] == "Plans"
    assert sum(chunk.page_content.count("a. B? c!") for chunk in chunks) == len(ROWS)
    assert set(labels(text, "columns", 60, "reference")) == {None}


def test_two_tables_and_one_at_the_very_end_have_columns_of_their_own() -> None:
    tables = [f"| {name} |\n|---|\n| a row of {name} |" for name in ("One", "Two")]
    text = "\n\n".join(["Some words before them.", *tables])
    assert labels(text, "columns", 34) == [None, "One", "Two"]
    # A chunk that holds both is of the first: the other's names are in its text.
    assert labels(text, "columns") == ["One"]


def test_a_row_longer_than_a_chunk_still_knows_its_columns() -> None:
    text = f"| Name | Words |\n|---|---|\n| x | {'word ' * 40}|"
    assert set(labels(text, "columns", 60)) == {"Name | Words"}


def test_code_and_a_table_without_names_have_no_columns() -> None:
    assert labels("```\n| A | B |\n|---|---|\n| x | y |\n```", "columns") == [None]
    assert labels("| | |\n|---|---|\n| x | y |", "columns") == [None]


GERMAN = "Die Kaution wird erstattet, wenn das Rad ohne Schaden zurückkommt. " * 20


def test_every_chunk_knows_the_language_of_its_document() -> None:
    sizes = Sizes(300, 0, "default")
    chunks = split(Document(GERMAN + "```\npip install x\n```", metadata={}), sizes)
    assert len(chunks) > 3
    assert {chunk.metadata["language"] for chunk in chunks} == {"de"}
    code = split(Document("pip install x\n" * 40, metadata={}), sizes)
    assert not any("language" in chunk.metadata for chunk in code)
    assert not any("language" in c.metadata for c in split(Document(GERMAN, metadata={}), Sizes()))


def test_a_chunk_far_within_a_paragraph_has_how_that_begins() -> None:
    one = "Ferritin was low in divers. " + "No difference was found between both groups. " * 24
    text = f"# Abstracts\n\n{one}\n\n{one.replace('divers', 'pilots')}\n\nShort."
    led = labels(text, "lead")
    divers, pilots = (f"Ferritin was low in {who}." for who in ("divers", "pilots"))
    assert led == [None, None, None, divers, None, None, None, pilots, pilots]
    assert set(labels(text, "lead", profile="reference")) == {None}
