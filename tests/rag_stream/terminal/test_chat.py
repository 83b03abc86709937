"""Questions out of standard input, and what of a conversation is remembered."""

import asyncio
import io
from collections.abc import AsyncGenerator
from typing import Any

import pytest

from rag_stream.errors import ModelFailedError
from rag_stream.events import Asked, Ended, Event, Text
from rag_stream.terminal.chat import Chat, questions
from rag_stream.terminal.printers import TextPrinter
from tests.support.told_events import finished


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("one\n\n  \n two \nthree", ["one", "two", "three"]),
        ("one\n/quit\ntwo\n", ["one"]),
        ("", []),
    ],
    ids=["to-its-end", "quit", "nothing"],
)
def test_each_line_that_is_not_empty_is_a_question(
    typed: str,
    asked: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    assert list(questions()) == asked
    assert capsys.readouterr() == ("", "")  # nobody is there to be prompted


class Chain:
    """Answers with what it is asked; fails, is interrupted or says nothing where told to."""

    def __init__(self) -> None:
        self.inputs: list[dict[str, Any]] = []

    async def events(self, input: dict[str, Any]) -> AsyncGenerator[Event, None]:
        self.inputs.append(input)
        yield Asked(input["input"])
        if input["input"] == "empty":
            return
        yield Text(f"{input['input']}!")
        if input["input"] == "fail":
            raise ModelFailedError("the model \x1b[2J failed")
        if input["input"] == "stop":
            raise KeyboardInterrupt
        end = finished()
        yield Ended(end.status)
        if input["input"] == "stop late":  # while questions are suggested
            raise KeyboardInterrupt
        yield end


def test_only_turns_with_an_answer_are_remembered(capsys: pytest.CaptureFixture[str]) -> None:
    chain: Any = Chain()
    with asyncio.Runner() as runner:
        chat = Chat(chain, runner, TextPrinter())
        for question in ("one", "fail", "stop", "empty", "stop late", "two", "three"):
            chat.ask(question)
    assert chain.inputs[:2] == [
        {"input": "one"},
        {
            "input": "fail",
            "chat_history": [
                {"role": "user", "content": "one"},
                {"role": "assistant", "content": "one!"},
            ],
        },
    ]
    remembered = [turn["content"] for turn in chain.inputs[-1]["chat_history"]]
    assert remembered == ["one", "one!", "stop late", "stop late!", "two", "two!"]
    assert chat.has_failed
    out, err = capsys.readouterr()
    assert out == "one!\nfail!\nstop!\nstop late!\ntwo!\nthree!\n"
    assert err == "rag_stream: the model \\x1b[2J failed\n(stopped)\n(stopped)\n"
