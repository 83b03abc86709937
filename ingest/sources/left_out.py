"""What was met in folders and is not read, counted."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from ingest.sources.kinds import is_text_of_unknown_kind, suffix_of

_TOLD = 12  # kinds
_PATTERNS = 3


@dataclass(slots=True)
class LeftOut:
    """Files that nothing reads, and such as are no documents whatever their kind."""

    by_suffix: Counter[str] = field(default_factory=Counter)
    texts: int = 0
    """Of these files those that people might read in."""
    no_documents: Counter[str] = field(default_factory=Counter)
    """Licences, lists of packages and whole folders of packages, by their names."""
    texts_by_suffix: Counter[str] = field(default_factory=Counter)
    dead_links: list[str] = field(default_factory=list)
    """Links that lead nowhere, by their names."""

    def add(self, path: Path) -> None:
        """A file that nothing reads."""
        suffix = suffix_of(path)
        self.by_suffix[suffix] += 1
        if is_text_of_unknown_kind(path):
            self.texts += 1
            self.texts_by_suffix[suffix] += 1

    def update(self, other: "LeftOut") -> None:
        """What was met elsewhere, too."""
        self.by_suffix.update(other.by_suffix)
        self.texts += other.texts
        self.no_documents.update(other.no_documents)
        self.texts_by_suffix.update(other.texts_by_suffix)
        self.dead_links += other.dead_links

    @property
    def files(self) -> int:
        return self.by_suffix.total()

    def line(self) -> str | None:
        """All of it in one line; None where there is nothing to say."""
        parts = []
        if self.files:
            kinds = _listed(self.by_suffix, "{number} {name}", "{number} of other kinds")
            parts.append(f"left out {self.files} {_files(self.files)}: {kinds}")
        if self.no_documents:
            names = _listed(self.no_documents, "{name}", "others")
            parts.append(f"no documents without --include PATTERN: {names}")
        if self.dead_links:
            names = _listed(Counter(sorted(self.dead_links)), "{name}", "{number} others")
            parts.append(f"links that lead nowhere: {names}")
        return "; ".join(parts) or None

    def advice(self) -> str | None:
        """How those of them that are text may be read; None where there are none."""
        suffixes = sorted(suffix for suffix in self.texts_by_suffix if suffix.startswith("."))
        if not suffixes:
            return None
        texts = _listed(self.texts_by_suffix, "{number} {name}", "{number} of other kinds")
        told = " ".join(f"--include '*{suffix}'" for suffix in suffixes[:_PATTERNS])
        return f"text among what is left out: {texts}; read as plain text with {told}"

    def outweighs(self, read: int) -> str | None:
        """What to say where more texts were left out than files were read."""
        if self.texts <= read:
            return None
        return (
            f"{self.texts} of the files left out {'is' if self.texts == 1 else 'are'} text, more "
            f"than the {read} read: exit status 1 (--allow-skipped for 0)"
        )


def _listed(counts: Counter[str], form: str, rest: str) -> str:
    common = counts.most_common()
    told = [form.format(name=name, number=number) for name, number in common[:_TOLD]]
    if left := sum(number for _, number in common[_TOLD:]):
        told.append(rest.format(number=left))
    return ", ".join(told)


def _files(number: int) -> str:
    return "file" if number == 1 else "files"
