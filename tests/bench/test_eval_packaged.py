"""The questions of the real-sized part: what they are about is there, ingest asks none of them."""

import json
from pathlib import Path

import numpy as np
import pytest

from bench.eval.bed import Ground
from bench.eval.narrow import NarrowEmbedder
from bench.eval.packaged import QUESTIONS, documentation
from rag_stream.calibration.everyday import everyday

ASKED = json.loads(QUESTIONS.read_text("utf-8"))


def test_it_asks_a_hundred_questions_that_the_documentation_answers() -> None:
    pages = documentation()
    assert len(pages) > 200
    assert sum(map(len, pages.values())) > 1_000_000  # some thousand chunks
    assert len(ASKED["answerable"]) >= 100
    assert {module for _, module in ASKED["answerable"]} <= set(pages)


def test_no_question_is_asked_twice_or_by_ingest() -> None:
    questions = [question for question, _ in ASKED["answerable"]] + ASKED["off_topic"]
    assert len(set(questions)) == len(questions)
    assert not set(questions) & {q for asked in everyday().values() for q in asked}
    assert len(ASKED["off_topic"]) >= 44


async def test_a_model_of_another_range_has_the_same_order(tmp_path: Path) -> None:
    inner = Ground(tmp_path).embedder
    texts = ["A lock lets one thread in.", "Mail is sent over SMTP.", "Who baked the pie?"]
    plain = np.asarray(await inner.embed_chunks(texts))
    moved = np.asarray(await NarrowEmbedder(inner).embed_chunks(texts))
    before, after = plain @ plain.T, moved @ moved.T
    assert np.argsort(before).tolist() == np.argsort(after).tolist()
    assert after.min() > 0.55
    asked = await NarrowEmbedder(inner).embed_question(texts[0])
    assert asked == pytest.approx(moved[0].tolist(), abs=1e-4)
