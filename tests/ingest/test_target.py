"""What a dry run says of sources that the run would give other names."""

import pytest

from ingest.target import Preview
from rag_stream.indexing.rename import Move
from rag_stream.pipeline.runtime import Runtime
from rag_stream.settings import Settings
from tests.support.corpus import TEXTS, documents
from tests.support.synced_index import open_sync


@pytest.mark.parametrize(
    ("old", "new", "titles"),
    [
        ("https://example.org/a/", "https://example.org/b", None),
        ("falcon.md", "otter.md", None),
        ("falcon.md", "otter.md", ("Falcon", "Falcon")),
    ],
)
async def test_a_new_name_alone_is_no_change(
    settings: Settings, old: str, new: str, titles: tuple[str, str] | None
) -> None:
    before, after = titles or (old, new)
    runtime = Runtime(settings)
    try:
        sync = await open_sync(runtime)
        await sync.put(old, documents(old, TEXTS, title=before))
        preview = Preview(sync)
        assert await preview.rename({old: Move(new)}) == [old]
        outcome = await preview.put(new, documents(new, TEXTS, title=after))
    finally:
        await runtime.aclose()
    assert (outcome.source, outcome.change, outcome.embedded) == (new, "unchanged", 0)
