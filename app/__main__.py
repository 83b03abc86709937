"""`python -m app`: serve on HOST and PORT with WEB_CONCURRENCY workers; or a subcommand."""

import gc
import sys


def main() -> int:
    """Import the program, then run it; returns its exit code."""
    # What an import makes stays, and looking through it for garbage again and again takes
    # a tenth of the start. The program turns this on again.
    gc.disable()
    if arguments := sys.argv[1:]:
        from app.commands import command

        return command(arguments)
    from app.cli import run

    return run()


if __name__ == "__main__":
    sys.exit(main())
