"""A second copy of our packages, and who imports it: for processes that start others."""

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterable
from pathlib import Path

from tests.support.paths import ROOT
from tests.support.service import clean_environment

_PACKAGES = {
    "rag_stream": ROOT / "packages" / "rag_stream" / "rag_stream",
    "ingest": ROOT / "ingest",
}
_MARK = 'import os, pathlib; pathlib.Path(f"{__file__}.{os.getpid()}.ran").touch()\n'
"""Before a module's first line: which processes ran it."""


class Checkout:
    """Copies of these packages in `folder`, where nothing finds them that is not told to."""

    def __init__(self, folder: Path, packages: Iterable[str]) -> None:
        self._folder = folder
        for package in packages:
            leave_out = shutil.ignore_patterns("__pycache__", "*.onnx")
            shutil.copytree(_PACKAGES[package], folder / package, ignore=leave_out)

    def mark(self, module: str) -> None:
        """Let this file, as `package/module.py`, remember who runs it."""
        path = self._folder / module
        path.write_text(_MARK + path.read_text("utf-8"), "utf-8")

    def ran(self, module: str) -> set[int]:
        """The ids of the processes that ran a marked file."""
        path = self._folder / module
        return {int(mark.suffixes[-2][1:]) for mark in path.parent.glob(f"{path.name}.*.ran")}

    def run(self, program: str, python: str | Path = sys.executable) -> str:
        """What a program prints that finds the copies, and they alone, by its own `sys.path`."""
        others = dict.fromkeys([sysconfig.get_path("purelib"), sysconfig.get_path("platlib")])
        told = f"import sys; sys.path.insert(0, {str(self._folder)!r})\n{program}"
        done = subprocess.run(
            [python, "-P", "-c", told],
            cwd=self._folder.parent,
            env=clean_environment({"PYTHONPATH": os.pathsep.join(others)}),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


def bare_python(folder: Path) -> Path:
    """An interpreter in which nothing is installed."""
    venv.create(folder, symlinks=True)
    return folder / "bin" / "python"
