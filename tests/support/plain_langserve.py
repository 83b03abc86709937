"""A tiny app with nothing but LangServe: what clients and the playground do by themselves."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from fastapi import FastAPI
from langchain_core.documents import Document
from langchain_core.runnables import RunnableGenerator, RunnableLambda
from langchain_core.runnables.utils import AddableDict
from langserve import add_routes
from pydantic import BaseModel, Field

Questions = AsyncIterator[dict[str, Any]]
TEXT = ["Two ", "**lines**\n", "  of <b>text</b>"]
SOURCES = [Document("First.\n\nSecond.", metadata={"source": "a.md"})]


class Question(BaseModel):
    """An empty text by default keeps the page from complaining before anyone types."""

    input: str = Field(title="Question", json_schema_extra={"default": ""})


class OptionalField(BaseModel):
    """An input with a field that may be null, which the page cannot show."""

    input: str
    session: str | None = None


async def texts(questions: Questions) -> AsyncIterator[str]:
    async for _ in questions:
        for piece in TEXT:
            yield piece


async def objects(questions: Questions) -> AsyncIterator[dict[str, Any]]:
    async for question in questions:
        yield AddableDict(question)
        yield AddableDict(context=SOURCES)
        for piece in TEXT:
            yield AddableDict(answer=piece)


async def failing(questions: Questions) -> AsyncIterator[str]:
    async for _ in questions:
        yield "before"
        raise RuntimeError("a secret")


go_on = asyncio.Event()


async def failing_when_told(questions: Questions) -> AsyncIterator[str]:
    async for _ in questions:
        yield "before"
        await go_on.wait()  # until the page has drawn it
        raise RuntimeError("a secret")


def find(question: Any) -> str:
    return "1. a.md\n   First."


steps = RunnableLambda(find).with_config(run_name="Sources") | RunnableLambda(lambda _: "done")

app = FastAPI()


@app.post("/go_on")
async def fail_now() -> None:
    go_on.set()


for path, chain, kind in [
    ("/texts", RunnableGenerator(texts), Question),
    ("/objects", RunnableGenerator(objects), Question),
    ("/failing", RunnableGenerator(failing), Question),
    ("/failing_when_told", RunnableGenerator(failing_when_told), Question),
    ("/steps", steps, Question),
    ("/optional", RunnableGenerator(texts), OptionalField),
]:
    add_routes(app, chain.with_types(input_type=kind), path=path)
