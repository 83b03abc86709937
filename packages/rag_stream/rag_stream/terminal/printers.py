"""What an answer looks like: plain text, text on a terminal, or JSON lines.

None of them flushes at an end: each piece is out when it has come.
"""

from collections.abc import Sequence
from typing import Protocol

from rich.console import Console
from rich.text import Text as Styled

from rag_stream.chunks import chunk_of
from rag_stream.events import Asked, Ended, Event, Finished, Text
from rag_stream.schema import Status
from rag_stream.terminal.harmless import harmless, json_line
from rag_stream.terminal.sources import SourceLine, cited, found
from rag_stream.transcript import Transcript

TRUNCATED = "The answer is incomplete: the model stopped at its length limit."

NEXT = "May be asked next:"


class Printer(Protocol):
    """Prints the events of one answer after another."""

    def show(self, event: Event) -> None: ...

    def break_off(self) -> None:
        """Nothing more comes of this answer: go on in a line of its own."""
        ...


class JsonPrinter:
    """Each chunk as a line of JSON."""

    def show(self, event: Event) -> None:
        if chunk := chunk_of(event):
            print(json_line(chunk), flush=True)

    def break_off(self) -> None:
        pass


class TextPrinter:
    """The answer as it grows, then its numbered sources."""

    def __init__(self) -> None:
        self._told = Transcript()
        self._is_in_line = self._has_sources = False

    def show(self, event: Event) -> None:
        match event:
            case Text(text):
                if piece := harmless(text):
                    self._is_in_line = not piece.endswith("\n")
                    self.put(piece)
                return
            case Asked():
                self._told, self._has_sources = Transcript(), False
        self._told.take(event)
        if isinstance(event, Ended | Finished) and not self._has_sources:
            self._has_sources = True  # what may come yet is not of the answer
            self.break_off()
            self._sources(event.status)
        if isinstance(event, Finished):
            self._end(event.status)

    def break_off(self) -> None:
        if self._is_in_line:
            self._is_in_line = False
            self.put("\n")

    def _sources(self, status: Status) -> None:
        if status.state == "abstained":
            self._list("Nearest sources:", found(self._told.documents))
        elif self._told.citations:
            self._list("Sources:", cited(self._told.documents, self._told.citations))
        else:
            self._list("Found in:", found(self._told.documents))
        if status.state == "truncated":
            self.put(f"\n{TRUNCATED}\n")

    def _end(self, status: Status) -> None:
        if self._told.suggestions:
            self.put(f"\n{NEXT}\n")
        for question in self._told.suggestions:
            self.put(f"- {harmless(question)}\n")
        self.sign(status)

    def _list(self, heading: str, lines: Sequence[SourceLine]) -> None:
        if lines:
            self.put(f"\n{heading}\n")
        for line in lines:
            self.source(line)

    def put(self, text: str) -> None:
        """Print harmless text."""
        print(text, end="", flush=True)

    def source(self, line: SourceLine) -> None:
        print(line, flush=True)

    def sign(self, status: Status) -> None:
        """Say who has answered."""


class TerminalPrinter(TextPrinter):
    """The same, with what is not the answer set off from it."""

    def __init__(self, console: Console) -> None:
        super().__init__()
        self._console = console

    def put(self, text: str) -> None:
        # A text and no markup: what looks like rich's or a name of an emoji stays as it is. The
        # terminal itself breaks the lines: here nobody knows what comes next.
        self._console.print(Styled(text), end="", soft_wrap=True)

    def source(self, line: SourceLine) -> None:
        place = f"  {line.place}" if line.place else ""
        number = (f"[{line.number}]", "bold cyan")
        words = Styled.assemble(number, f" {line.title}", (place, "dim"))
        self._console.print(words, soft_wrap=True)

    def sign(self, status: Status) -> None:
        model = harmless(status.model)
        self._console.print(Styled(f"\n{model}", style="dim"), soft_wrap=True)
