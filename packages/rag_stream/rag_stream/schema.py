"""The declared shapes of the chain's input and output."""

from typing import Any, Literal

from langchain_core.documents import Document
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from rag_stream.errors import InvalidInputError
from rag_stream.excerpts import few_fields, path_of, sentences

MAX_QUESTION_CHARS = 10_000


class Message(BaseModel):
    """What one side of a conversation said at a time."""

    model_config = ConfigDict(title="Message")

    role: Literal["user", "assistant", "system"] = Field(title="Role")
    content: str = Field(title="Text")


class _Asked(BaseModel):
    """One question by itself."""

    model_config = ConfigDict(extra="forbid")

    # The empty default is for the playground's form only (pydantic still requires the field):
    # without it the page opens with a red complaint and a button that cannot be pressed.
    input: str = Field(
        title="Question",
        max_length=MAX_QUESTION_CHARS,
        strict=True,
        json_schema_extra={"default": ""},
    )

    @field_validator("input")
    @classmethod
    def _is_text(cls, value: str) -> str:
        if not value.strip():
            raise ValueError("expected a question, got an empty string")
        return value


class Question(_Asked):
    """What the chain takes: one question, and what was said before it."""

    # Read by `conversation.py`, which takes other forms of messages, too.
    model_config = ConfigDict(extra="forbid", title="Question")

    chat_history: list[Message] = Field(
        default=[], title="Chat history", description="what was said before, oldest first"
    )


class Citation(BaseModel):
    """Where a part of the answer comes from.

    Offsets count characters: of the answer, and of `context[document].page_content`, where
    `page_content[quote_start:quote_end] == quote`. `support`: how much of that part's words
    the quote has, from 0 to 1.
    """

    marker: int
    answer_start: int
    answer_end: int
    document: int
    quote: str
    quote_start: int
    quote_end: int
    support: float
    # Where a reader finds the quote: on its page in the web, else at `/sources` (docs/sources.md).
    url: str | None = Field(None, exclude_if=lambda given: given is None)


class Relevance(BaseModel):
    """How relevant the nearest chunk is, 0 to 1, and what it takes to be answered from.

    A threshold of None: whatever is found is answered from. `basis`: what the threshold comes
    from, or why there is none: `calibrated` (what everyday questions come near in this index),
    `measured` (for the embedding model, beforehand), `configured`, `off`; `words` (it is a
    few words, and one document has them all: none or a part of it applies), `uncalibrated` (the
    next ingest does it), `everyday` (the index answers everyday questions: nothing tells what
    it does not answer), `unscored` (no document has a likeness, and the score is None),
    `small_talk` (nothing was searched for).
    """

    model_config = ConfigDict(frozen=True)

    score: float | None
    threshold: float | None
    basis: str

    @property
    def is_refusal(self) -> bool:
        """Whether the question is not to be answered: below a threshold, or nobody knows."""
        if self.threshold is None:
            return False
        return self.score is None or self.score < self.threshold


class Source(BaseModel):
    """A source, and the score of its best document."""

    source: str
    title: str | None
    score: float


class Rerank(BaseModel):
    """What became of the reranking: `used`, `failed`, `timed_out`, `skipped` (nothing found)."""

    state: str
    model: str | None


class KeptTurn(BaseModel):
    """Where a service keeps this answer, and whether it has been written by now."""

    session_id: str
    turn: int
    stored: bool


class HistoryUse(BaseModel):
    """How many messages of what was said before the model was given, and how many not."""

    turns: int
    dropped: int


class Status(BaseModel):
    """How an answer ended; times in milliseconds from the question's arrival."""

    state: str
    finish_reason: str | None
    run_id: str
    model: str
    usage: dict[str, Any] | None
    timings_ms: dict[str, float]
    index_generation: int
    search_type: str
    relevance: Relevance
    rerank: Rerank | None = None
    nearest: list[Source] | None = None
    session: KeptTurn | None = None
    history: HistoryUse | None = None


By = Literal["history", "model", "none"]


class OtherWords(BaseModel):
    """What the question is without what was said before it, and who has said so.

    `model`: a language model has worded it, and that was searched for, too; `history`: earlier
    words were added to the question's; `none`: it is the question as it came.
    """

    standalone: str
    by: By


class Answer(BaseModel):
    """What the chain gives; in a stream each chunk holds one of the keys."""

    model_config = ConfigDict(title="Answer")

    input: str | None = None
    # Left out of a first question that nobody was asked other words for: it does not apply.
    question: OtherWords | None = Field(None, exclude_if=lambda given: given is None)
    context: list[Document] | None = None
    answer: str | None = None
    citations: list[Citation] | None = None
    # Left out where nobody was asked for any.
    suggestions: list[str] | None = Field(None, exclude_if=lambda given: given is None)
    status: Status | None = None


def parse_question(value: Any) -> str:
    """The question of an input. Raises InvalidInputError naming the field."""
    try:
        return _Asked.model_validate(few_fields(value, _Asked.model_fields)).input
    except ValidationError as error:
        items = error.errors(include_url=False)
        raise InvalidInputError(sentences(map(_complaint, items))) from None


def _complaint(item: Any) -> str:
    field = path_of(item["loc"])
    if not field:
        got = type(item["input"]).__name__
        return f'expected a dict {{"input": "your question"}}, got {got}'
    if item["type"] == "missing":
        return f"{field}: expected a question, got nothing"
    if item["type"] == "extra_forbidden":
        return f"{field}: no such field, expected only 'input' and 'chat_history'"
    if item["type"] == "string_type":
        return f"{field}: expected a string, got {type(item['input']).__name__}"
    if item["type"] == "string_unicode":
        return f"{field}: expected text, got half of a surrogate pair"
    if item["type"] == "string_too_long":
        most = item["ctx"]["max_length"]
        return f"{field}: expected at most {most} characters, got {len(item['input'])}"
    return f"{field}: {str(item['msg']).removeprefix('Value error, ')}"
