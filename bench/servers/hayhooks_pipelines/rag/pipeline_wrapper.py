"""The pipeline that hayhooks serves: embed the question, take the nearest, ask the model."""

from collections.abc import AsyncGenerator
from typing import Any

from hayhooks import BasePipelineWrapper, async_streaming_generator, get_last_user_message
from haystack import Pipeline
from haystack.components.builders import ChatPromptBuilder
from haystack.components.embedders import OpenAITextEmbedder
from haystack.components.generators.chat import OpenAIChatGenerator
from haystack.components.retrievers.in_memory import InMemoryEmbeddingRetriever
from haystack.dataclasses import ChatMessage
from haystack.document_stores.in_memory import InMemoryDocumentStore

from bench.servers import job

TEMPLATE = [
    ChatMessage.from_system(
        job.INSTRUCTIONS
        + "\n\n{% for document in documents %}{{ document.content }}\n\n{% endfor %}"
    ),
    ChatMessage.from_user("{{ question }}"),
]


class PipelineWrapper(BasePipelineWrapper):  # type: ignore[misc] # installed for the bench only
    """Answers chat completions."""

    def setup(self) -> None:
        store = InMemoryDocumentStore.load_from_disk(str(job.STORE / "documents.json"))
        embedder = OpenAITextEmbedder(model=job.EMBEDDINGS, api_base_url=job.UPSTREAM)
        model = OpenAIChatGenerator(model=job.CHAT, api_base_url=job.UPSTREAM)
        pipeline = Pipeline()
        pipeline.add_component("embedder", embedder)
        pipeline.add_component("retriever", InMemoryEmbeddingRetriever(store, top_k=job.K))
        pipeline.add_component("prompt", ChatPromptBuilder(TEMPLATE, required_variables="*"))
        pipeline.add_component("llm", model)
        pipeline.connect("embedder.embedding", "retriever.query_embedding")
        pipeline.connect("retriever.documents", "prompt.documents")
        pipeline.connect("prompt.prompt", "llm.messages")
        self.pipeline = pipeline

    async def run_chat_completion_async(
        self, model: str, messages: list[dict[str, Any]], body: dict[str, Any]
    ) -> AsyncGenerator[Any, None]:
        question = get_last_user_message(messages)
        inputs = {"embedder": {"text": question}, "prompt": {"question": question}}
        generator: AsyncGenerator[Any, None] = async_streaming_generator(
            pipeline=self.pipeline, pipeline_run_args=inputs
        )
        return generator
