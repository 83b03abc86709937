"""What a program that measures needs of its own process, and its picture."""

import importlib.util
import resource
import signal
import subprocess
import sys
from pathlib import Path

from bench.environments import python_of
from bench.process import ROOT


def end_on_signals() -> None:
    """Turn signals into SystemExit, so that all `with` blocks come to their end."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)


def allow_many_connections() -> None:
    """Hundreds of streams in one process, two each: the usual 1,024 files are not enough."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = 65_536 if hard == resource.RLIM_INFINITY else min(hard, 65_536)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def draw(
    module: str, written: Path, picture: Path, *, quick: bool, peers_from: Path | None = None
) -> None:
    """Plot a JSON file, by an environment that can; a quick look makes none for it."""
    drawing = Path(sys.executable)
    if importlib.util.find_spec("matplotlib") is None:
        if quick:
            return
        drawing = python_of("plot", peers_from)
    subprocess.run(  # noqa: S603 - a command of our own
        [drawing, "-m", module, written.absolute(), picture.absolute()],
        cwd=ROOT,
        check=True,
        timeout=120,
    )


def _stop(number: int, frame: object) -> None:
    raise SystemExit(128 + number)
