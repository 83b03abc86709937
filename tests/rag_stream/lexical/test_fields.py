"""From texts and questions to words: nothing that is asked breaks anything."""

import unicodedata

import pytest
import tantivy
from hypothesis import given, settings
from hypothesis import strategies as st

from rag_stream.index.client import Record
from rag_stream.lexical import fields
from rag_stream.lexical.question import asked as question_of

TEXTS = {
    "stream": "Streaming sends tokens (as server-sent events) to the reader: at once.",
    "chroma": "Chroma stores vectors AND metadata; its café is called NOT.",
    "long": 'Foo:bar "quoted" snake_case C++ 3.14 O\'Neill Straße',
    "japanese": "東京は日本の首都です。人口は約千四百万人です。",
    "chinese": "北京是中华人民共和国的首都。",
    "thai": "กรุงเทพมหานครเป็นเมืองหลวงของประเทศไทย",
    "russian": "Москва является столицей России.",
    "hindi": "दिल्ली भारत की राजधानी है।",
    "korean": "서울은 대한민국의 수도이다.",
}


def searcher_of(texts: dict[str, str]) -> tantivy.Searcher:
    index = tantivy.Index(fields.SCHEMA)
    writer = index.writer(15_000_000, 1)
    for id, text in texts.items():
        metadata = {"source": f"{id}.md", "title": f"The {id}"}
        for document in fields.documents([Record(id, text, metadata)]):
            writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    return index.searcher()


SEARCHER = searcher_of(TEXTS)


def ask(
    question: str, where: dict[str, list[str]] | None = None, searcher: tantivy.Searcher = SEARCHER
) -> list[tuple[str, float]]:
    asked = question_of(searcher, question, where)
    if asked is None:
        return []
    hits = searcher.search(asked.query, 50, count=False).hits
    return [(bytes(searcher.doc(place).get_first("id") or b"").decode(), s) for s, place in hits]


@pytest.mark.parametrize(
    ("question", "best"),
    [
        ("How are tokens streamed?", "stream"),
        ("CAFE", "chroma"),
        ("cafe\u0301", "chroma"),  # an accent of its own, as some files have it
        ("\uff56\uff45\uff43\uff54\uff4f\uff52\uff53", "chroma"),  # "vectors", in wide letters
        ("strasse", "long"),
        ("snake", "long"),
        ("日本の首都はどこですか", "japanese"),
        ("首都中华", "chinese"),
        ("人", "japanese"),
        ("ประเทศไทย", "thai"),
        ("столицей", "russian"),
        ("राजधानी", "hindi"),
        ("대한민국에서", "korean"),
        ("東京 and 人口 😀", "japanese"),
    ],
)
def test_words_of_many_scripts_are_found(question: str, best: str) -> None:
    assert ask(question)[0][0] == best


@pytest.mark.parametrize("question", ["", " \n", "😀👩🏽‍🚀", "???", "\x00\x07", "\ud800", "zzzzzz"])
def test_what_has_no_known_word_finds_nothing(question: str) -> None:
    assert ask(question) == []


@pytest.mark.parametrize(
    "question",
    [
        'vectors AND (NOT "', "vectors OR", "source:vectors", "-vectors", "+vectors^9", "vectors~2",
        "[vectors TO *]", "/vectors/", "\\vectors", "vectors\x00", "IN [vectors]", "vectors*",
    ],
)  # fmt: skip
def test_signs_of_query_languages_mean_nothing(question: str) -> None:
    assert ask(question)[0][0] == "chroma"


@settings(deadline=None)  # the first example of a language pays for its stemmer
@given(st.text(max_size=200))
def test_no_question_breaks_the_search(question: str) -> None:
    scores = [score for _, score in ask(question)]
    assert scores == sorted(scores, reverse=True)


@settings(deadline=None)
@given(st.text(min_size=1, max_size=80))
def test_a_text_is_found_by_itself(text: str) -> None:
    searcher = searcher_of({"it": text, "other": "something else"})
    known = [c for c in unicodedata.normalize("NFKC", fields.clean(text)) if c.isalnum()]
    if known and known[0].isascii():
        assert "it" in dict(ask(text, searcher=searcher))


def test_a_long_question_asks_for_its_rarest_words() -> None:
    texts = {f"n{n}": "common words " + " ".join(f"w{m}" for m in range(n, 200)) for n in range(50)}
    searcher = searcher_of(texts | {"needle": "needle"})
    question = " ".join(f"w{n}" for n in range(200)) + " needle" + " common words" * 800
    assert len(question) > 10_000
    assert "needle" in dict(ask(question, searcher=searcher))


def test_a_filter_does_not_count_in_the_score() -> None:
    assert dict(ask("vectors tokens")).keys() == {"chroma", "stream"}
    everything = dict(ask("vectors tokens"))
    found = dict(ask("vectors tokens", {"source": ["chroma.md", "x"]}))
    assert found == pytest.approx({"chroma": everything["chroma"]})
    assert dict(ask("vectors tokens", {"title": ["The stream"]})).keys() == {"stream"}
    assert ask("vectors", {"source": ["chroma.md"], "title": ["The stream"]}) == []
    assert ask("vectors", {"source": []}) == []
    assert ask("vectors", {"source": ["\ud800", "chroma"]}) == []


def test_an_unknown_filter_is_named() -> None:
    with pytest.raises(ValueError, match="source.*title.*'colour'"):
        fields.check({"colour": ["red"]})


def test_keys_tell_ids_apart_and_are_never_zero() -> None:
    keys = {fields.key_of(f"{n:032x}") for n in range(10_000)}
    assert len(keys) == 10_000
    assert 0 < min(keys) <= max(keys) < 2**63


def searcher_over(*sources: dict[str, str]) -> tantivy.Searcher:
    """Sources of one chunk each, all with the same text; the id is the source."""
    index = tantivy.Index(fields.SCHEMA)
    writer = index.writer(15_000_000, 1)
    for metadata in sources:
        record = Record(metadata["source"], "The backup starts every night.", metadata)
        for document in fields.documents([record]):
            writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    return index.searcher()


@pytest.mark.parametrize(
    "labels",
    [
        {"title": "Falcon server"},
        {"section": "Servers > Falcon"},
        {"description": "How we run the Falcon machine"},
        {"tags": "night, falcon"},
        {"slug": "the-falcon"},
        {"columns": "Falcon | Otter"},
        {"source": "docs/falcon.md"},
        {"source": "docs/FalconServer.md"},
        {"source": "docs/falcon_server/index.md"},
        {"source": "https://x.example/falcon-server/?page=1"},
    ],
)
def test_what_stands_above_a_chunk_tells_it_from_others_of_the_same_text(
    labels: dict[str, str],
) -> None:
    others = [{"source": f"{n}.md", "title": f"Server {n}"} for n in range(4)]
    searcher = searcher_over(*others, {"source": "a.md"} | labels)
    question = "When does the backup of the FALCON start?"
    (best, score), (_, next_score), *_ = ask(question, searcher=searcher)
    assert best == labels.get("source", "a.md")
    assert score > next_score
    assert [id for id, _ in ask("falcon", searcher=searcher)] == [best]
