"""Somebody else's app: the template behind LangServe's own routes, and nothing of this service.

Copied out of the repository and served where there is no package `app`.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from langserve import add_routes

from rag_stream import chain


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    yield
    await chain.aclose()  # its connections, and its hold on the index server


app = FastAPI(lifespan=lifespan)
add_routes(app, chain, path="/x")
