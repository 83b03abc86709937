"""Each sentence cites the document that has it."""

import pytest
from langchain_core.documents import Document

from rag_stream.citations.tracker import CitationTracker
from rag_stream.models.local.dont_know import DONT_KNOW
from rag_stream.models.local.extractive import ExtractiveChatModel
from tests.support.quoted import cited, question


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


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("`arr[1]`", "`arr[1]`"),
        ("`a[0, 1]` or `b[2]`", "`a[0, 1]` or `b[2]`"),
        ("arr[1]", "arr\u27e61\u27e7"),
        ("[0, 1]", "\u27e60, 1\u27e7"),
        ("[[3]]", "\u27e6\u27e63\u27e7\u27e7"),
        ("`[0, 1]`", "`\u27e60, 1\u27e7`"),
        ("`arr[1]`, [4]", "`arr[1]`, \u27e64\u27e7"),
        ("[0, 1) [x] a[i]", "[0, 1) [x] a[i]"),
        ("\u301012\u3011 \uff3b7\uff3d", "\u27e612\u27e7 \u27e67\u27e7"),
        ("[1", "[1"),
    ],
)
async def test_brackets_of_a_row_are_told(
    model: ExtractiveChatModel, cell: str, expected: str
) -> None:
    rows = f"| Harbour | {cell} | closed in winter |\n| Bread | `b[7]` | flour |"
    page = Document(rows, metadata={"columns": "Name | Sign | State"})
    bound = model.with_documents([page], cites=True)
    said = str((await bound.ainvoke(question("Which sign has the harbour?"))).content)
    citations = CitationTracker([page])
    (text, found), (rest, more) = citations.feed(said), citations.end()
    assert text + rest == f"Name: Harbour; Sign: {expected}; State: closed in winter [1]"
    assert [citation.quote for citation in (*found, *more)] == [rows.split("\n")[0]]


async def test_not_to_know_needs_no_citation(model: ExtractiveChatModel) -> None:
    bound = model.with_documents([Document("")], cites=True)
    assert (await bound.ainvoke(question("harbour"))).content == DONT_KNOW
