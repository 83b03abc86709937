"""The way of one question: documents, prompt, the model's answer, its citations, its status.

One generator over `prompt | model` rather than the nested runnables of
`create_retrieval_chain`, whose plumbing costs 250-340 us of CPU on every token and does
not pass a cancellation on.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from dataclasses import replace
from functools import partial
from typing import Any, Protocol, runtime_checkable

from langchain_core.documents import Document
from langchain_core.messages import BaseMessage, BaseMessageChunk
from langchain_core.messages.ai import add_usage
from langchain_core.runnables import Runnable, RunnableConfig

from rag_stream.answer_piece import AnswerPiece
from rag_stream.citations.tracker import CitationTracker
from rag_stream.conversation import Conversation, parse_input
from rag_stream.events import Accepted, Asked, Cited, Event, Finished, Found, Text
from rag_stream.models.factory import ChatModel
from rag_stream.models.finish_reasons import state_of
from rag_stream.models.message_pieces import message_pieces, plain_pieces
from rag_stream.options import options_of
from rag_stream.pipeline.deadlines import Deadlines
from rag_stream.pipeline.generation import generate
from rag_stream.pipeline.history import latest
from rag_stream.pipeline.refusals import refusal
from rag_stream.pipeline.reply_language import reply_language
from rag_stream.pipeline.runtime import Runtime
from rag_stream.pipeline.searches import search
from rag_stream.pipeline.small_talk import reply_language_of, small_answer
from rag_stream.pipeline.timings import ms_since
from rag_stream.retrieval.retriever import Retrieved
from rag_stream.sampling import Sampling, sampling_of
from rag_stream.schema import HistoryUse, Source, Status
from rag_stream.text.language import LANGUAGE, language_in

NEAREST = 3
"""How many sources the status of a refusal names."""


@runtime_checkable
class GroundedModel(Protocol):
    """A model that reads the documents themselves, not only the prompt made of them."""

    def with_documents(
        self,
        documents: list[Document],
        *,
        question_embedding: Any = None,
        cites: bool = False,
        language: str = "en",
        asked: str | None = None,
    ) -> Runnable[Any, BaseMessageChunk]: ...


async def answer(
    opened: Callable[[], Runtime],
    input: Any,
    chosen: Mapping[str, Any],
    run_id: Any,
    config: RunnableConfig | None,
) -> AsyncGenerator[Event, None]:
    """The events of one answer; `chosen` of the options; no callbacks without a config.

    Raises the errors of `rag_stream.errors`.
    """
    started, asked_at = time.perf_counter(), asyncio.get_running_loop().time()
    conversation = parse_input(input)
    question, history = conversation.question, conversation.history
    runtime = opened()
    options = options_of(runtime.settings, chosen)
    yield Asked(question)
    # The how-to's program searches for whatever it is given.
    is_asked = runtime.settings.profile == "reference"
    greeted_in = None if is_asked else reply_language_of(conversation, runtime.settings.language)
    if greeted_in is not None:
        reply = small_answer(
            runtime, conversation, greeted_in, run_id, started, config, sampling_of(chosen)
        )
        async with aclosing(reply) as events:
            async for event in events:
                yield event
        return

    found, relevance, stands, spent = await search(runtime, question, options, config, history)
    if stands is not None:
        yield stands
    timings = {"retrieve": ms_since(started)}
    yield Found(found.documents)
    in_them = (document.metadata.get(LANGUAGE) for document in found.documents)
    # To a model that quotes, "and in winter?" says nothing by itself; nor does it tell a language.
    said = stands.question if stands is not None and history else None
    heard = said if said is not None and language_in(question) is None else question
    language = reply_language(heard, runtime.settings.language, in_them)

    end, given = AnswerPiece(), latest(history, runtime.settings.history_tokens)
    if relevance.is_refusal:
        is_cited = False
        yield Text(refusal(language))
    else:
        is_accepted = is_cited = False
        asked, sampling = replace(conversation, history=given.turns), sampling_of(chosen)
        told = partial(_ask, runtime, language, found, said, config, sampling)
        pieces = await _pieces(runtime, asked, found, asked_at, config, told)
        base = runtime.settings.public_url or ""
        tracker = CitationTracker(found.documents, base) if runtime.settings.citations else None
        failure: Exception | None = None
        try:
            async with aclosing(pieces):
                async for piece in pieces:
                    text, citations = piece.text, None
                    if text:
                        if "first_token" not in timings:
                            timings["first_token"] = ms_since(started)
                        if tracker is not None:
                            text, citations = tracker.feed(text)
                    if text:
                        yield Text(text, () if tracker is None else tracker.marks)
                    elif not is_accepted:
                        yield Accepted()
                    if citations:
                        yield Cited(citations)
                        is_cited = True
                    is_accepted = True
                    end.finish_reason = piece.finish_reason or end.finish_reason
                    end.usage = piece.usage or end.usage
        except Exception as error:  # noqa: BLE001 - raised below, after what is still held back
            failure = error
        text, citations = ("", None) if tracker is None else tracker.end()
        if text:
            yield Text(text, () if tracker is None else tracker.marks)
        elif not (is_accepted or failure):
            yield Accepted()
        if citations:
            yield Cited(citations)
            is_cited = True
        if failure is not None:
            raise failure

    if not is_cited:
        yield Cited([])
    timings["total"] = ms_since(started)
    status = Status(
        state="abstained" if relevance.is_refusal else state_of(end.finish_reason),
        finish_reason=end.finish_reason,
        run_id=str(run_id),
        model=runtime.model.name,
        usage=_usage(spent, end.usage, is_answered=not relevance.is_refusal),
        timings_ms=timings,
        index_generation=found.generation,
        search_type=found.search_type,
        relevance=relevance,
    )
    if found.rerank is not None:
        status.rerank = found.rerank
    if relevance.is_refusal:
        status.nearest = _nearest(found)
    if history:
        status.history = HistoryUse(turns=len(given.turns), dropped=given.dropped)
    yield Finished(status)


async def _pieces(
    runtime: Runtime,
    asked: Conversation,
    found: Retrieved,
    asked_at: float,
    config: RunnableConfig | None,
    ask: Callable[[ChatModel, list[BaseMessage]], AsyncGenerator[AnswerPiece, None]],
) -> AsyncGenerator[AnswerPiece, None]:
    """The model's answer, watched and tried again."""
    model = runtime.model_for(found)
    await model.load()  # imported by now, but for a question asked at once
    messages = await runtime.prompt.messages(
        asked.question, found.documents, config, asked.history, asked.system
    )
    return generate(
        partial(ask, model, messages),
        Deadlines(runtime.limits, asked_at, model.name),
        model=model.name,
        reports_finish=model.reports_finish,
        retries=runtime.settings.retries,
        wire=model.wire,
    )


