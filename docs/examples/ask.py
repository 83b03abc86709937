"""Asking from Python: with LangServe's client, and with nothing but an HTTP client.

RAG_URL says where the chain is served.
"""

import json
import os

import httpx
from langchain_core.runnables import RunnableConfig
from langserve import RemoteRunnable

rag = RemoteRunnable(os.environ.get("RAG_URL", "http://127.0.0.1:8000/rag"))
for chunk in rag.stream({"input": "What is Task Decomposition?"}):
    print(chunk)

# The whole answer, with choices for this question.
choices = RunnableConfig(
    configurable={"k": 3, "filter": {"source": ["sample/task-decomposition.html"]}}
)
result = rag.invoke({"input": "What is Task Decomposition?"}, choices)
print(result["answer"])
for citation in result["citations"]:
    source = result["context"][citation["document"]].metadata["source"]
    print(f"[{citation['marker']}] {source}: {citation['quote']!r}")

# Without LangChain: server-sent events, one `data:` line each.
url = os.environ.get("RAG_URL", "http://127.0.0.1:8000/rag") + "/stream"
body = {"input": {"input": "What is Task Decomposition?"}}
with httpx.stream("POST", url, json=body, timeout=60) as response:
    if response.is_error:
        response.read()
        raise SystemExit(f"{response.status_code}: {response.json()['message']}")
    event = ""
    for line in response.iter_lines():
        field, _, value = line.partition(": ")
        if field == "event":
            event = value
        elif field == "data" and event == "error":
            raise SystemExit(f"broken off: {json.loads(value)['message']}")
        elif field == "data" and event == "data":
            print(json.loads(value).get("answer", ""), end="", flush=True)
print()
