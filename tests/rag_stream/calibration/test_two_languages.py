# ruff: noqa: RUF001 - letters of other alphabets are meant here
"""A few documents in a second language beside many in the first, with the local model."""

import argparse
import asyncio
import inspect
import json
import logging
import pathlib
import shutil
import socket
import subprocess
import tarfile
import urllib.request
from types import ModuleType

from rag_stream.calibration.asking import recalibrate
from rag_stream.options import options_of
from rag_stream.pipeline.runtime import Runtime
from rag_stream.schema import Relevance
from rag_stream.settings import LOCAL_CHAT, LOCAL_EMBEDDINGS, Settings
from tests.support.corpus import documents
from tests.support.synced_index import open_sync

MODULES: tuple[ModuleType, ...] = (
    argparse, asyncio, json, logging, pathlib, shutil, socket, subprocess, tarfile, urllib.request,
)  # fmt: skip
RUSSIAN = (
    "Полная зарядка длится пять часов. На морозе батарею заряжать нельзя.",
    "Каждый гость оставляет залог, и после проверки лодки он возвращается.",
    "О поломке нужно сообщить по телефону в тот же день. Сфотографируйте повреждения.",
    "Лодка на день стоит 40 евро, на неделю 200. Наличные не принимаются.",
    "Спасательные жилеты выдаются бесплатно. Дети обязаны их надевать.",
    "Причал открыт с восьми до семи. В январе мастерская не работает.",
)


def docstrings() -> list[str]:
    parts = [part for module in MODULES for _, part in sorted(vars(module).items())]
    found = [inspect.getdoc(part) for part in parts if inspect.isroutine(part)]
    return sorted({text[:400] for text in found if text and len(text) > 60})


async def judged(runtime: Runtime, question: str) -> Relevance:
    found = await runtime.retriever.retrieve(question, options_of(runtime.settings, {}), None)
    return await runtime.judge(question, found)


async def test_they_do_not_keep_the_first_from_being_told_apart(settings: Settings) -> None:
    local = settings.model_copy(update={"embeddings": LOCAL_EMBEDDINGS, "chat_model": LOCAL_CHAT})
    runtime = Runtime(local)
    try:
        sync = await open_sync(runtime)
        texts = docstrings()
        assert len(texts) > 60
        for number, text in enumerate([*texts, *RUSSIAN]):
            await sync.put(f"{number}.md", documents(f"{number}.md", [text]))
        await sync.finish()
        made = await recalibrate(runtime.index, runtime.embedder)
        assert made is not None
        assert made.is_possible
        assert max(made.thresholds.values()) > 2 * made.thresholds["en"]
        for question in ("How do I bake an apple pie?", "Как испечь яблочный пирог?"):
            assert (await judged(runtime, question)).is_refusal, question
        answerable = await judged(runtime, "Which address family and type does a new socket have?")
        assert not answerable.is_refusal
    finally:
        await runtime.aclose()
