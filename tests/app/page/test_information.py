"""What the service says of itself, from what is known of it."""

import pytest

from app.page.information import PageLink, PageModel, information
from app.page.overview import Seen
from rag_stream.index.generation import REBUILD_COMMAND
from rag_stream.pipeline.obstacles import Obstacle
from rag_stream.settings import load_settings

MODEL = PageModel(name="local:extractive", quotes=True)
LINKS = [PageLink(label="API", href="docs")]


def test_what_is_known_is_told_by_the_names_of_the_page() -> None:
    settings = load_settings(suggest=3, resume_s=60, k=8, sessions=True)
    seen = Seen((), "local:all-MiniLM-L6-v2@53aa5117", 7, "2026-11-27T14:08:10Z", 40, 4, ("Why?",))
    told = information(settings, seen, MODEL, LINKS, is_closing=False, can_resume=True)
    given = told.model_dump(by_alias=True)
    assert given.pop("version")
    assert given == {
        "ready": True,
        "obstacles": [],
        "model": {"name": "local:extractive", "quotes": True},
        "embeddings": "local:all-MiniLM-L6-v2",
        "documents": 4,
        "chunks": 40,
        "generation": 7,
        "ingested": "2026-11-27T14:08:10Z",
        "sessions": True,
        "feedback": False,
        "suggestions": 3,
        "resumeSeconds": 60,
        "k": {"default": 8, "most": 100},
        "questionChars": 10_000,
        "examples": ["Why?"],
        "links": [{"label": "API", "href": "docs"}],
    }


@pytest.mark.parametrize(
    ("code", "command"),
    [
        ("index_empty", "python -m ingest --sample"),
        ("embedding_mismatch", REBUILD_COMMAND),
        ("model_unavailable", None),
    ],
)
def test_an_obstacle_comes_with_the_command_that_helps(code: str, command: str | None) -> None:
    seen = Seen((Obstacle(code, "in words"),))
    told = information(load_settings(), seen, MODEL, [], is_closing=False, can_resume=True)
    assert not told.ready
    (obstacle,) = told.obstacles
    assert (obstacle.code, obstacle.message, obstacle.command) == (code, "in words", command)


def test_a_worker_that_ends_is_not_ready_and_one_of_several_may_keep_no_runs() -> None:
    told = information(load_settings(), Seen(()), MODEL, [], is_closing=True, can_resume=False)
    assert [obstacle.code for obstacle in told.obstacles] == ["shutting_down"]
    assert not told.ready
    assert told.resume_seconds == 0
    assert told.embeddings == load_settings().embeddings_name
