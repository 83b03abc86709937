// What clients of OpenAI's API read from a service. A JSON value a line on stdout.
//
//   node client.mjs BASE CLIENTS QUESTION
//
// BASE: of the API, http://.../v1. CLIENTS: names of those below, joined by commas.

import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { ChatOpenAI } from "@langchain/openai";
import { generateText, streamText } from "ai";
import OpenAI from "openai";

const [base, names, question] = process.argv.slice(2);
const model = "rag-stream";
const messages = [{ role: "user", content: question }];
const openai = new OpenAI({ baseURL: base, apiKey: "none", maxRetries: 0 });
let client;
const print = (value) => process.stdout.write(JSON.stringify([client, value]) + "\n");

async function readText(result) {
  const sources = [];
  let text = "";
  for await (const part of result.fullStream) {
    if (part.type === "text-delta") text += part.text;
    if (part.type === "source") sources.push(part);
    if (part.type === "error") throw part.error;
  }
  return { text, sources, reason: await result.finishReason, usage: await result.usage };
}

const clients = {
  async whole() {
    const { data, response } = await openai.chat.completions
      .create({ model, messages })
      .withResponse();
    print({ answer: data, status: response.status });
  },
  async stream() {
    const options = { model, messages, stream: true, stream_options: { include_usage: true } };
    for await (const chunk of await openai.chat.completions.create(options)) print(chunk);
  },
  async helper() {
    const runner = openai.chat.completions.stream({ model, messages });
    let deltas = "";
    runner.on("content", (delta) => (deltas += delta));
    print({ answer: await runner.finalChatCompletion(), deltas });
  },
  async abort() {
    const stream = await openai.chat.completions.create({ model, messages, stream: true });
    for await (const chunk of stream) {
      if (chunk.choices[0].delta.content) {
        print(chunk);
        stream.controller.abort();
      }
    }
  },
  async refused() {
    try {
      await openai.chat.completions.create({ model, messages, n: 2 });
    } catch (error) {
      const { status, code, param, type } = error;
      print({ kind: error.constructor.name, status, code, param, type });
    }
  },
  async models() {
    for await (const one of await openai.models.list()) print(one);
    print(await openai.models.retrieve(model));
  },
  async langchain() {
    const chat = new ChatOpenAI({
      model,
      apiKey: "none",
      configuration: { baseURL: base },
      temperature: 0,
      maxRetries: 0,
    });
    let streamed = "";
    for await (const chunk of await chat.stream(question)) streamed += chunk.text;
    print({ streamed, whole: (await chat.invoke(question)).text });
  },
  async compatible() {
    const provider = createOpenAICompatible({ name: "rag", baseURL: base, includeUsage: true });
    print(await readText(streamText({ model: provider(model), prompt: question, maxRetries: 0 })));
    print({ whole: (await generateText({ model: provider(model), prompt: question })).text });
  },
  async aisdk() {
    const provider = createOpenAI({ baseURL: base, apiKey: "none" });
    print(await readText(streamText({ model: provider.chat(model), prompt: question })));
  },
};

for (client of names.split(",")) await clients[client]();
