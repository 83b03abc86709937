"""The template as another project has it: a wheel, installed, and an app that is not ours."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from tests.support.paths import ROOT

APP = ROOT / "tests" / "support" / "elsewhere_app.py"
# Without `site`, which would find this checkout: the environment's packages are named instead.
PYTHON = (sys.executable, "-S")
SERVE = (*PYTHON, "-m", "uvicorn", "main:app", "--port", "{port}", "--log-level", "warning")


class Elsewhere:
    """A folder with the installed template, somebody's `main.py`, and the README's app."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.wheel = _build(folder / "wheels")
        packages = folder / "packages"
        install = ["-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--no-compile"]
        _run([sys.executable, *install, "--target", str(packages), str(self.wheel)])
        self.template = packages / "rag_stream"
        shutil.copy(APP, folder / "main.py")
        (folder / "readme.py").write_text(_app_of_the_readme())
        paths = [packages, sysconfig.get_path("purelib"), sysconfig.get_path("platlib")]
        self.environment = {"PYTHONPATH": os.pathsep.join(map(str, paths))}


def _app_of_the_readme() -> str:
    text = (ROOT / "packages" / "rag_stream" / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    (app,) = [block for block in blocks if "add_routes" in block]
    return str(app)


def _build(folder: Path) -> Path:
    """Build the template's wheel from a copy: hatchling would leave its cache beside it."""
    source = folder.with_name("source")
    shutil.copytree(
        ROOT / "packages" / "rag_stream",
        source,
        ignore=shutil.ignore_patterns("__pycache__", "dist", "*.egg-info"),
    )
    build = ["-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    _run([sys.executable, *build], cwd=source)
    (wheel,) = folder.glob("*.whl")
    return wheel


def _run(command: list[str], cwd: Path | None = None) -> None:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{command} failed:\n{done.stdout}{done.stderr}")
