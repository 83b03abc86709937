"""The ASGI application: the page, and the chain behind LangServe's routes and others'."""

import asyncio
import gc
import logging
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any

import langserve.server
import sse_starlette.sse
from fastapi import APIRouter, FastAPI

from app import error_responses, openapi
from app.connections.limits import STATE_KEY, ConnectionLimits
from app.feedback.chain import FeedbackChain
from app.head_checks import HeadChecks
from app.lifecycle import descriptors, heap
from app.lifecycle.limits import Limits
from app.lifecycle.shutdown import Shutdown
from app.lifecycle.start_failures import StartFailures
from app.log_redaction import redacted_logs
from app.mcp.host import McpHost
from app.middleware import BodyLimit
from app.page.overview import Overview
from app.routes import paths
from app.routes.caller import address_of, caller_of
from app.routes.chat_schema import Messages
from app.routes.documentation import documentation_routes
from app.routes.feedback import feedback_routes
from app.routes.health import health_routes
from app.routes.langserve import RagHandler
from app.routes.mcp import mcp_routes
from app.routes.openai import openai_routes
from app.routes.page import page_routes
from app.routes.runs import run_routes
from app.routes.sessions import session_routes
from app.routes.sources import source_routes
from app.routes.ui_chat import ui_chat_routes
from app.sessions.chain import SessionChain
from app.slash_redirect import SlashRedirect
from app.state import AppState
from app.trusted_proxies import ProxyHeaders
from rag_stream import chain as default_chain
from rag_stream.errors import IndexUnavailableError
from rag_stream.pipeline.runtime import Runtime
from rag_stream.redaction import Redactor, secrets_of
from rag_stream.runnable import RagChain

log = logging.getLogger("rag_stream.app")
_OFF = ("token_feedback",)
"""Of LangServe's endpoints: it would take a body of any length to answer that it is off."""


def create_app(chain: RagChain = default_chain) -> FastAPI:
    """The service over one chain. Reads no settings and opens nothing before start-up."""

    state = AppState(chain)
    asked = FeedbackChain(SessionChain(chain, state.sessions), state.feedback)
    overview = Overview(chain.runtime)
    mcp = McpHost(partial(_mcp_server, asked, state))

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, Any]]:
        # Raises for bad settings and for an index of another embedding model: then the
        # service must not start. An index that is empty or away may come: /readyz says so.
        runtime = chain.runtime()
        descriptors.raise_limit()  # a worker has it from `python -m app`, other servers do not
        if shortage := descriptors.shortage(Limits.of(chain.settings).together):
            log.warning(shortage)
        descriptors.tell_seldom(asyncio.get_running_loop())
        # LangServe's wire has this endpoint; its callers can do nothing about the warning.
        warnings.filterwarnings("ignore", message="astream_log is deprecated")
        beside: list[asyncio.Task[None]] = []
        limits = ConnectionLimits.of(chain.settings)
        redact = Redactor(secrets_of(chain.settings))
        shutdown = Shutdown(state.admission, chain.settings.drain_s)
        with redacted_logs(redact):
            try:
                await state.runs.open()
                await state.sessions.open()
                state.feedback.open()
                state.admission.open()
                try:
                    await runtime.readiness.check()
                    if note := await runtime.readiness.without_abstention():
                        log.warning(note)
                except IndexUnavailableError as error:
                    error_responses.log_failure(error)
                beside = [
                    asyncio.create_task(_warm(runtime, overview)),
                    asyncio.create_task(
                        heap.give_back(state.admission.empty, state.admission.busy)
                    ),
                ]
                shutdown.install()
                yield {STATE_KEY: limits}
            finally:
                limits.close()
                state.admission.close()
                await shutdown.aclose()
                await mcp.aclose()
                await state.runs.aclose()
                await state.feedback.aclose()
                await state.sessions.aclose()
                for task in beside:
                    task.cancel()
                await asyncio.gather(*beside, return_exceptions=True)
                await overview.aclose()
                await chain.aclose()

    app = FastAPI(
        title="rag-stream",
        description="Streaming, cited answers over your own documents.",
        lifespan=lifespan,
        redirect_slashes=False,
        docs_url=None,
        redoc_url=None,
    )
    app.router.default = SlashRedirect(app.router, app.router.default)
    app.add_middleware(BodyLimit)
    app.add_middleware(HeadChecks, lambda: chain.settings.allowed_hosts or ())
    app.add_middleware(ProxyHeaders, lambda: chain.settings.trusted_proxies or ())
    app.add_middleware(StartFailures)
    error_responses.install(app)
    openapi.install(app)
    app.include_router(page_routes(chain, state, overview))
    app.include_router(health_routes(chain, state.admission))
    app.include_router(documentation_routes(app))
    for prefix in (paths.RUNS, paths.CHAT_RUNS):
        app.include_router(run_routes(state, prefix))
    app.include_router(session_routes(state.sessions))
    app.include_router(feedback_routes(state))
    app.include_router(source_routes(chain))
    app.include_router(mcp_routes(mcp, state))
    app.include_router(openai_routes(asked, state))
    app.include_router(ui_chat_routes(asked, state))
    app.include_router(_langserve_routes(asked, state, paths.CHAIN))
    app.include_router(
        _langserve_routes(asked, state, paths.CHAT, input_type=Messages, playground_type="chat")
    )

    return app


async def _warm(runtime: Runtime, overview: Overview) -> None:
    """What the first question or page would wait for, as soon as the service is up."""
    try:
        # First what readiness asks: the local model is loaded with it.
        await runtime.readiness.obstacles()
        gc.disable()  # what imports make is no garbage
        await runtime.load()
        with suppress(IndexUnavailableError):  # who asks will be told, if it lasts
            await runtime.catch_up()
        with suppress(IndexUnavailableError):
            await runtime.load_everyday()
    except Exception as error:  # noqa: BLE001 - questions will fail with it, one by one
        error_responses.log_failure(error)
    finally:
        gc.enable()
    heap.settle()
    await overview.seen()


def _mcp_server(chain: RagChain, state: AppState) -> Any:
    from app.mcp.server import build  # here: its library takes half a second, and may be missing

    return build(chain, state, lambda request: (caller_of(request), address_of(request)))


def _langserve_routes(chain: RagChain, state: AppState, path: str, **options: Any) -> APIRouter:
    # LangServe takes its handler's class from this name. A router, because on an app it
    # would print a banner at start-up.
    router = APIRouter()
    original = vars(langserve.server)["APIHandler"]
    vars(langserve.server)["APIHandler"] = partial(RagHandler, state=state)
    try:
        langserve.server.add_routes(
            router,
            chain,
            path=path,
            enable_feedback_endpoint=False,
            disabled_endpoints=_OFF,  # type: ignore[arg-type] # its types forget it
            **options,
        )
    finally:
        vars(langserve.server)["APIHandler"] = original
    # Importing it replaced uvicorn's signal handler with one that cuts streams at once.
    sse_starlette.sse.unpatch_uvicorn_signal_handler()  # type: ignore[no-untyped-call]
    return router


app = create_app()
