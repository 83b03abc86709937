"""The page at `/`, its files, and what the service says of itself there."""

import asyncio

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from app.page.assets import INDEX, Asset, read_assets
from app.request_headers import tags_in
from app.routes import paths

_ICON = "icon-"
_READ = ["GET", "HEAD"]


def page_routes() -> APIRouter:
    """`/`, `/page/{file}` and `/favicon.ico`."""
    router = APIRouter()
    assets: dict[str, Asset] = {}

    async def respond(request: Request, name: str) -> Response:
        if not assets:
            assets.update(await asyncio.to_thread(read_assets))
        if name not in assets:
            raise HTTPException(404)
        body, headers = assets[name].sent(request.headers.get("accept-encoding", ""))
        known = tags_in(request.headers.get("if-none-match", ""))
        if headers["etag"].removeprefix("W/") in known:
            return Response(status_code=304, headers=headers)
        if request.method == "HEAD":
            return Response(headers={**headers, "content-length": str(len(body))})
        return Response(body, headers=headers)

    async def index(request: Request) -> Response:
        return await respond(request, INDEX)

    async def file(request: Request) -> Response:
        return await respond(request, request.path_params["file"])

    async def icon(request: Request) -> Response:
        """For pages that name none; those of LangServe do not."""
        await respond(request, INDEX)
        return await respond(request, next(name for name in assets if name.startswith(_ICON)))

    router.add_route("/", index, _READ, include_in_schema=False)
    router.add_route(f"{paths.PAGE}/{{file}}", file, _READ, include_in_schema=False)
    router.add_route("/favicon.ico", icon, _READ, include_in_schema=False)
    return router
