"""Another process at work on a lexical index."""

import asyncio
import os
import sys
from pathlib import Path

from tests.support.lexical_index import Corpus
from tests.support.service import clean_environment

HELPER = """
import asyncio, sys
from pathlib import Path
from rag_stream.index.client import ChromaClient
from tests.support.lexical_index import Corpus

async def main(what, url, name, folder):
    client = ChromaClient(url, tenant="default_tenant", database="default_database")
    corpus = Corpus(client, name)
    lexical = corpus.lexical(Path(folder))
    if what == "ingest":
        await corpus.put("new", ["fresh words"])
        assert await lexical.catch_up(await corpus.snapshot())
    elif what == "full":
        import resource
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        hits = await lexical.search(await corpus.snapshot(), "old", 5, wait_s=60)
        assert len(hits) == 1, hits
    else:
        print("ready", flush=True)
        n = 0
        while True:
            n += 1
            await corpus.put("busy", [f"busy{n} words", "always"])
            await lexical.catch_up(await corpus.snapshot())
    await lexical.aclose()
    await client.aclose()

asyncio.run(main(*sys.argv[1:]))
"""


async def run(what: str, corpus: Corpus, url: str, base: Path) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-c", HELPER, what, url, corpus.name, str(base),
        env=clean_environment({"PYTHONPATH": os.pathsep.join(sys.path)}),
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
