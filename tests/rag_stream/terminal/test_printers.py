"""What is printed of an answer's events."""

import io
import json
from typing import Any

import pytest
from langchain_core.documents import Document
from rich.console import Console

from rag_stream.events import Accepted, Asked, Cited, Ended, Event, Found, Suggested, Text
from rag_stream.terminal.printers import JsonPrinter, Printer, TerminalPrinter, TextPrinter
from tests.support.told_events import citation, finished

DOCUMENT = Document("text", metadata={"source": "a.md", "title": "[red]A[/] :smile:"})
CITED = citation(0, "q")


def show(printer: Printer, *events: Event) -> None:
    for event in (Asked("?"), Found([DOCUMENT]), Accepted(), *events):
        printer.show(event)


ANSWER: tuple[Any, ...] = (Text("One \x1b[2J"), Text("two. [1]"))
SOURCE = "[1] [red]A[/] :smile: (a.md)\n"


@pytest.mark.parametrize(
    ("ending", "shown"),
    [
        ((Cited([CITED]), finished()), f"\nSources:\n{SOURCE}"),
        ((Cited([]), finished()), f"\nFound in:\n{SOURCE}"),
        ((finished(state="abstained"),), f"\nNearest sources:\n{SOURCE}"),
        (
            (Cited([CITED]), finished(state="truncated")),
            f"\nSources:\n{SOURCE}\nThe answer is incomplete: the model stopped at its length "
            "limit.\n",
        ),
        ((Found([]), finished()), ""),
        (
            (Cited([CITED]), Suggested(["And\x1b[2J?", "Why?"]), finished()),
            f"\nSources:\n{SOURCE}\nMay be asked next:\n- And\\x1b[2J?\n- Why?\n",
        ),
    ],
    ids=["cited", "uncited", "abstained", "truncated", "no-sources", "suggestions"],
)
def test_the_answer_as_plain_text(
    ending: tuple[Event, ...], shown: str, capsys: pytest.CaptureFixture[str]
) -> None:
    show(TextPrinter(), *ANSWER, *ending)
    assert capsys.readouterr().out == f"One \\x1b[2Jtwo. [1]\n{shown}"


def test_sources_do_not_wait_for_suggestions(capsys: pytest.CaptureFixture[str]) -> None:
    printer, end = TextPrinter(), finished()
    show(printer, Text("One. [1]"), Cited([CITED]), Ended(end.status))
    assert capsys.readouterr().out == f"One. [1]\n\nSources:\n{SOURCE}"
    for event in (Suggested(["Why?"]), end):
        printer.show(event)
    assert capsys.readouterr().out == "\nMay be asked next:\n- Why?\n"


def test_a_second_answer_has_sources_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    printer = TextPrinter()
    show(printer, Text("One. [1]\n"), Cited([CITED]), finished())
    show(printer, Text("Two."), Cited([]), finished())
    assert capsys.readouterr().out == (f"One. [1]\n\nSources:\n{SOURCE}Two.\n\nFound in:\n{SOURCE}")


def test_what_is_broken_off_ends_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    printer = TextPrinter()
    show(printer, Text("One"))
    printer.break_off()
    printer.break_off()
    assert capsys.readouterr().out == "One\n"


def test_the_answer_on_a_terminal() -> None:
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, color_system="standard", width=12)
    show(TerminalPrinter(console), *ANSWER, Cited([CITED]), finished())
    orders = ("\x1b[1;36m", "\x1b[2m", "\x1b[0m")
    plain = screen.getvalue()
    for order in orders:  # those of ours
        assert order in plain
        plain = plain.replace(order, "")
    assert plain == ("One \\x1b[2Jtwo. [1]\n\nSources:\n[1] [red]A[/] :smile:  a.md\n\nopenai:m\n")


def test_the_chunks_as_json_lines(capsys: pytest.CaptureFixture[str]) -> None:
    show(JsonPrinter(), *ANSWER, Cited([CITED]), finished())
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [list(line) for line in lines] == [
        *(["input"], ["context"], ["answer"], ["answer"], ["answer"]),
        *(["citations"], ["status"]),
    ]
    assert lines[1]["context"][0]["metadata"] == DOCUMENT.metadata
    assert lines[3] == {"answer": "One \x1b[2J"}
