"""The command `python -m rag_stream`."""

import argparse
import asyncio
import io
import itertools
import os
import sys

from rich.console import Console

from rag_stream.conversation import Conversation
from rag_stream.credentials import settings_with_key
from rag_stream.errors import RagError
from rag_stream.runnable import RagChain
from rag_stream.terminal.chat import Chat, ask, questions, tell
from rag_stream.terminal.printers import JsonPrinter, Printer, TerminalPrinter, TextPrinter
from rag_stream.transcript import Transcript

INTERRUPTED = 130


def main(arguments: list[str] | None = None) -> int:
    """Answer on the terminal; 0, or 1 with the reason on stderr, or 130 where interrupted."""
    options = _parser().parse_args(arguments)
    if options.question is None and not options.chat:
        _parser().error("expected a question, or --chat")
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # whatever the terminal can show of a text
            stream.reconfigure(errors="replace" if stream is sys.stdin else "backslashreplace")
    try:
        chain = RagChain(settings_with_key())
        with asyncio.Runner() as runner:
            try:
                return _run(chain, runner, options)
            finally:
                runner.run(chain.aclose())
    except RagError as error:
        tell(error)
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader (`| head`) has enough; Python would complain when it flushes at its exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m rag_stream", description="Stream the answer to a question."
    )
    parser.add_argument("question", nargs="?", help='for example "What is Task Decomposition?"')
    parser.add_argument(
        "--chat", action="store_true", help="keep a conversation: one question a line"
    )
    parser.add_argument(
        "--json", action="store_true", help="print the chunks of the stream, one JSON object a line"
    )
    return parser


def _run(chain: RagChain, runner: asyncio.Runner, options: argparse.Namespace) -> int:
    printer = _printer(is_json=options.json)
    if not options.chat:
        try:
            runner.run(ask(chain, Conversation(options.question), printer, Transcript()))
        except (KeyboardInterrupt, RagError):
            printer.break_off()
            raise
        return 0
    chat = Chat(chain, runner, printer)
    given = [] if options.question is None else [options.question]
    for question in itertools.chain(given, questions()):
        chat.ask(question)
        if not options.json:
            print(flush=True)  # before the next question or answer
    # Who sits before it has seen what failed, and has gone on.
    return 1 if chat.has_failed and not sys.stdin.isatty() else 0


def _printer(*, is_json: bool) -> Printer:
    if is_json:
        return JsonPrinter()
    return TerminalPrinter(Console()) if sys.stdout.isatty() else TextPrinter()
