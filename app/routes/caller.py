"""Who is asking, as far as a request says."""

import hashlib

from starlette.requests import Request

_CREDENTIALS = ("authorization", "x-api-key")


def caller_of(request: Request) -> str:
    """A digest of the credentials a request carries: the runs it begins belong to these.

    Those who carry none are one caller; what keeps them apart is that nobody can guess the
    id of another's run.
    """
    carried = "\n".join(request.headers.get(name, "") for name in _CREDENTIALS)
    return hashlib.sha256(carried.encode("utf-8", "surrogatepass")).hexdigest()
