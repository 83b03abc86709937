"""LangChain's retrieval chain as its how-to writes it, on LangServe's own routes."""

import sys

import uvicorn
from fastapi import FastAPI
from langchain_chroma import Chroma
from langchain_classic.chains import create_retrieval_chain
from langchain_classic.chains.combine_documents import create_stuff_documents_chain
from langchain_core.documents import Document
from langchain_core.prompts import ChatPromptTemplate
from langchain_openai import ChatOpenAI, OpenAIEmbeddings
from langserve import add_routes

from bench.servers import job

# Without the length check, which would fetch a vocabulary from the network.
embeddings = OpenAIEmbeddings(model=job.EMBEDDINGS, check_embedding_ctx_length=False)
vectorstore = Chroma(
    collection_name="rag",
    embedding_function=embeddings,
    persist_directory=str(job.STORE / "chroma"),
)


def fill() -> None:
    """Put the documents into the index."""
    vectorstore.add_documents(
        [Document(text, metadata={"source": name}) for name, text in job.notes().items()]
    )


def create_app() -> FastAPI:
    """The chain at /rag."""
    prompt = ChatPromptTemplate.from_messages(
        [("system", job.INSTRUCTIONS + "\n\n{context}"), ("human", "{input}")]
    )
    answering = create_stuff_documents_chain(ChatOpenAI(model=job.CHAT), prompt)
    retriever = vectorstore.as_retriever(search_kwargs={"k": job.K})
    app = FastAPI()
    add_routes(app, create_retrieval_chain(retriever, answering), path="/rag")
    return app


if __name__ == "__main__":
    if "fill" in sys.argv:
        fill()
    else:
        uvicorn.run(create_app(), host=job.HOST, port=job.port())
