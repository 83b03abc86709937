"""What `python -m app` does beside serving: one subcommand at a time."""

import argparse
import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime


def command(arguments: Sequence[str]) -> int:
    """Do what the arguments say; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m app", description="Without a command it serves, on HOST and PORT."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    feedback = commands.add_parser("feedback", help="what people said of answers")
    feedback.add_argument(
        "--export", choices=["jsonl"], required=True, help="to standard output, a line each"
    )
    feedback.add_argument(
        "--since", type=_time, metavar="TIME", help="2026-01-31 or 2026-01-31T12:00+01:00"
    )
    options = parser.parse_args(arguments)

    from app.feedback.export import export  # a second of imports, which --help can do without

    return asyncio.run(export(options.since))


def _time(given: str) -> datetime:
    """Raises ValueError; without a zone it is UTC."""
    time = datetime.fromisoformat(given)
    return time if time.tzinfo is not None else time.replace(tzinfo=UTC)


_time.__name__ = "time"  # argparse tells of it by this name
