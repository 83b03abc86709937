"""Questions by OpenAI's own client, and the answers read."""

from typing import Any

from openai import AsyncOpenAI

ASK: Any = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Why is that?"}]}
HOSTILE = ["a\u2028b", "", "🎉", " \n\n", '"quoted"\\', "\u0085", "data: [DONE]\n\n", "é"]


async def chunks_of(client: AsyncOpenAI, **options: Any) -> list[Any]:
    stream = await client.chat.completions.create(**ASK, stream=True, **options)
    return [chunk async for chunk in stream]


async def read_into(seen: list[Any], stream: Any) -> None:
    async for chunk in stream:
        seen.append(chunk)


def text_of(chunks: list[Any]) -> str:
    return "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
