"""LlamaIndex's streaming query engine behind one FastAPI route."""

import json
import sys
from collections.abc import AsyncIterator

import uvicorn
from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from llama_index.core import (
    ChatPromptTemplate,
    Settings,
    StorageContext,
    VectorStoreIndex,
    load_index_from_storage,
)
from llama_index.core.base.llms.types import ChatMessage, MessageRole
from llama_index.core.schema import TextNode
from llama_index.embeddings.openai import OpenAIEmbedding
from llama_index.llms.openai_like import OpenAILike
from pydantic import BaseModel

from bench.servers import job

Settings.embed_model = OpenAIEmbedding(
    model_name=job.EMBEDDINGS, api_base=job.UPSTREAM, api_key=job.API_KEY
)
Settings.llm = OpenAILike(
    model=job.CHAT,
    api_base=job.UPSTREAM,
    api_key=job.API_KEY,
    is_chat_model=True,
    context_window=128_000,
)
PROMPT = ChatPromptTemplate(
    [
        ChatMessage(job.INSTRUCTIONS + "\n\n{context_str}", role=MessageRole.SYSTEM),
        ChatMessage("{query_str}", role=MessageRole.USER),
    ]
)


class Ask(BaseModel):
    """The body of a request."""

    question: str


def fill() -> None:
    """Put the documents into the index."""
    nodes = [TextNode(text=text, metadata={"source": n}) for n, text in job.notes().items()]
    VectorStoreIndex(nodes).storage_context.persist(str(job.STORE))


def create_app() -> FastAPI:
    """`POST /ask`, answered as server-sent events: the sources, then the answer's pieces."""
    index = load_index_from_storage(StorageContext.from_defaults(persist_dir=str(job.STORE)))
    engine = index.as_query_engine(
        streaming=True, similarity_top_k=job.K, text_qa_template=PROMPT, use_async=True
    )
    app = FastAPI()

    @app.post("/ask")
    async def ask(asked: Ask) -> StreamingResponse:
        response = await engine.aquery(asked.question)

        async def events() -> AsyncIterator[str]:
            sources = [{**n.metadata, "text": n.text} for n in response.source_nodes]
            yield f"data: {json.dumps({'context': sources})}\n\n"
            async for piece in response.async_response_gen():
                yield f"data: {json.dumps({'answer': piece})}\n\n"
            yield "data: [DONE]\n\n"

        return StreamingResponse(events(), media_type="text/event-stream")

    return app


if __name__ == "__main__":
    if "fill" in sys.argv:
        fill()
    else:
        uvicorn.run(create_app(), host=job.HOST, port=job.port())
