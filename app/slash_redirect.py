"""`/path` for `/path/` and the other way round, as Starlette does it but without the host.

Starlette's own redirect repeats the Host header, and so leads wherever a request says.
"""

from urllib.parse import quote

from starlette.responses import RedirectResponse
from starlette.routing import Match, Router
from starlette.types import ASGIApp, Receive, Scope, Send


class SlashRedirect:
    """ASGI application for what no route takes."""

    def __init__(self, router: Router, otherwise: ASGIApp) -> None:
        self._router = router
        self._otherwise = otherwise

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].rstrip("/"):
            other = dict(scope)
            path: str = scope["path"]
            other["path"] = path.rstrip("/") if path.endswith("/") else f"{path}/"
            if any(route.matches(other)[0] is not Match.NONE for route in self._router.routes):
                location = _relative(path)
                if query := scope["query_string"]:
                    location += f"?{query.decode('latin-1')}"
                await RedirectResponse(location)(scope, receive, send)
                return
        await self._otherwise(scope, receive, send)


def _relative(path: str) -> str:
    """The way from one to the other; relative, so that it holds below a proxy's path too."""
    last = quote(path.rstrip("/").rpartition("/")[2], safe="")
    if not path.endswith("/"):
        return f"./{last}/"
    return "../" * (len(path) - len(path.rstrip("/"))) + last
