"""What is sent to and from `/v1`, as JSON Schema: see `request.py`, `completion.py`."""

from typing import Any, get_args

from app.openai.fields import MOST_STOP_CHARS, MOST_STOPS
from app.openai.request import MODEL, SOURCES_HEADER, STYLE_HEADER, Listed, Style
from app.openai.tasks import HEADER as TASK_HEADER
from rag_stream.conversation import MAX_MESSAGES

_TEXT: dict[str, Any] = {"type": "string"}
_NUMBER: dict[str, Any] = {"type": "integer"}
_OBJECT: dict[str, Any] = {"type": "object"}
_NAME = {"type": "string", "const": MODEL}
_STYLES = {"type": "string", "enum": list(get_args(Style))}
_LISTED = {"type": "string", "enum": list(get_args(Listed))}
ANSWER = (
    "The answer, its sources as `citation_style` says. With `stream`: chunks of it as server-sent"
    " events, one that finishes, with `include_usage` one of the usage, and `[DONE]`; where it"
    " fails after its beginning one with an `error`, and nothing follows. docs/openai.md."
)


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}]}


def _list(schema: dict[str, Any], **bounds: int) -> dict[str, Any]:
    return {"type": "array", "items": schema, **bounds}


def _object(required: tuple[str, ...] | None = None, /, **properties: Any) -> dict[str, Any]:
    """All of the properties are required where it is not said which."""
    names = list(properties if required is None else required)
    return {"type": "object", "properties": properties, "required": names}


def _header(name: str, words: str, schema: dict[str, Any]) -> dict[str, Any]:
    told = {"description": words, "required": False, "schema": schema}
    return {"name": "-".join(map(str.capitalize, name.split("-"))), "in": "header", **told}


HEADERS = [
    _header(STYLE_HEADER, "Where the body has no `citation_style`.", _STYLES),
    _header(SOURCES_HEADER, "Where the body has no `citation_sources`.", _LISTED),
    _header(TASK_HEADER, "A front end's task beside a conversation: the model alone.", _TEXT),
]
"""Those of a request that are heard."""
_PART = _object(type={"type": "string", "const": "text"}, text=_TEXT)
_CONTENT = {"anyOf": [{**_TEXT, "pattern": r"\S"}, _list(_PART, minItems=1)]}
_ASKING = _object(
    role={"type": "string", "enum": ["user", "system", "developer"]}, content=_CONTENT
)
_SAID = _object(
    ("role",),
    role={"type": "string", "const": "assistant"},
    content={**_or_null({"anyOf": [_TEXT, _list(_PART)]}), "description": "Passed over if empty."},
)
_USAGE = _object(prompt_tokens=_NUMBER, completion_tokens=_NUMBER, total_tokens=_NUMBER)
_CITATION = _object(url=_TEXT, title=_TEXT, start_index=_NUMBER, end_index=_NUMBER)
_MESSAGE = _object(
    role={"type": "string", "const": "assistant"},
    content=_TEXT,
    refusal={"type": "null"},
    annotations=_list(_object(type=_TEXT, url_citation=_CITATION)),
)
_CHOICE = _object(
    index=_NUMBER,
    message=_MESSAGE,
    finish_reason={"type": "string", "enum": ["stop", "length", "content_filter"]},
    logprobs={"type": "null"},
)
_RESULT = _object(title=_TEXT, url=_TEXT, snippet=_TEXT)
_MODEL = _object(
    id=_NAME, object={"type": "string", "const": "model"}, created=_NUMBER, owned_by=_TEXT
)

_REQUEST = _object(
    ("model", "messages"),
    model=_NAME,
    messages={
        **_list({"anyOf": [_ASKING, _SAID]}, minItems=1, maxItems=MAX_MESSAGES),
        "description": "Oldest first; the last one is the user's, and the question.",
    },
    stream=_or_null({"type": "boolean", "default": False}),
    stream_options=_or_null(_object((), include_usage=_or_null({"type": "boolean"}))),
    temperature=_or_null({"type": "number", "minimum": 0, "maximum": 2}),
    top_p=_or_null({"type": "number", "minimum": 0, "maximum": 1}),
    presence_penalty=_or_null({"type": "number", "minimum": -2, "maximum": 2}),
    frequency_penalty=_or_null({"type": "number", "minimum": -2, "maximum": 2}),
    max_tokens=_or_null({"type": "integer", "minimum": 1}),
    max_completion_tokens=_or_null({"type": "integer", "minimum": 1}),
    seed=_or_null(_NUMBER),
    stop=_or_null(
        {
            "anyOf": [
                {**_TEXT, "minLength": 1, "maxLength": MOST_STOP_CHARS},
                _list({**_TEXT, "minLength": 1, "maxLength": MOST_STOP_CHARS}, maxItems=MOST_STOPS),
            ]
        }
    ),
    citation_style=_or_null(_STYLES),
    citation_sources=_or_null(_LISTED),
) | {"description": "Fields that are not named here change nothing, or are refused by name."}
_COMPLETION = _object(
    ("id", "object", "created", "model", "choices", "rag"),
    id=_TEXT,
    object={"type": "string", "const": "chat.completion"},
    created=_NUMBER,
    model=_NAME,
    choices=_list(_CHOICE, minItems=1, maxItems=1),
    usage={**_USAGE, "description": "Where the model tells it."},
    citations=_list(_TEXT),
    search_results=_list(_RESULT),
    rag=_object(context=_list(_OBJECT), citations=_list(_OBJECT), status=_OBJECT),
)
_ERROR = _object(
    error=_object(
        message={**_TEXT, "description": "For people."},
        type=_TEXT,
        param={**_or_null(_TEXT), "description": "The field that is wrong."},
        code={**_TEXT, "description": "Stable; for programs."},
    )
)

SCHEMAS: dict[str, Any] = {
    name: {"title": name, **schema}
    for name, schema in {
        "ChatCompletionRequest": _REQUEST,
        "ChatCompletion": _COMPLETION,
        "Model": _MODEL,
        "ModelList": _object(object={"type": "string", "const": "list"}, data=_list(_MODEL)),
        "OpenAIError": {**_ERROR, "additionalProperties": False},
    }.items()
}
"""By their names in the document."""
