"""A conversation on the command line: on a real terminal, and through a pipe."""

import subprocess
import sys
from threading import Event

from tests.support.commands import QUESTION, TOKENS
from tests.support.openai_server import OpenAIServer
from tests.support.service import clean_environment
from tests.support.terminal import INTERRUPT, on_terminal

CHAT = "gpt-4o-mini"
AGAIN = "And what are small steps?"


def said(model: OpenAIServer) -> list[str]:
    """What the model was last told of what was said before, and then was asked."""
    return [m["content"] for m in model.chats[-1].body["messages"] if m["role"] != "system"]


def test_one_answer_on_a_terminal_grows_and_has_sources(
    environment: dict[str, str], model: OpenAIServer
) -> None:
    go_on = Event()
    hostile = ["One\x1b[2J", " [bold]two[/]", " 👩", "\u200d", "👧", " [1]."]
    model.once(CHAT, answer=hostile, hold_after=2, release=go_on)
    with on_terminal(environment, "rag_stream", QUESTION) as terminal:
        assert terminal.read_until("two[/]") == "One\\x1b[2J [bold]two[/]"
        go_on.set()
        assert terminal.wait_end() == 0
    assert " 👩\u200d👧 [1].\n\nSources:\n" in terminal.screen
    assert "[1]\x1b[0m Notes\x1b[2m  notes.md\x1b[0m\n" in terminal.screen.replace("\x1b[1m", "")
    assert f"openai:{CHAT}" in terminal.screen


def test_an_interrupt_stops_the_answer_and_not_the_conversation(
    environment: dict[str, str], model: OpenAIServer
) -> None:
    with on_terminal(environment, "rag_stream", "--chat") as terminal:
        terminal.read_until("\n> ")
        model.once(CHAT, answer=TOKENS, hold_after=2)
        terminal.type(f"{AGAIN}\n")
        terminal.read_until("".join(TOKENS[:2]))
        terminal.type(INTERRUPT)
        assert "(stopped)" in terminal.read_until("\n> ")
        model.wait_until(lambda: model.live == 0)
        terminal.type("\n")  # an empty line is no question
        terminal.read_until("\n> ")
        terminal.type(f"{QUESTION}\n")
        assert "".join(TOKENS) in terminal.read_until("\n> ")
        assert AGAIN not in "".join(said(model))  # it has no answer
        terminal.type(f"{AGAIN}\n")
        assert "".join(TOKENS) in terminal.read_until("\n> ")
        *before, last = said(model)
        assert before == [QUESTION, "".join(TOKENS)]
        assert AGAIN in last
        terminal.type(INTERRUPT)
        assert terminal.wait_end() == 130


def test_a_conversation_through_a_pipe(environment: dict[str, str], model: OpenAIServer) -> None:
    lines = ["", "x" * 10_001, AGAIN, "/quit", "never asked"]
    done = subprocess.run(
        [sys.executable, "-m", "rag_stream", "--chat", QUESTION],
        input="\n".join(lines),
        env=clean_environment(environment),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    answer = f"{''.join(TOKENS)}\n\nFound in:\n[1] Notes (notes.md)\n"
    assert done.stdout == f"{answer}\n\n{answer}\n"
    assert done.stderr == "rag_stream: input: expected at most 10000 characters, got 10001\n"
    assert done.returncode == 1
    assert said(model)[:2] == [QUESTION, "".join(TOKENS)]