def _ask(
    runtime: Runtime,
    language: str,
    found: Retrieved,
    said: str | None,
    config: RunnableConfig | None,
    sampling: Sampling | None,
    chat_model: ChatModel,
    messages: list[BaseMessage],
) -> AsyncGenerator[AnswerPiece, None]:
    """The model's answer, once; the short way where it has one and nobody listens."""
    (model, with_call), wire = chat_model.sampled(sampling), chat_model.wire
    if config is None and wire.has_short_way:
        return plain_pieces(model, messages, wire, **with_call)
    if isinstance(model, GroundedModel):
        # Where both compare with the same model, the question need not be embedded again.
        vector = found.question_vector if chat_model.shares_embedder else None
        cites = runtime.settings.citations
        bound = model.with_documents(
            found.documents, question_embedding=vector, cites=cites, language=language, asked=said
        )
        return message_pieces(bound, messages, config, wire, **with_call)
    return message_pieces(model, messages, config, wire, **with_call)


def _usage(spent: Any, answering: Any, *, is_answered: bool) -> Any:
    """All that was asked of the model; None where what the answer took is not known."""
    if not (spent and (answering or not is_answered)):
        return answering
    return dict(add_usage(spent, answering))


def _nearest(found: Retrieved) -> list[Source]:
    """The sources that came nearest, each once, best first."""
    nearest: dict[str, Source] = {}
    for document in found.documents:
        source, score = str(document.metadata.get("source", "")), document.metadata["score"]
        title = document.metadata.get("title")
        nearest.setdefault(source, Source(source=source, title=title, score=score))
    return list(nearest.values())[:NEAREST]
