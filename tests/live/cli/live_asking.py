"""A question asked on the terminal: answered, refused, broken off."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Event

import pytest

from rag_stream.runnable import RagChain
from rag_stream.terminal.harmless import json_line
from tests.support.commands import QUESTION, TOKENS, run
from tests.support.openai_server import OpenAIServer
from tests.support.service import clean_environment


def test_the_answer_is_plain_text_where_no_terminal_reads_it(environment: dict[str, str]) -> None:
    done = run(environment, "rag_stream", QUESTION)
    assert (done.returncode, done.stderr) == (0, "")
    answer, _, sources = done.stdout.partition("\n\nFound in:\n")
    assert answer == "".join(TOKENS)
    assert sources == "[1] Notes (notes.md)\n"


def test_its_chunks_are_json_lines_on_demand(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    done = run(environment, "rag_stream", "--json", QUESTION)
    assert (done.returncode, done.stderr) == (0, "")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    expected = list(RagChain().stream({"input": QUESTION}))
    printed = [json.loads(line) for line in done.stdout.splitlines()]
    # The last has times and a run's id, and in how many pieces an answer comes varies.
    as_json = [json.loads(json_line(chunk)) for chunk in (*expected[:2], expected[-2])]
    assert [*printed[:2], printed[-2]] == as_json
    answers = printed[2:-2]
    assert [list(chunk) for chunk in printed[:2]] == [["input"], ["context"]]
    assert [list(chunk) for chunk in answers] == [["answer"]] * len(answers)
    assert "".join(chunk["answer"] for chunk in answers) == "".join(TOKENS)
    assert printed[-1]["status"]["state"] == "completed"


def test_a_failure_is_a_sentence_on_stderr(environment: dict[str, str]) -> None:
    nowhere = {**environment, "RAG_COLLECTION": "nothing-in-it"}
    done = run(nowhere, "rag_stream", "--json", QUESTION)
    assert done.returncode == 1
    assert json.loads(done.stdout) == {"input": QUESTION}
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
    read = ""
    while text not in read:
        read += (character := process.stdout.read(1))
        assert character, "it ended before that"


def test_an_interrupt_stops_the_model_and_ends_the_line(
    environment: dict[str, str], model: OpenAIServer
) -> None:
    model.once("gpt-4o-mini", hold_after=1)
    with asking(environment) as process:
        read_until(process, TOKENS[0])
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=30)
    assert (process.returncode, output, errors) == (130, "\n", "")
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
