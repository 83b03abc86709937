// Asking from JavaScript: with LangChain's client, and with nothing but fetch.
//   npm install @langchain/core@0.3.80     (the last release line that has RemoteRunnable)
//   node ask.mjs
// RAG_URL says where the chain is served.

import { RemoteRunnable } from "@langchain/core/runnables/remote";

const rag = new RemoteRunnable({ url: process.env.RAG_URL ?? "http://127.0.0.1:8000/rag" });
for await (const chunk of await rag.stream({ input: "What is Task Decomposition?" })) {
  console.log(chunk);
}

// The whole answer, with choices for this question.
const choices = { configurable: { k: 3, filter: { source: ["sample/task-decomposition.html"] } } };
const result = await rag.invoke({ input: "What is Task Decomposition?" }, choices);
console.log(result.answer);

// Without LangChain: server-sent events, a blank line after each, comments between them.
const response = await fetch(`${process.env.RAG_URL ?? "http://127.0.0.1:8000/rag"}/stream`, {
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ input: { input: "What is Task Decomposition?" } }),
});
if (!response.ok) throw new Error(`${response.status}: ${(await response.json()).message}`);
let event = "";
let rest = "";
for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
  const lines = (rest + text).split(/\r?\n/);
  rest = lines.pop();
  for (const line of lines) {
    const [field, value] = line.split(/: (.*)/s);
    if (field === "event") event = value;
    if (field !== "data") continue;
    if (event === "error") throw new Error(`broken off: ${JSON.parse(value).message}`);
    if (event === "data") process.stdout.write(JSON.parse(value).answer ?? "");
  }
}
console.log();
