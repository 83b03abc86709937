"""A question asked on the terminal: answered, refused, broken off."""

import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import Event

import pytest
from langchain_core.documents import Document

from rag_stream.runnable import RagChain
from tests.support.commands import QUESTION, TOKENS, run
from tests.support.openai_server import OpenAIServer
from tests.support.service import clean_environment


def text_of(chunks: Sequence[Mapping[str, str]]) -> str:
    return "".join(chunk["answer"] for chunk in chunks)


def test_the_question_is_answered_as_the_reference_program_prints_it(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    done = run(environment, "rag_stream", QUESTION)
    assert (done.returncode, done.stderr) == (0, "")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    expected = list(RagChain().stream({"input": QUESTION}))
    printed = [eval(line, {"Document": Document}) for line in done.stdout.splitlines()]  # noqa: S307
    # The last has times and a run's id, and in how many pieces an answer comes varies.
    assert (printed[:2], printed[-2]) == (expected[:2], expected[-2])
    answers = printed[2:-2]
    assert text_of(answers) == text_of(expected[2:-2])
    assert [list(chunk) for chunk in printed[:2]] == [["input"], ["context"]]
    assert [list(chunk) for chunk in answers] == [["answer"]] * len(answers)
    assert "".join(chunk["answer"] for chunk in answers) == "".join(TOKENS)
    assert printed[-1]["status"]["state"] == "completed"


def test_a_failure_is_a_sentence_on_stderr(environment: dict[str, str]) -> None:
    done = run({**environment, "RAG_COLLECTION": "nothing-in-it"}, "rag_stream", QUESTION)
    assert done.returncode == 1
    assert done.stdout == f"{ {'input': QUESTION} }\n"
    assert done.stderr.startswith("rag_stream: the index 'nothing-in-it' is empty: fill it with")


def test_an_empty_question_is_refused_by_name(environment: dict[str, str]) -> None:
    done = run(environment, "rag_stream", " ")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "rag_stream: input: expected a question, got an empty string\n"


@contextmanager
def asking(environment: Mapping[str, str]) -> Iterator[subprocess.Popen[str]]:
    """The question being answered by a model that holds its second token back."""
    process = subprocess.Popen(
        [sys.executable, "-m", "rag_stream", QUESTION],
        env=clean_environment(environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def read_until(process: subprocess.Popen[str], text: str) -> None:
    assert process.stdout is not None
    while text not in (line := process.stdout.readline()):
        assert line, "it ended before that"


def test_an_interrupt_stops_the_model_and_prints_nothing(
    environment: dict[str, str], model: OpenAIServer
) -> None:
    model.once("gpt-4o-mini", hold_after=1)
    with asking(environment) as process:
        read_until(process, TOKENS[0])
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=30)
    assert (process.returncode, output, errors) == (130, "", "")
    model.wait_until(lambda: model.live == 0)


def test_a_reader_that_has_enough_stops_the_model_and_is_no_error(
    environment: dict[str, str], model: OpenAIServer
) -> None:
    release = Event()
    model.once("gpt-4o-mini", hold_after=1, release=release)
    with asking(environment) as process:
        read_until(process, TOKENS[0])
        assert process.stdout is not None
        process.stdout.close()  # as `| head` does
        release.set()
        assert process.wait(30) == 1
        assert process.stderr is not None
        assert process.stderr.read() == ""
    model.wait_until(lambda: model.live == 0)
