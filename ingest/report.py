"""What an ingest run tells: a person at a terminal, a log, or a machine (`--json`)."""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import IO

from tqdm import tqdm

from ingest.recipe import Comparison, How
from ingest.sources.left_out import LeftOut
from ingest.sources.names import shown
from rag_stream.errors import RagError
from rag_stream.indexing.outcome import Outcome


class Report:
    """Counts outcomes and writes them: results to `out`, problems and progress to `err`.

    Progress bars appear only where `err` is a terminal.
    """

    def __init__(
        self,
        total: int,
        *,
        as_json: bool,
        dry_run: bool = False,
        out: IO[str] | None = None,
        err: IO[str] | None = None,
    ) -> None:
        self._json = as_json
        self._dry_run = dry_run
        self._out = out or sys.stdout
        self._err = err or sys.stderr
        self._outcomes: list[Outcome] = []
        self.failed = 0
        self.empties: list[str] = []
        quiet = as_json or not self._err.isatty()
        self._bar = tqdm(total=total, unit="source", disable=quiet, file=self._err, leave=False)

    def done(self, outcome: Outcome) -> None:
        self._outcomes.append(outcome)
        self._bar.update()
        self._bar.set_postfix_str("")
        if self._json:
            self._line({"event": "source", **asdict(outcome)})
        elif outcome.change != "unchanged":
            verb = f"would be {outcome.change}" if self._dry_run else outcome.change
            self._say(
                f"{verb} {shown(outcome.source)}: {outcome.chunks} chunks "
                f"({outcome.embedded} embedded, {outcome.deleted} deleted)"
            )

    def problem(self, error: RagError) -> None:
        self.failed += 1
        self._bar.update()
        message = shown(str(error))
        if self._json:
            self._line({"event": "problem", "code": error.code, "message": message})
        self._note(message)

    def empty(self, source: str) -> None:
        """A source that is whole and has no text."""
        self.empties.append(source)
        self._bar.update()
        if self._json:
            self._line({"event": "empty", "source": source})
        self._note(f"empty {shown(source)}: there is no text in it")

    def left_out(self, left_out: LeftOut) -> None:
        """In one line, which files were met and are not read."""
        if (line := left_out.line()) is None:
            return
        if self._json:
            counts = {"files": left_out.files, "by_suffix": dict(left_out.by_suffix)}
            texts = {"texts_by_suffix": dict(left_out.texts_by_suffix)}
            no_documents = dict(left_out.no_documents)
            links = {"dead_links": left_out.dead_links} if left_out.dead_links else {}
            event = {"event": "left_out", **counts, **texts, "no_documents": no_documents}
            self._line(event | links)
        for told in (line, left_out.advice()):
            if told is not None:
                self._note(shown(told))

    def note(self, message: str) -> None:
        """Something worth knowing that is no problem."""
        self._note(shown(message))

    def renamed(self, names: Mapping[str, str]) -> None:
        """Sources that the index had under other names."""
        names = {old: new for old, new in names.items() if old != new}
        if self._json:
            for old, new in names.items():
                self._line({"event": "renamed", "source": old, "now": new})
        elif names:
            old, new = next(iter(names.items()))
            verb = "would be renamed" if self._dry_run else "renamed"
            self._say(f"{verb} {len(names)} known sources, such as {shown(old)} to {shown(new)}")

    def learned(self, root: str, texts: int, pages: int) -> None:
        """What repeats on the pages of a root, which is left out of them from now on."""
        if self._json:
            self._line({"event": "learned", "root": root, "texts": texts, "pages": pages})
        verb = "would be" if self._dry_run else "are"
        what = "1 text that repeats" if texts == 1 else f"{texts} texts that repeat"
        self.note(
            f"{root}: {what} at the ends of most of its {pages} pages {verb} left out of them"
        )

    def gone(self, label: str, sources: Sequence[str], line: str) -> None:
        """Known sources that are not there any more and stay in the index."""
        if self._json:
            self._line({"event": "gone", "of": label, "sources": list(sources), "message": line})
        else:
            self.note(line)

    def joined(self) -> None:
        """A source that is one of those before."""
        self._bar.update()

    def recipe(self, comparison: Comparison, how: How = "ingest") -> None:
        """In one line, what of the index is made otherwise than configured, if anything is."""
        line = comparison.line(how)
        if line is None:
            return
        if not self._json:
            self.note(line)
            return
        made = comparison.made
        self._line(
            {
                "event": "recipe",
                "index": comparison.index,
                "made": None if made is None else made.metadata(),
                "configured": comparison.now.metadata(),
                "differences": comparison.differences,
                "message": line,
            }
        )

    def chosen(self, index: str, model: str, why: str) -> None:
        """Which embedding model an index that is begun gets, where nobody has set one."""
        verb = "would be" if self._dry_run else "is"
        line = f"the index {index!r} {verb} begun with the embedding model {model}: {why}"
        if self._json:
            event = {"event": "embedding_model", "index": index, "embedding_model": model}
            self._line({**event, "why": why, "message": line})
        else:
            self._say(line)

    def embedding(self, done: int, total: int) -> None:
        """How far the chunks of the source at hand are."""
        self._bar.set_postfix_str(f"{done}/{total} chunks embedded")

    def close(self, seconds: float) -> None:
        """The closing line: counts and seconds."""
        self._bar.close()
        counts = {
            change: sum(outcome.change == change for outcome in self._outcomes)
            for change in ("added", "changed", "unchanged", "removed")
        }
        counts["failed"] = self.failed
        if self.empties or self._json:
            counts["empty"] = len(self.empties)
        chunks = {
            "chunks": sum(outcome.chunks for outcome in self._outcomes),
            "embedded": sum(outcome.embedded for outcome in self._outcomes),
            "deleted": sum(outcome.deleted for outcome in self._outcomes),
        }
        if self._json:
            summary = {"event": "summary", "dry_run": self._dry_run, **counts, **chunks}
            self._line({**summary, "seconds": round(seconds, 2)})
            return
        sources = ", ".join(f"{number} {name}" for name, number in counts.items())
        prefix = "dry run, nothing written: " if self._dry_run else ""
        self._say(
            f"{prefix}{sources}; {chunks['chunks']} chunks "
            f"({chunks['embedded']} embedded, {chunks['deleted']} deleted) in {seconds:.1f} s"
        )

    def rebuilt(self, index: str, model: str, chunks: int, seconds: float) -> None:
        """The closing line of a rebuild."""
        self._bar.close()
        if self._json:
            self._line(
                {
                    "event": "rebuilt",
                    "index": index,
                    "embedding_model": model,
                    "chunks": chunks,
                    "seconds": round(seconds, 2),
                }
            )
        else:
            self._say(f"index {index!r}: {chunks} chunks embedded with {model} in {seconds:.1f} s")

    def _say(self, line: str) -> None:
        tqdm.write(writable(line, self._out), file=self._out)
        self._out.flush()

    def _note(self, message: str) -> None:
        tqdm.write(writable(f"ingest: {message}", self._err), file=self._err)

    def _line(self, event: dict[str, object]) -> None:
        line = json.dumps(event, ensure_ascii=False)
        # Escaped as JSON has it, where the stream cannot take it.
        as_it_is = writable(line, self._out) == line
        self._say(line if as_it_is else json.dumps(event))


def writable(text: str, file: IO[str]) -> str:
    """What the stream's encoding does not have, escaped: a name may be in any script."""
    encoding = getattr(file, "encoding", None) or "utf-8"
    return text.encode(encoding, "backslashreplace").decode(encoding)
