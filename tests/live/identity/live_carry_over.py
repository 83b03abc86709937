"""Names of earlier versions, taken over on a real Chroma server, whatever dies."""

from pathlib import Path

from rag_stream.settings import Settings
from tests.support.identified import FALCON, Command, old, there, write
from tests.support.ingesting import ENOUGH, long_text, stuck_ingest
from tests.support.openai_server import OpenAIServer


def test_an_index_of_an_earlier_version_is_carried_over_where_it_was_made(
    command: Command, settings: Settings, projects: Path
) -> None:
    write(projects / "falcon/docs", edited="It opens at nine.", same="Closed on Mondays, all day.")
    old(
        settings,
        **{"docs/index.md": "The falcon nests on the tower.", "docs/edited.md": "It opens at ten."},
        **{"docs/same.md": "Closed on Mondays, all day.", "docs/gone.md": "Long gone."},
        **{"notes.md": "Other notes.", "https://example.org/a": "A page."},
    )
    dry = command("--dry-run", "docs", at=projects / "falcon")
    done = command("docs", at=projects / "falcon")
    assert "would be changed docs/edited.md" in dry.stdout
    assert "1 known source is gone but still in the index: docs/gone.md" in done.stderr
    assert there(settings) == {
        **{"docs/edited.md": "It opens at nine.", "docs/same.md": "Closed on Mondays, all day."},
        **{"notes.md": "Other notes.", "https://example.org/a": "A page.", **FALCON},
        "docs/gone.md": "Long gone.",
    }
    command("--prune", "docs", at=projects / "falcon")
    assert there(settings).keys() >= {"notes.md", "https://example.org/a"}
    assert "docs/gone.md" not in there(settings)


def test_an_ingest_killed_after_it_gave_new_names_leaves_the_sources_under_these(
    command: Command, settings: Settings, openai_server: OpenAIServer, projects: Path
) -> None:
    docs = projects / "falcon/docs"
    old(settings, **{"index.md": FALCON["docs/index.md"], "more/deep.md": "The falcon hunts."})
    write(docs, kelp=long_text("kelp"))
    env = {
        **{"RAG_CHROMA_URL": str(settings.chroma_url), "RAG_COLLECTION": settings.collection},
        **openai_server.environment,
        "NO_PROXY": "127.0.0.1",
    }
    with stuck_ingest(openai_server, env, docs, ".") as process:
        process.kill()
        process.wait(30)
    assert there(settings).keys() == {"docs/index.md", "docs/more/deep.md"}
    command(".", at=docs)
    texts = there(settings)
    assert texts.pop("docs/kelp.md").count("kelp paragraph") == ENOUGH
    assert texts == FALCON


def test_names_from_several_places_become_one_and_whole_paths_go(
    command: Command, settings: Settings, projects: Path
) -> None:
    docs, text = projects / "falcon/docs", FALCON["docs/index.md"]
    old(
        settings,
        **{"docs/index.md": text, "index.md": text, f"{docs}/index.md": text},
        **{f"{docs}/more/deep.md": FALCON["docs/more/deep.md"], f"{docs}/lost.md": "Lost."},
    )
    done = command(".", at=docs)
    assert "(0 embedded" not in done.stderr
    assert there(settings) == {**FALCON, "docs/lost.md": "Lost."}
    assert str(projects) not in str(there(settings))


def test_an_earlier_versions_source_of_another_project_is_not_replaced(
    command: Command, settings: Settings, projects: Path
) -> None:
    old(settings, **{"docs/index.md": "The falcon nests on the tower."})
    command("docs", at=projects / "otter")
    command(projects / "otter/docs", at=projects)
    assert there(settings) == {
        "docs/index.md": "The falcon nests on the tower.",
        "otter/docs/index.md": "The otter lives at the weir.",
    }
    command("docs", at=projects / "falcon")  # whose label another's names begin with no more
    assert there(settings) == {**FALCON, "otter/docs/index.md": "The otter lives at the weir."}
