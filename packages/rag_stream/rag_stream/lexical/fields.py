"""What the lexical index holds of a chunk; `question.py` asks for it.

That is the chunk itself, what is near it, and what is known of where it stands: title,
headings, columns, the name of its file.

Terms are runs of letters and digits, folded to lower case without accents and stemmed as
English ones, which leaves those of most other languages whole; beside these, in texts of other
languages and scripts, the stems that they have there. So whoever asks finds a word as it is
written, and in its other forms who asks in its language. Names that are made of several
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
from tantivy import Document, Query

from rag_stream.index.client import Record
from rag_stream.index.neighbours import in_order, nearby
from rag_stream.text.folding import folded
from rag_stream.text.keywords import WORD
from rag_stream.text.labels import label_words
from rag_stream.text.language import LANGUAGE, language_in
from rag_stream.text.letters import OF_LANGUAGE
from rag_stream.text.scripts import UNSPACED_OR_HANGUL, pairs
from rag_stream.text.stemming import COMPOUNDING, STEMMED, own_language, stems

VERSION = 3
"""Of all that stands in this file; another number has every index built anew."""
FIELDS: Final[Mapping[str, tuple[int, ...]]] = {"own": (1,), "near": (5, 4, 3, 2, 1)}
"""How often the chunk's terms are in each field, then its neighbours' at distance 1, 2, ..."""
ABOUT = "about"
"""The field of what is not in a chunk's text."""
WEIGHTS: Final[Mapping[str, float]] = {"own": 1.0, "near": 1.0, ABOUT: 0.5}
"""How much a term counts in each field."""
FILTERS = ("source", "title")
TAIL = "tail"
"""The field of a chunk's long words, from their ends to their beginnings, to find compounds by."""
LONG = 8
"""Letters of a word that may be one of several."""
_LONGEST_BYTES, _LONGEST_CERTAIN = 100, 24

# Names in code; numbers of parts and versions, with a letter in them.
_SNAKE = re.compile(r"\b[^\W_]+(?:_+[^\W_]+)+\b")
_PART = re.compile(r"\b(?=[\w-]*\d)(?=[\w-]*[^\W\d_])[^\W_]+(?:-[^\W_]+)+\b")
_HUMPS = re.compile(r"[a-z][A-Z][a-z]")
_CAMEL = re.compile(r"\b[A-Z]?[a-z]+(?:[A-Z][a-z]+)+\b")
_HUMP = re.compile(r"[A-Z]?[a-z]+")


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
    builder.add_text_field(LANGUAGE, tokenizer_name="raw", index_option="basic")
    builder.add_text_field(TAIL, tokenizer_name="whitespace", index_option="basic")
    for name in WEIGHTS:
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="freq")
    return builder.build()


SCHEMA = schema()


def tokens(text: str, language: str | None = None) -> list[str]:
    """The terms of a text in that language, in an order that says nothing."""
    text, runs = parts(text)
    written = words(text)
    found = stems(written, "en")
    found += _other_stems(written, found, language, is_ascii=text.isascii())
    for run in runs:
        found += run
        found += pairs(run)
    return found


def words(text: str) -> list[str]:
    """What has blanks between, word by word, and the names made of several."""
    found = WORD.findall(text)
    # Most texts have no such names; looking for what they all have costs less.
    names = _SNAKE.findall(text) if "_" in text else []
    if "-" in text:
        names += _PART.findall(text)
    found += ["".join(WORD.findall(name)) for name in names]
    if _HUMPS.search(text):
        found += [part for name in _CAMEL.findall(text) for part in _HUMP.findall(name)]
    return [
        word
        for word in found
        if len(word) <= _LONGEST_CERTAIN or len(word.encode()) < _LONGEST_BYTES
    ]


def _other_stems(
    written: Sequence[str], found: Sequence[str], language: str | None, *, is_ascii: bool
) -> list[str]:
    """The stems of words in their own language, where they are others than those found."""
    latin = None if language in (None, "en") or language in OF_LANGUAGE else language
    if is_ascii and latin is None:
        return []
    by_language: dict[str, list[tuple[str, str]]] = {}
    for word, term in zip(written, found, strict=True):
        own = latin if word.isascii() else own_language(word, language)
        if own in STEMMED and own != "en":
            by_language.setdefault(own, []).append((word, term))
    return [
        stem
        for own, told in by_language.items()
        for stem, (_, term) in zip(stems([word for word, _ in told], own), told, strict=True)
        if stem != term
    ]


def tails(text: str, language: str | None) -> list[str]:
    """The long words of a text that may be of several, turned round; each once."""
    if language not in COMPOUNDING:
        return []
    long = [word for word in dict.fromkeys(WORD.findall(parts(text)[0])) if len(word) >= LONG]
    return [stem[::-1] for stem in dict.fromkeys(stems(long, language))]


def documents(source: Iterable[Record]) -> Iterator[Document]:
    """All the chunks of one source as they are indexed."""
    row = in_order(source)
    languages = _languages(row)
    told = list(zip(row, languages, strict=True))
    texts = [" ".join(tokens(record.text, language)) for record, language in told]
    fields = {name: nearby(texts, counts) for name, counts in FIELDS.items()}
    fields[ABOUT] = _labels(told)
    fields[TAIL] = [" ".join(tails(record.text, language)) for record, language in told]
    for place, (record, language) in enumerate(told):
        document = Document()
        document.add_bytes("id", record.id.encode())
        document.add_unsigned("key", key_of(record.id))
        document.add_text("source", clean(source_of(record)))
        if title := record.metadata.get("title"):
            document.add_text("title", clean(str(title)))
        if language:
            document.add_text(LANGUAGE, language)
        for name, row_of_texts in fields.items():
            document.add_text(name, row_of_texts[place])
        yield document


def _labels(row: Sequence[tuple[Record, str | None]]) -> list[str]:
    """The terms of what is known of each chunk; most of a source share it, each is cut once."""
    told = [(label_words(record.metadata), language) for record, language in row]
    cut = {one: " ".join(tokens(*one)) for one in dict.fromkeys(told)}
    return [cut[one] for one in told]


def _languages(row: Sequence[Record]) -> list[str | None]:
    """The language of each chunk: of its document, as ingest told it, else by its own words."""
    told = [record.metadata.get(LANGUAGE) for record in row]
    if all(told):
        return list(map(str, told))
    whole = language_in("\n".join(record.text for record in row))
    return [
        str(own) if own else whole or language_in(record.text)
        for own, record in zip(told, row, strict=True)
    ]


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
