# ruff: noqa: RUF001 - letters of other alphabets are meant here
"""An index refuses what it does not answer, with a model nobody has measured and no setting made.

The embeddings are those of a model whose likenesses lie in another range; the chat model is the
local one. Nothing of the questions is among the everyday questions that ingest asks.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.commands import run
from tests.support.ingesting import ask
from tests.support.narrow_server import NarrowServer
from tests.support.service import Service

OFF_TOPIC = (
    "How do I bake an apple pie?",
    "Who discovered penicillin?",
    "Who was the first person to walk on the moon?",
    "Which team won the Super Bowl in 2012?",
    "How do I train my dog to sit?",
    "How tall is the Eiffel Tower?",
    "Why do whales sing?",
    "What do koalas eat?",
    "Who sang Bohemian Rhapsody?",
    "When was the Taj Mahal built?",
    "How do I knit a scarf?",
    "Which trees lose their leaves first?",
    "How do I treat a sunburn?",
    "Who is the prime minister of Canada?",
    "What is a good recipe for chicken curry?",
    "How many calories are in a banana?",
    "Wie backe ich einen Apfelkuchen?",
    "Qui a découvert la pénicilline ?",
    "Как испечь яблочный пирог?",
    "怎么烤苹果派？",
    "¿Cuántas calorías tiene un plátano?",
    "アップルパイの焼き方を教えてください",
)
ANSWERABLE = (
    "What is task decomposition?",
    "How are results of keyword search and vector search combined?",
    "When should a system refuse to answer?",
    "What are chunks for?",
    "Where does an agent keep what it has to remember for long?",
    "How does an agent learn from its mistakes?",
    "Which tools can a language model call?",
    "Why are answers sent word by word?",
    "What is an embedding?",
    "How do citations help the reader?",
    "What does retrieval-augmented generation mean?",
    "How can I fill the index with my own documents?",
)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Filled by the ingest command with the sample, and nothing set but the models."""
    index: Path = tmp_path_factory.mktemp("abstention") / "chroma"
    with NarrowServer() as server:
        environment = {
            **server.environment,
            "RAG_CHROMA_PATH": str(index),
            "RAG_CHAT_MODEL": "local:extractive",
        }
        done = run(environment, "ingest", "--sample", "--json")
        assert (done.returncode, done.stderr) == (0, "")
        embedded = json.loads(done.stdout.splitlines()[-1])["embedded"]
        sizes = [len(call.body["input"]) for call in server.embeddings]
        assert max(sizes) > 300  # the everyday questions, in one request
        # Beside the texts no more than the paths of headings, each once, and what is known once.
        headings = {path for call in server.embeddings for path in call.body["input"]}
        assert sum(sizes) == len(headings) + 1 >= embedded + max(sizes)
        with Service(env=environment) as service:
            yield service


def status(service: Service, question: str) -> dict[str, Any]:
    response = ask(service, question)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()["output"]["status"]
    return found


def test_what_the_documents_do_not_answer_is_refused(service: Service) -> None:
    told = [status(service, question) for question in OFF_TOPIC]
    assert all(one["relevance"]["score"] is not None for one in told)
    assert {one["relevance"]["basis"] for one in told} == {"calibrated"}
    assert min(one["relevance"]["score"] for one in told) > 0.55  # another range it is
    assert sum(one["state"] != "abstained" for one in told) <= 2


def test_what_they_answer_is_not_refused(service: Service) -> None:
    told = {question: status(service, question) for question in ANSWERABLE}
    assert [q for q, one in told.items() if one["state"] == "abstained"] == []


def test_the_service_is_ready_without_a_word(service: Service) -> None:
    assert service.log.read_text().count("everyday") == 0
