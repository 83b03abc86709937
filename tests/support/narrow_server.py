"""A stand-in for OpenAI's API whose vectors are real ones, all much alike.

MiniLM's, turned and moved away from the middle: their likenesses lie between 0.6 and 0.95, as
those of OpenAI's older models do. What is near what stays as it was.
"""

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from starlette.types import Send

from rag_stream.models.local.embeddings import MiniLMEmbeddings
from tests.support import openai_wire as wire
from tests.support.model_app import send_json
from tests.support.openai_app import OpenAIApp
from tests.support.openai_server import OpenAIServer
from tests.support.script import Call, Script

_AWAY = 1.3
"""How far, beside the length of a vector; a likeness of c becomes (c + 1.69) / 2.69."""


@cache
def _turn(dimension: int) -> NDArray[np.float32]:
    drawn = np.random.default_rng(13).standard_normal((dimension, dimension))
    return np.asarray(np.linalg.qr(drawn)[0], dtype=np.float32)


@cache
def _model() -> MiniLMEmbeddings:
    return MiniLMEmbeddings()


class NarrowApp(OpenAIApp):
    """Embeds with the local model; answers all else as a playbook says."""

    async def _embed(self, call: Call, script: Script, send: Send) -> None:
        given = call.body["input"]
        texts = [given] if isinstance(given, str) else list(given)
        plain = await _model().aencode(texts)
        away = np.full((len(texts), 1), _AWAY, dtype=np.float32)
        moved = np.hstack([plain @ _turn(plain.shape[1]), away])
        rows: list[Any] = list(moved / np.linalg.norm(moved, axis=1, keepdims=True))
        as_base64 = call.body.get("encoding_format") == "base64"
        words = sum(len(text.split()) for text in texts)
        answer = wire.embeddings(call.model, rows, words, as_base64=as_base64)
        await send_json(send, 200, answer)


class NarrowServer(OpenAIServer):
    """The stand-in with these embeddings."""

    app = NarrowApp
