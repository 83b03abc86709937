// Asks a LangServe service through LangChain's JavaScript client, for the tests.
//   node client.mjs BASE_URL MODE QUESTION [OPTIONS_JSON]
// One JSON line per chunk or result; `error` streams and prints how that failed.
// Options: headers, timeout (ms, of the whole call), config, stopAfter (chunks), messages (pairs
// of "human" or "ai" and a text, in place of the question).

import { AIMessage, HumanMessage } from "@langchain/core/messages";
import { RemoteRunnable } from "@langchain/core/runnables/remote";

const [base, mode, question, rest] = process.argv.slice(2);
const { headers, timeout, config, stopAfter, messages } = JSON.parse(rest ?? "{}");
const remote = new RemoteRunnable({ url: base, options: { headers, timeout } });
const said = (kind, text) => (kind === "human" ? new HumanMessage(text) : new AIMessage(text));
const input = messages
  ? { messages: messages.map((pair) => said(...pair)) }
  : { input: question };

const print = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);

async function* calls() {
  switch (mode) {
    case "invoke":
      yield await remote.invoke(input, config);
      break;
    case "batch":
      yield* await remote.batch([input, input], config);
      break;
    case "stream":
    case "error":
      yield* await remote.stream(input, config);
      break;
    case "streamLog":
      yield* remote.streamLog(input, config);
      break;
    case "streamEvents":
      yield* remote.streamEvents(input, { ...config, version: "v2" });
      break;
    default:
      throw new Error(`no such mode: ${mode}`);
  }
}

const described = (error) => ({
  name: error.name,
  message: error.message,
  status: error.response?.status,
});

let chunks = 0;
try {
  for await (const chunk of calls()) {
    chunks += 1;
    if (mode !== "error") print(chunk);
    if (chunks === stopAfter) break;
  }
  if (mode === "error") print({ name: null, message: "it did not fail", chunks });
} catch (error) {
  if (mode === "error") {
    print({ ...described(error), chunks });
  } else {
    console.error(JSON.stringify(described(error)));
    process.exitCode = 1;
  }
}
