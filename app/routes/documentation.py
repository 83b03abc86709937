"""The interactive documentation, as FastAPI has it but in nobody's frame."""

from fastapi import APIRouter, FastAPI
from fastapi.openapi.docs import get_redoc_html, get_swagger_ui_html
from starlette.requests import Request
from starlette.responses import HTMLResponse

from app.playground.assets import FRAMELESS


def documentation_routes(app: FastAPI) -> APIRouter:
    """`/docs` and `/redoc`."""
    router = APIRouter(include_in_schema=False)

    @router.get("/docs")
    async def docs(request: Request) -> HTMLResponse:
        return _framed(get_swagger_ui_html(openapi_url=_address(app, request), title=app.title))

    @router.get("/redoc")
    async def redoc(request: Request) -> HTMLResponse:
        return _framed(get_redoc_html(openapi_url=_address(app, request), title=app.title))

    return router


def _address(app: FastAPI, request: Request) -> str:
    return str(request.scope.get("root_path", "")).rstrip("/") + str(app.openapi_url)


def _framed(page: HTMLResponse) -> HTMLResponse:
    page.headers.update(FRAMELESS)
    return page
