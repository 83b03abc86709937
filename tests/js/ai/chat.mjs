// Talks to a service as an application with the AI SDK's useChat does, for the tests.
//   node chat.mjs BASE_URL SCENARIO OPTIONS_JSON
// One JSON line for each thing told. Options: id, texts, headers, body, messages.

import { Chat } from "@ai-sdk/react";
import { DefaultChatTransport } from "ai";

const [base, scenario, rest] = process.argv.slice(2);
const { id = "a-chat", texts = [], headers, body, messages, version } = JSON.parse(rest ?? "{}");
const api = `${base}/api/chat`;

const tell = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);
const textOf = (message) =>
  (message?.parts ?? []).filter((part) => part.type === "text").map((part) => part.text).join("");

function open(given = messages, prepared = {}) {
  const ends = [];
  const chat = new Chat({
    id,
    messages: given,
    transport: new DefaultChatTransport({ api, headers, body, ...prepared }),
    onFinish: ({ isAbort, isError, isDisconnect, finishReason }) =>
      ends.push({ isAbort, isError, isDisconnect, finishReason }),
  });
  const told = () => ({
    status: chat.status,
    error: chat.error?.message,
    statusCode: chat.error?.statusCode,
    messages: chat.messages,
    ends,
  });
  return { chat, told };
}

async function untilAnswering(chat) {
  while (chat.lastMessage?.role !== "assistant" || !textOf(chat.lastMessage)) {
    if (chat.status === "error") throw chat.error;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function stopOnServer() {
  const response = await fetch(`${api}/${encodeURIComponent(id)}/stop`, {
    method: "POST",
    headers,
  });
  return response.status;
}

const scenarios = {
  // Each text after the answer to the one before.
  async send() {
    const { chat, told } = open();
    for (const text of texts) await chat.sendMessage({ text });
    tell(told());
  },

  async regenerate() {
    const { chat, told } = open();
    await chat.sendMessage({ text: texts[0] });
    const before = chat.messages;
    await chat.regenerate();
    tell({ before, ...told() });
  },

  // Somebody presses stop: the client leaves, the server is told.
  async stop() {
    const { chat, told } = open();
    const sending = chat.sendMessage({ text: texts[0] });
    await untilAnswering(chat);
    await chat.stop();
    tell({ stopped: await stopOnServer() });
    await sending;
    for (const text of texts.slice(1)) await chat.sendMessage({ text });
    tell(told());
  },

  // Somebody presses it on another page: this one reads on.
  async stopElsewhere() {
    const { chat, told } = open();
    const sending = chat.sendMessage({ text: texts[0] });
    await untilAnswering(chat);
    tell({ stopped: await stopOnServer() });
    await sending;
    tell(told());
  },

  // A page is reloaded in the middle of an answer, once with what was there of it and once without.
  async reload() {
    const { chat } = open();
    void chat.sendMessage({ text: texts[0] });
    await untilAnswering(chat);
    await chat.stop();
    const half = chat.messages;
    const pages = [open(half), open(half.slice(0, 1))];
    const reading = pages.map((page) => page.chat.resumeStream());
    await Promise.all(pages.map((page) => untilAnswering(page.chat)));
    tell({ left: textOf(half.at(-1)), resumed: pages.map((page) => page.chat.status) });
    await Promise.all(reading);
    for (const page of pages) tell(page.told());
  },

  // It is come back to when there is nothing to come back to any more.
  async late() {
    const { chat, told } = open();
    await chat.sendMessage({ text: texts[0] });
    const again = open(chat.messages.slice(0, 1));
    await again.chat.resumeStream();
    const prepareReconnectToStreamRequest = () => ({ api: `${api}/${id}/stream?ended=true` });
    const ended = open(chat.messages.slice(0, 1), { prepareReconnectToStreamRequest });
    await ended.chat.resumeStream();
    for (const page of [{ told }, again, ended]) tell(page.told());
  },

  // The stream alone, as another line of the package reads it.
  async read() {
    const sdk = await import(`ai-v${version}`);
    const transport = new sdk.DefaultChatTransport({ api, headers });
    const stream = await transport.sendMessages({
      chatId: id,
      messages: [{ id: "1", role: "user", parts: [{ type: "text", text: texts[0] }] }],
      trigger: "submit-message",
    });
    let last;
    for await (const message of sdk.readUIMessageStream({ stream, terminateOnError: true })) {
      last = message;
    }
    tell(last);
  },
};

await scenarios[scenario]();
