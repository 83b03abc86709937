"""What the lexical index holds of a chunk, and how a question becomes a query over it.

Everything that decides which chunk scores how stands here. A question never meets the
query language of the engine: it is cut into terms as the texts were, and asks for any of
them, the rare ones counting most (BM25), in the chunk itself, in what is near it, and in
what is known of where it stands: title, headings, columns, the name of its file.

Terms are runs of letters and digits, folded to lower case without accents and stemmed as
English ones, which leaves those of most other languages whole. Of scripts that put no
blanks between words they are single characters and pairs. Texts are cut here, once, and
the engine is given terms with blanks between: neighbours' terms are written many times.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from importlib.metadata import version
from typing import Final

import tantivy
from tantivy import Document, Filter, Occur, Query, Searcher, TextAnalyzerBuilder, Tokenizer

from rag_stream.index.client import Record
from rag_stream.index.neighbours import in_order, nearby
from rag_stream.text.labels import label_words
from rag_stream.text.scripts import UNSPACED_OR_HANGUL, pairs

VERSION = 2
"""Of all that stands in this file; another number has every index built anew."""
FIELDS: Final[Mapping[str, tuple[int, ...]]] = {"own": (1,), "near": (5, 4, 3, 2, 1)}
"""How often the chunk's terms are in each field, then its neighbours' at distance 1, 2, ..."""
ABOUT = "about"
"""The field of what is not in a chunk's text."""
WEIGHTS: Final[Mapping[str, float]] = {"own": 1.0, "near": 1.0, ABOUT: 1.0}
"""How much a term counts in each field."""
FILTERS = ("source", "title")
TERMS = 64
"""Of a long question the rarest so many terms are looked for."""
QUESTION_CHARS = 20_000
_LONGEST_BYTES = 100

_WORDS = (
    TextAnalyzerBuilder(Tokenizer.simple())
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
    words, runs = _parts(text)
    found = _WORDS.analyze(words)
    for run in runs:
        found += run
        found += pairs(run)
    return found


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


def query(
    searcher: Searcher, question: str, where: Mapping[str, Sequence[str]] | None = None
) -> Query | None:
    """The query for a question, None where no chunk can match.

    `where`: of each of these fields one of these values; it does not count in the score,
    which is the sum of BM25 over the fields.
    """
    asked = _rarest(searcher, _asked(question[:QUESTION_CHARS]))
    if not asked:
        return None
    any_of = Query.boolean_query(
        [
            (Occur.Should, Query.boost_query(Query.term_query(SCHEMA, name, term, "freq"), weight))
            for name, weight in WEIGHTS.items()
            for term in asked
        ]
    )
    if not where:
        return any_of
    filters = [
        Query.const_score_query(
            Query.term_set_query(SCHEMA, name, [clean(value) for value in values]), 0.0
        )
        for name, values in where.items()
    ]
    return Query.boolean_query([(Occur.Must, part) for part in (any_of, *filters)])


def _asked(question: str) -> list[str]:
    """The terms to look for: of unspaced scripts pairs, which say more than characters."""
    words, runs = _parts(question)
    found = dict.fromkeys(_WORDS.analyze(words))
    for run in runs:
        found.update(dict.fromkeys(pairs(run) or [run]))
    return list(found)


def _rarest(searcher: Searcher, asked: Sequence[str]) -> list[str]:
    counts = (
        (max(searcher.doc_freq("own", term), searcher.doc_freq(ABOUT, term)), term)
        for term in asked
    )
    known = [pair for pair in counts if pair[0]]
    known.sort(key=lambda one: one[0])
    return [term for _, term in known[:TERMS]]


def _parts(text: str) -> tuple[str, list[str]]:
    """A text for the analyzer of words, and the runs of it that are in unspaced scripts."""
    if text.isascii():
        return text, []
    text = unicodedata.normalize("NFKC", clean(text))
    return UNSPACED_OR_HANGUL.sub(" ", text), UNSPACED_OR_HANGUL.findall(text)
