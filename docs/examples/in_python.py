# %% [markdown]
# # The chain in Python
#
# No server: the same chain, over the index that `python -m ingest` has filled. Cells as
# notebooks and editors know them; run as a whole with `python in_python.py`. The synchronous
# calls work inside a notebook, too.

# %% An answer as it is made
from rag_stream import chain

for chunk in chain.stream({"input": "What is Task Decomposition?"}):
    print(chunk)

# %% The whole answer, with choices for this question
from langchain_core.runnables import RunnableConfig

choices = RunnableConfig(configurable={"k": 3, "search_type": "dense"})
result = chain.invoke({"input": "What is Task Decomposition?"}, choices)
print(result["answer"])
print(len(result["context"]), "documents, found by", result["status"]["search_type"])

# %% Several questions
questions = ["What is Task Decomposition?", "What is self-reflection?"]
for result in chain.batch([{"input": question} for question in questions]):
    print(result["status"]["state"], "-", result["answer"])

# %% Asynchronously; in a notebook `await answer()` will do
import asyncio
from contextlib import aclosing


async def answer() -> None:
    async with aclosing(chain.astream({"input": "What is Task Decomposition?"})) as chunks:
        async for chunk in chunks:
            print(chunk.get("answer", ""), end="", flush=True)
    print()
    await chain.aclose()  # what this event loop has opened


asyncio.run(answer())

# %% The index as LangChain's vector store, for a chain of your own
from rag_stream.settings import load_settings
from rag_stream.vector_store import open_vector_store

with open_vector_store(load_settings()) as store:
    retriever = store.as_retriever(search_kwargs={"k": 3})
    for document in retriever.invoke("What is Task Decomposition?"):
        print(document.metadata["source"], "-", document.page_content[:60])
