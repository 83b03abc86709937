"""The page at `/`, its files, and what the service says of itself there."""

import asyncio

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from app.page.assets import ASK_ME, INDEX, Asset, read_assets
from app.page.information import Information, PageLink, PageModel, information
from app.page.overview import Overview
from app.request_headers import tags_in
from app.routes import paths
from app.state import AppState
from rag_stream.citations.address import SOURCES
from rag_stream.runnable import RagChain

INFO = f"{paths.PAGE}/info"
_ICON = "icon-"
_READ = ["GET", "HEAD"]
_NOT_KEPT = {"cache-control": "no-store", "x-content-type-options": "nosniff"}


_LINKS = [
    PageLink(label=label, href=path.lstrip("/"))
    for label, path in (
        ("Sources", SOURCES),
        ("LangServe playground", paths.PLAYGROUND),
        ("LangServe chat playground", f"{paths.CHAT}/playground/"),
        ("API", "/docs"),
    )
]


def page_routes(chain: RagChain, state: AppState, overview: Overview) -> APIRouter:
    """`/`, `/page/info`, `/page/{file}` and `/favicon.ico`."""
    router = APIRouter(tags=["page"])
    assets: dict[str, Asset] = {}

    @router.get(INFO)
    @router.head(INFO, include_in_schema=False)
    async def info(response: Response) -> Information:
        """What the page knows of the service; told at once, whatever does not answer."""
        response.headers.update(_NOT_KEPT)
        model = chain.runtime().chat_models.beside(None)
        return information(
            state.settings,
            await overview.seen(),
            PageModel(name=model.name, quotes=model.local is not None),
            _LINKS,
            is_closing=state.admission.is_closed,
            can_resume=state.runs.can_resume,
        )

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
        name = request.path_params["file"]
        if name == INDEX:  # from here its addresses would lead nowhere
            raise HTTPException(404)
        return await respond(request, name)

    async def icon(request: Request) -> Response:
        """For pages that name none; those of LangServe do not."""
        await respond(request, INDEX)
        name = next(name for name in assets if name.startswith(_ICON))
        response = await respond(request, name)
        response.headers["cache-control"] = ASK_ME  # the address says nothing of what is in it
        return response

    router.add_route("/", index, _READ, include_in_schema=False)
    router.add_route(f"{paths.PAGE}/{{file}}", file, _READ, include_in_schema=False)
    router.add_route("/favicon.ico", icon, _READ, include_in_schema=False)
    return router
