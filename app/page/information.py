"""What `/page/info` says: the service as its page has to know it. Pure."""

from importlib.metadata import version

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from app.page.overview import Seen
from rag_stream import catalog
from rag_stream.errors import EmbeddingMismatchError, IndexEmptyError
from rag_stream.index.generation import REBUILD_COMMAND
from rag_stream.pipeline.obstacles import Obstacle
from rag_stream.profiles import MAX_K
from rag_stream.schema import MAX_QUESTION_CHARS
from rag_stream.settings import Settings

CLOSING = Obstacle("shutting_down", "this worker is shutting down")
_COMMANDS = {
    IndexEmptyError.code: "python -m ingest --sample",
    EmbeddingMismatchError.code: REBUILD_COMMAND,
}


class _Part(BaseModel):
    """Its names are those of the page's `types.ts`."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True)


class PageObstacle(_Part):
    """Why a question cannot be answered, and the command that helps where there is one."""

    code: str
    message: str
    command: str | None


class PageModel(_Part):
    """Who answers. `quotes`: it is no language model, and only quotes the documents."""

    name: str
    quotes: bool


class PageK(_Part):
    """How many documents an answer is made from."""

    default: int
    most: int


class PageLink(_Part):
    """Another page of the service; relative to this one."""

    label: str
    href: str


class Information(_Part):
    """The service as its page has to know it. Null: not known, or not yet."""

    version: str
    ready: bool
    obstacles: list[PageObstacle]
    model: PageModel
    embeddings: str
    documents: int | None
    chunks: int | None
    generation: int | None
    ingested: str | None
    sessions: bool
    feedback: bool
    suggestions: int
    resume_seconds: float
    k: PageK
    question_chars: int
    examples: list[str]
    links: list[PageLink]


def information(
    settings: Settings,
    seen: Seen,
    model: PageModel,
    links: list[PageLink],
    *,
    is_closing: bool,
    can_resume: bool,
) -> Information:
    """All of it, from what is known."""
    obstacles = [CLOSING, *seen.obstacles] if is_closing else seen.obstacles
    return Information(
        version=version("rag-stream"),
        ready=not obstacles,
        obstacles=[
            PageObstacle(code=code, message=words, command=_COMMANDS.get(code))
            for code, words in obstacles
        ],
        model=model,
        embeddings=catalog.model_of(seen.embedding_model or settings.embeddings_name),
        documents=seen.documents,
        chunks=seen.chunks,
        generation=seen.generation,
        ingested=seen.ingested,
        sessions=settings.sessions,
        feedback=settings.feedback,
        suggestions=settings.suggest,
        resume_seconds=settings.resume_s if can_resume else 0,
        k=PageK(default=settings.k, most=MAX_K),
        question_chars=MAX_QUESTION_CHARS,
        examples=list(seen.examples),
        links=links,
    )
