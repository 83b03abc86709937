"""Where the clients of other providers put what HTTP said of a failure. Pure.

By shape and by name, not by class: their packages are not imported for it.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from rag_stream.models.failures import HttpOutcome

# Errors that carry no status, or one that means nothing: Anthropic's errors in the middle of a
# stream have the 200 it began with.
_BY_NAME: Mapping[str, int] = {
    "AuthenticationError": 401,
    "ModelAuthenticationError": 401,
    "NoCredentialsError": 401,
    "PermissionDeniedError": 403,
    "ModelPermissionDeniedError": 403,
    "RateLimitError": 429,
    "ModelRateLimitError": 429,
    "ResourceExhausted": 429,
    "ThrottlingException": 429,
    "OverloadedError": 529,
}
_MOST_CAUSES = 8


def outcome_of_any(error: BaseException) -> HttpOutcome:
    """The first status and Retry-After of an error and what caused it."""
    status: int | None = None
    retry_after: object = None
    for one in _causes(error):
        status = status or _status(one)
        retry_after = retry_after or _retry_after(one)
    return HttpOutcome(status, retry_after)


def _causes(error: BaseException) -> Iterator[BaseException]:
    one: BaseException | None = error
    for _ in range(_MOST_CAUSES):
        if one is None:
            return
        yield one
        # Ollama's client hides the HTTP error, which has the headers, with `from None`.
        one = one.__cause__ or one.__context__


def _status(error: BaseException) -> int | None:
    response: Any = getattr(error, "response", None)
    for value in (
        getattr(error, "status_code", None),
        getattr(error, "code", None),
        getattr(error, "http_status", None),
        getattr(error, "status", None),
        getattr(response, "status_code", None),
        _amazons(response).get("HTTPStatusCode"),
    ):
        value = getattr(value, "value", value)  # an http.HTTPStatus
        if isinstance(value, int) and 400 <= value < 600:
            return value
    names = [base.__name__ for base in type(error).__mro__]
    return next((_BY_NAME[name] for name in names if name in _BY_NAME), None)


def _retry_after(error: BaseException) -> object:
    response: Any = getattr(error, "response", None)
    headers: Any = getattr(response, "headers", None) or _amazons(response).get("HTTPHeaders")
    if not hasattr(headers, "items"):
        return None
    return next((v for name, v in headers.items() if str(name).lower() == "retry-after"), None)


def _amazons(response: Any) -> Mapping[str, Any]:
    metadata = response.get("ResponseMetadata") if isinstance(response, dict) else None
    return metadata if isinstance(metadata, dict) else {}
