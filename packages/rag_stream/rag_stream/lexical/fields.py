"""What the lexical index holds of a chunk; `question.py` asks for it.

That is the chunk itself, what is near it, and what is known of where it stands: title,
headings, columns, the name of its file.

Terms are runs of letters and digits, folded to lower case without accents and stemmed as
English ones, which leaves those of most other languages whole. Names that are made of several
(`root_path`, AX-4471, BackgroundTasks) are terms as a whole, too. Of scripts that put no
blanks between words they are single characters and pairs. Texts are cut here, once, and
the engine is given terms with blanks between: neighbours' terms are written many times.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from importlib.metadata import version
from typing import Final

import tantivy
from tantivy import Document, Filter, Query, TextAnalyzerBuilder, Tokenizer

from rag_stream.index.client import Record
from rag_stream.index.neighbours import in_order, nearby
from rag_stream.text.folding import folded
from rag_stream.text.keywords import WORD
from rag_stream.text.labels import label_words
from rag_stream.text.scripts import UNSPACED_OR_HANGUL, pairs

VERSION = 2
"""Of all that stands in this file; another number has every index built anew."""
FIELDS: Final[Mapping[str, tuple[int, ...]]] = {"own": (1,), "near": (5, 4, 3, 2, 1)}
"""How often the chunk's terms are in each field, then its neighbours' at distance 1, 2, ..."""
ABOUT = "about"
"""The field of what is not in a chunk's text."""
WEIGHTS: Final[Mapping[str, float]] = {"own": 1.0, "near": 1.0, ABOUT: 0.5}
"""How much a term counts in each field."""
FILTERS = ("source", "title")
_LONGEST_BYTES = 100

# Names in code; numbers of parts and versions, with a letter in them.
_SNAKE = re.compile(r"\b[^\W_]+(?:_+[^\W_]+)+\b")
_PART = re.compile(r"\b(?=[\w-]*\d)(?=[\w-]*[^\W\d_])[^\W_]+(?:-[^\W_]+)+\b")
_HUMPS = re.compile(r"[a-z][A-Z][a-z]")
_CAMEL = re.compile(r"\b[A-Z]?[a-z]+(?:[A-Z][a-z]+)+\b")
_HUMP = re.compile(r"[A-Z]?[a-z]+")

_WORDS = (
    TextAnalyzerBuilder(Tokenizer.whitespace())
    .filter(Filter.remove_long(_LONGEST_BYTES))
    .filter(Filter.lowercase())
    .filter(Filter.ascii_fold())
    .filter(Filter.stemmer("english"))
    .build()
)


def fingerprint() -> str:
    """Names what an index was made with; indexes of other names cannot be used."""
    made_with = f"{VERSION} {sorted(FIELDS.items())} {sorted(WEIGHTS)} {version('tantivy')}"
    return blake2b(made_with.encode(), digest_size=4).hexdigest()


def schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_bytes_field("id", stored=True)
    builder.add_unsigned_field("key", fast=True)
    builder.add_bytes_field("mark", stored=True)
    builder.add_text_field("kind", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("source", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("title", tokenizer_name="raw", index_option="basic")
    for name in WEIGHTS:
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="freq")
    return builder.build()


SCHEMA = schema()


def tokens(text: str) -> list[str]:
    """The terms of a text, in an order that says nothing."""
    text, runs = parts(text)
    found = words(text)
    for run in runs:
        found += run
        found += pairs(run)
    return found


def words(text: str) -> list[str]:
    """The terms of what has blanks between its words, and of names made of several."""
    found = WORD.findall(text)
    # Most texts have no such names; looking for what they all have costs less.
    names = _SNAKE.findall(text) if "_" in text else []
    if "-" in text:
        names += _PART.findall(text)
    found += ["".join(WORD.findall(name)) for name in names]
    if _HUMPS.search(text):
        found += [part for name in _CAMEL.findall(text) for part in _HUMP.findall(name)]
    return _WORDS.analyze(" ".join(found))


def documents(source: Iterable[Record]) -> Iterator[Document]:
    """All the chunks of one source as they are indexed."""
    row = in_order(source)
    texts = [" ".join(tokens(record.text)) for record in row]
    fields = {name: nearby(texts, counts) for name, counts in FIELDS.items()}
    fields[ABOUT] = _labels(row)
    for place, record in enumerate(row):
        document = Document()
        document.add_bytes("id", record.id.encode())
        document.add_unsigned("key", key_of(record.id))
        document.add_text("source", clean(source_of(record)))
        if title := record.metadata.get("title"):
            document.add_text("title", clean(str(title)))
        for name, row_of_texts in fields.items():
            document.add_text(name, row_of_texts[place])
        yield document


def _labels(row: Sequence[Record]) -> list[str]:
    """The terms of what is known of each chunk; most of a source share it, each is cut once."""
    words = [label_words(record.metadata) for record in row]
    cut = {text: " ".join(tokens(text)) for text in dict.fromkeys(words)}
    return [cut[text] for text in words]


def key_of(id: str) -> int:
    """A chunk's id as a number, never 0, small enough to be read by the hundred thousand."""
    return int.from_bytes(blake2b(id.encode("utf-8", "replace"), digest_size=7).digest()) + 1


def source_of(record: Record) -> str:
    return str(record.metadata.get("source", ""))


def clean(text: str) -> str:
    """The text without what no UTF-8 can say."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def of_source(source: str) -> Query:
    return Query.term_query(SCHEMA, "source", clean(source))


def check(where: Mapping[str, Sequence[str]] | None) -> None:
    """Raise ValueError for a filter on a field that is none of FILTERS."""
    for name in where or {}:
        if name not in FILTERS:
            raise ValueError(f"expected a filter on one of {FILTERS}, got {name!r}")


def parts(text: str) -> tuple[str, list[str]]:
    """A text for the analyzer of words, and the runs of it that are in unspaced scripts."""
    if text.isascii():
        return text, []
    text = folded(clean(text))
    return UNSPACED_OR_HANGUL.sub(" ", text), UNSPACED_OR_HANGUL.findall(text)
