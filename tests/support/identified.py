"""What an index holds by name, as tests of names look at it, and how earlier versions left it."""

import asyncio
import subprocess
from collections.abc import Callable
from pathlib import Path

from rag_stream.index.generation import ROOT, describe
from rag_stream.pipeline.runtime import Runtime
from rag_stream.settings import Settings
from tests.support.corpus import fill
from tests.support.synced_index import stored

Command = Callable[..., "subprocess.CompletedProcess[str]"]

FALCON = {
    "docs/index.md": "The falcon nests on the tower.",
    "docs/more/deep.md": "The falcon hunts at noon.",
}


async def _there(settings: Settings) -> dict[str, str]:
    runtime = Runtime(settings)
    try:
        snapshot = await runtime.index.snapshot()
        records = filter(snapshot.holds, await stored(runtime))
        rows: dict[str, str] = {}
        for record in sorted(records, key=lambda record: int(record.metadata["start_index"])):
            assert ROOT not in describe(record)
            source = str(record.metadata["source"])
            rows[source] = rows.get(source, "") + record.text
        return rows
    finally:
        await runtime.aclose()


def there(settings: Settings) -> dict[str, str]:
    """The text of every source that the index holds."""
    return asyncio.run(_there(settings))


def write(folder: Path, **texts: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / f"{name}.md").write_text(text)
    return folder


def old(settings: Settings, **sources: str) -> None:
    """An index as an earlier version leaves it, named from where the command was typed."""
    for name, text in sources.items():
        asyncio.run(fill(settings, [text], source=name))
