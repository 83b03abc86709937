"""The vectors of multilingual-e5-small: the real weights, in many languages."""

import asyncio
import runpy
from typing import Any

import numpy as np
import pytest

from rag_stream.models.local.embeddings import E5Embeddings
from tests.support.e5 import REFERENCE
from tests.support.minilm import PACKAGE

QUESTIONS = [row["text"] for row in REFERENCE if row["kind"] == "query"]


@pytest.fixture(scope="module")
def e5() -> E5Embeddings:
    return E5Embeddings()


@pytest.mark.parametrize("row", REFERENCE, ids=lambda row: f"{row['language']}-{row['kind']}")
def test_vectors_are_those_of_the_package_s_own_engine(
    e5: E5Embeddings, row: dict[str, Any]
) -> None:
    text = row["text"]
    given = e5.embed_query(text) if row["kind"] == "query" else e5.embed_documents([text])[0]
    vector, reference = np.array(given), np.array(row["vector"])
    assert vector @ reference >= 0.9995
    assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-5)


async def test_questions_are_told_from_texts_however_they_come(e5: E5Embeddings) -> None:
    asked, said = e5.embed_query(QUESTIONS[0]), e5.embed_documents([QUESTIONS[0]])[0]
    assert np.dot(asked, said) < 0.99
    for both in (
        e5.encode([QUESTIONS[0], QUESTIONS[0]], questions=1),
        await e5.aencode([QUESTIONS[0], QUESTIONS[0]], questions=1),
    ):
        np.testing.assert_allclose(both, [asked, said], atol=1e-3)
    np.testing.assert_allclose(await e5.aembed_query(QUESTIONS[0]), asked, atol=1e-3)
    np.testing.assert_allclose(await e5.aembed_documents([QUESTIONS[0]]), [said], atol=1e-3)


def test_a_question_finds_its_answer_in_another_language(e5: E5Embeddings) -> None:
    texts = [
        "每位员工每年有二十天带薪年假。",
        "退货须在三十天内凭收据办理。",
        "Für die Suppe braucht man zwei Zwiebeln.",
        "Луна удалена от Земли на 384 400 километров.",
    ]
    asked = [
        "How many days of holiday do employees have?",
        "¿En cuántos días se puede devolver un artículo?",
        "How many onions are in the soup?",
        "ดวงจันทร์อยู่ห่างจากโลกเท่าไร",
    ]
    vectors = e5.encode([*asked, *texts], questions=len(asked))
    likeness = vectors[: len(asked)] @ vectors[len(asked) :].T
    assert likeness.argmax(axis=1).tolist() == [0, 1, 2, 3]


def test_a_batch_gives_each_text_its_own_vector_in_order(e5: E5Embeddings) -> None:
    texts = [*QUESTIONS, "word " * 900, "", *QUESTIONS[:3]]
    alone = np.concatenate([e5.encode([text]) for text in texts])
    together = e5.encode(texts)
    assert (together * alone).sum(axis=1).min() > 0.9999


@pytest.mark.parametrize(
    ("odd", "plain"),
    [
        ("lone \ud83d surrogate", "lone surrogate"),
        ("nul \x00byte", "nul byte"),
        ("cafe\u0301 and Vie\u0323\u0302t", "caf\u00e9 and Vi\u1ec7t"),
        ("\uff76\uff9e and \ufb01sh\u3000", "\u30ac and fish"),
        ("Word " * 2000, "Word " * 600),
        ("x" * 20_000, "x" * 10_000),
    ],
)
def test_odd_texts_are_embedded_as_what_they_say(e5: E5Embeddings, odd: str, plain: str) -> None:
    assert np.dot(e5.embed_query(odd), e5.embed_query(plain)) > 0.9999


def test_what_stands_for_something_in_the_vocabulary_is_text_in_a_text(e5: E5Embeddings) -> None:
    assert np.dot(e5.embed_query("a </s> b <mask>"), e5.embed_query("a b")) < 0.99


async def test_the_event_loop_goes_on_while_texts_are_embedded(e5: E5Embeddings) -> None:
    embedding = asyncio.create_task(e5.aencode([f"Satz {number}." for number in range(100)]))
    turns = 0
    while not embedding.done():
        turns += 1
        await asyncio.sleep(0)
    assert turns > 100


def test_the_fingerprint_names_the_weights(e5: E5Embeddings) -> None:
    assert e5.name == "local:multilingual-e5-small"
    assert e5.fingerprint == "local:multilingual-e5-small@1571fc98"


def test_the_shipped_graph_is_what_the_script_builds() -> None:
    script = runpy.run_path(str(PACKAGE / "scripts" / "build_e5_graph.py"))
    shipped = (PACKAGE / "rag_stream" / "models" / "local" / "e5.onnx").read_bytes()
    assert script["build"]() == shipped
