"""A conversation on standard input: one question a line, until its end or `/quit`."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import aclosing, suppress

from rag_stream.conversation import Conversation, Turn
from rag_stream.errors import RagError
from rag_stream.runnable import RagChain
from rag_stream.terminal.harmless import harmless
from rag_stream.terminal.printers import Printer
from rag_stream.transcript import Transcript

PROMPT = "> "
QUIT = "/quit"
_MOST_TURNS = 400
"""Of what was said before, within what the chain takes; the model is given less of it."""


class Chat:
    """Questions, each with what was said before it, and their answers, printed."""

    def __init__(self, chain: RagChain, runner: asyncio.Runner, printer: Printer) -> None:
        self._chain = chain
        self._runner = runner
        self._printer = printer
        self._history: list[Turn] = []
        self.has_failed = False
        """Whether any of the questions has got no answer."""

    def ask(self, question: str) -> None:
        """Answer one question; an interrupt stops that and nothing else.

        A turn that has failed or was stopped before its answer was whole is not remembered.
        """
        conversation, told = Conversation(question, tuple(self._history)), Transcript()
        try:
            self._runner.run(ask(self._chain, conversation, self._printer, told))
        except KeyboardInterrupt:
            self._printer.break_off()
            print("(stopped)", file=sys.stderr)
        except RagError as error:
            self.has_failed = True
            self._printer.break_off()
            tell(error)
        if told.status is not None and told.text.strip():
            self._history += [Turn("user", question), Turn("assistant", told.text)]
            del self._history[:-_MOST_TURNS]


async def ask(
    chain: RagChain, conversation: Conversation, printer: Printer, told: Transcript
) -> None:
    """Print the answer as it comes, and note it in `told`. Raises RagError."""
    async with aclosing(chain.events(conversation.as_input())) as events:
        async for event in events:
            told.take(event)
            printer.show(event)


def tell(error: RagError) -> None:
    """Say on standard error what went wrong."""
    print(f"rag_stream: {harmless(str(error))}", file=sys.stderr)


def questions() -> Iterator[str]:
    """The lines of standard input, without empty ones; a person is prompted for each.

    Raises KeyboardInterrupt where one is interrupted at the prompt.
    """
    is_person = sys.stdin.isatty()
    if is_person:
        with suppress(ImportError):  # not every Python has it
            import readline  # noqa: F401 - lines can be edited and called up again
        print(f"{QUIT} or Ctrl-D ends this; Ctrl-C stops an answer.", file=sys.stderr)
    while True:
        if is_person and not sys.stdout.isatty():
            print(PROMPT, end="", file=sys.stderr, flush=True)
        try:
            line = input(PROMPT if is_person and sys.stdout.isatty() else "").strip()
        except EOFError:
            if is_person:
                print(file=sys.stderr)
            return
        if line == QUIT:
            return
        if line:
            yield line
