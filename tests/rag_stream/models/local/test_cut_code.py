"""Code that the cutting of a text has put into several documents is quoted as one."""

import numpy as np
import pytest
from langchain_core.documents import Document

from rag_stream.models.local.candidates import candidates_of
from rag_stream.models.local.cut_code import Cut, cuts, followers
from rag_stream.models.local.ranking import choose, shortlist

TEXT = """# Kettle

Read all values like this:

```python
def read(kettle):
    depth = kettle.depth

    if depth > 4:
        raise Overflow(depth)
    return depth
```

It raises Overflow. Then rinse it:

```
rinse --twice
```

The lamp turns green."""


def parts(*beginnings: str, source: str = "kettle.md") -> list[Document]:
    """The text, cut at these places as ingest cuts: without the blanks there."""
    starts = [0, *map(TEXT.index, beginnings)]
    ends = [*starts[1:], len(TEXT)]
    return [
        Document(TEXT[start:end].rstrip(), metadata={"source": source, "start_index": start})
        for start, end in zip(starts, ends, strict=True)
    ]


def test_which_documents_follow_each_other() -> None:
    first, second, third = parts("```python", "if depth")
    other = Document("x", metadata={"source": "other.md", "start_index": 0})
    assert followers([third, other, first, second]) == {2: 3, 3: 0}
    assert followers([first, third]) == {}
    assert followers([Document("x"), Document("y", metadata={"start_index": 1})]) == {}


def test_how_documents_begin_that_begin_in_code() -> None:
    documents = parts("```python", "if depth", "raise", "It raises")
    assert cuts(documents, followers(documents)) == {
        2: Cut("```", "    "),
        3: Cut("```", "        "),
    }
    # By itself the second half is known by its fences alone.
    (last,) = parts("raise")[1:]
    assert cuts([last], {}) == {0: Cut("```")}
    assert cuts([Document("Words alone.")], {}) == {}


def test_a_fence_tells_of_the_documents_before_it_what_they_are() -> None:
    # Of the block only its end was found, in two documents.
    documents = parts("```python", "if depth", "return depth", "It raises")[2:]
    assert cuts(documents, followers(documents)) == {0: Cut("```"), 1: Cut("```", "    ")}
    # What comes after it is none.
    text = "x = 1\ny = 2\n```\n\nThe lamp turns green.\n\nIt is lit.\n\n```sh\nrinse\n```"
    starts = [0, text.index("y"), text.index("It is"), text.index("```sh")]
    ends = [*starts[1:], len(text)]
    documents = [
        Document(text[start:end].rstrip(), metadata={"source": "a", "start_index": start})
        for start, end in zip(starts, ends, strict=True)
    ]
    assert cuts(documents, followers(documents)).keys() == {0, 1}


def test_a_fence_that_says_what_it_begins_is_believed_before_what_came_before() -> None:
    # The first fence ends a block, and nothing beside it tells.
    texts = ["x\n```\nThe lamp turns green.", "It is lit.\n\n```sh\nrinse\n```", "Done."]
    documents, start = [], 0
    for text in texts:
        documents.append(Document(text, metadata={"source": "a", "start_index": start}))
        start += len(text) + 2
    assert 2 not in cuts(documents, followers(documents))
    assert 1 not in cuts(documents, followers(documents))


def test_an_endless_chain_of_empty_documents_ends() -> None:
    documents = [Document("", metadata={"source": "a", "start_index": at}) for at in range(5)]
    assert cuts(documents, followers(documents)) == {}


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 1, 0, 2)])
@pytest.mark.parametrize("asked", ["How do I read all values?", "Overflow(depth)", "return depth"])
def test_the_whole_block_and_what_announces_it_are_told(order: tuple[int, ...], asked: str) -> None:
    cut = parts("```python", "if depth", "return depth")
    chosen = answered(asked, [cut[at] for at in order])
    assert chosen == [
        "Read all values like this:",
        "```python\ndef read(kettle):\n    depth = kettle.depth\n```",
        "```\n    if depth > 4:\n        raise Overflow(depth)\n```",
        "```\n    return depth\n```",
    ]


def test_what_announces_code_comes_with_the_code_of_the_next_document() -> None:
    first, second = parts("```\nrinse")
    chosen = answered("How is it rinsed?", [first, second])
    assert chosen == ["Then rinse it:", "```\nrinse --twice\n```"]


def test_a_list_or_a_table_after_a_colon_is_not_taken_for_code() -> None:
    first = Document("Take these:", metadata={"source": "a", "start_index": 0})
    after = "| Tool | Size |\n|---|---|\n| saw | 3 |"
    second = Document(after, metadata={"source": "a", "start_index": 13})
    assert not any(one.parts for one in candidates_of([first, second], frozenset()))


def test_quotes_are_to_the_letter() -> None:
    documents = parts("```python", "if depth", "return depth")
    for one in candidates_of(documents, frozenset()):
        for part in (one, *one.parts):
            assert documents[part.document].page_content[part.start : part.end] == part.text


def test_very_long_code_is_not_put_together() -> None:
    code = "\n".join(f"value_{number} = {number}" for number in range(200))
    text = f"Like this:\n\n```\n{code}\n```"
    starts = [0, 1_000, 2_000]
    documents = [
        Document(text[at : at + 1_000], metadata={"source": "a", "start_index": at})
        for at in starts
    ]
    assert not any(one.parts for one in candidates_of(documents, frozenset()))


def answered(question: str, documents: list[Document]) -> list[str]:
    """What is told where meaning tells nothing."""
    candidates = shortlist(question, documents, 50, 99_999)
    vectors = np.eye(len(candidates), len(candidates) + 1, 1, dtype=np.float32)
    vectors[:, 0] = 0.5
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    axis = np.eye(1, len(candidates) + 1, dtype=np.float32)[0]
    return [one.says for one in choose(candidates, axis, vectors)]
