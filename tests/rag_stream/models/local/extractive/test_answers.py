"""What is quoted, in every way of asking."""

from typing import Any

import pytest
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.documents import Document
from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage
from langchain_core.prompts import ChatPromptTemplate

from rag_stream.models.local.dont_know import DONT_KNOW
from rag_stream.models.local.extractive import ExtractiveChatModel
from rag_stream.settings import LOCAL_CHAT
from tests.support.quoted import PAGES, HashEmbedder, question, stream


async def test_it_quotes_the_documents(model: ExtractiveChatModel) -> None:
    bound = model.with_documents(PAGES)
    answer = await bound.ainvoke(question("When was the harbour of Marlow closed?"))
    assert answer.content == "The harbour of Marlow was closed in the winter of 1901."


async def test_it_streams_words_and_ends_with_the_reason(model: ExtractiveChatModel) -> None:
    bound = model.with_documents(PAGES)
    chunks = await stream(bound, question("When was the harbour of Marlow closed?"))
    pieces = [chunk.content for chunk in chunks]
    assert pieces[:3] == ["The ", "harbour ", "of "]
    assert chunks[-1].content == ""
    assert chunks[-1].response_metadata == {"model_name": LOCAL_CHAT, "finish_reason": "stop"}
    assert all(chunk.usage_metadata is None for chunk in chunks)


async def test_every_way_of_asking_gives_the_same_answer(model: ExtractiveChatModel) -> None:
    bound = model.with_documents(PAGES)
    messages = question("How is bread baked from flour?")
    answers = {
        str((await bound.ainvoke(messages)).content),
        str(bound.invoke(messages).content),
        "".join(str(chunk.content) for chunk in await stream(bound, messages)),
        "".join(str(chunk.content) for chunk in bound.stream(messages)),
        str((await model.ainvoke(messages, documents=PAGES)).content),
    }
    assert answers == {"Bread is baked from flour, water and salt."}
    metadata = (await bound.ainvoke(messages)).response_metadata
    assert metadata == {"model_name": LOCAL_CHAT, "finish_reason": "stop"}


@pytest.mark.parametrize("documents", [[], [Document("")], [Document(" \n"), Document("???")]])
async def test_it_does_not_know_without_a_text(
    model: ExtractiveChatModel, embedder: HashEmbedder, documents: list[Document]
) -> None:
    chunks = await stream(model.with_documents(documents), question("What now?"))
    assert "".join(str(chunk.content) for chunk in chunks) == DONT_KNOW
    assert chunks[-1].response_metadata["finish_reason"] == "stop"
    assert embedder.asked == []


async def test_without_documents_it_reads_the_system_message(model: ExtractiveChatModel) -> None:
    prompt = ChatPromptTemplate.from_messages(
        [("system", "Use bread in the context.\n\n{context}"), ("human", "{input}")]
    )
    context = "\n\n".join(page.page_content for page in PAGES)
    chain = prompt | model
    answer = await chain.ainvoke({"context": context, "input": "When was the harbour closed?"})
    assert answer.content == "The harbour of Marlow was closed in the winter of 1901."
    assert (await model.ainvoke("When was the harbour closed?")).content == DONT_KNOW
    many = "\n\n".join(f"Page {word} is here." for word in "abcdefghijklmnop")
    last = [
        SystemMessage(f"Read.\n\n{many}\n\nThe harbour was closed by ice."),
        *question("harbour"),
    ]
    assert (await model.ainvoke([last[0], last[-1]])).content == "The harbour was closed by ice."


async def test_the_last_human_message_is_the_question(model: ExtractiveChatModel) -> None:
    messages = [*question("How is bread baked?"), HumanMessage("When was the harbour closed?")]
    answer = await model.with_documents(PAGES).ainvoke(messages)
    assert "1901" in str(answer.content)
    blocks: list[BaseMessage] = [HumanMessage([{"type": "text", "text": "bread baked from flour"}])]
    assert "Bread" in str((await model.with_documents(PAGES).ainvoke(blocks)).content)


async def test_a_stop_word_ends_the_answer(model: ExtractiveChatModel) -> None:
    bound = model.with_documents(PAGES)
    answer = await bound.ainvoke(question("When was the harbour closed?"), stop=[" in the", ""])
    assert answer.content == "The harbour of Marlow was closed"


class Recorder(BaseCallbackHandler):
    def __init__(self) -> None:
        self.started: dict[str, Any] = {}

    def on_chat_model_start(self, serialized: Any, messages: Any, **kwargs: Any) -> None:
        self.started = kwargs


async def test_traces_name_it_and_hold_no_copies_of_the_documents(
    model: ExtractiveChatModel,
) -> None:
    recorder = Recorder()
    bound = model.with_documents(PAGES, question_embedding=[0.0] * 64)
    await stream(bound, question("harbour"), config={"callbacks": [recorder]})
    assert model._llm_type == model.model_name == LOCAL_CHAT
    assert recorder.started["metadata"]["ls_model_name"] == LOCAL_CHAT
    assert recorder.started["metadata"]["ls_provider"] == "local"
    assert recorder.started["invocation_params"] == {
        "_type": LOCAL_CHAT,
        "model_name": LOCAL_CHAT,
        "stop": None,
    }
    assert "Marlow" not in str(recorder.started)
    assert "HashEmbedder" not in repr(model)
