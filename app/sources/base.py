"""What the addresses begin with that the service gives of itself."""

from starlette.requests import Request

from rag_stream.settings import Settings


def base_of(settings: Settings, request: Request) -> str:
    """RAG_PUBLIC_URL, else the path that the application is mounted at; without a slash."""
    mounted = str(request.scope.get("root_path", ""))
    return (settings.public_url or mounted).rstrip("/")


def absolute_base_of(settings: Settings, request: Request) -> str:
    """The same for who reads answers elsewhere; without RAG_PUBLIC_URL, as the request came in."""
    return (settings.public_url or str(request.base_url)).rstrip("/")
