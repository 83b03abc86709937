import assert from 'node:assert/strict';
import test from 'node:test';

import { newAnswer } from '../stream/events';
import { bodyOf, type Question } from '../stream/question';
import { ask, comeBack, pauseMs } from '../stream/request';
import { pauseAfter, type Surroundings } from '../stream/surroundings';
import type { Answer } from '../types';

const QUESTION: Question = {
  messages: [{ role: 'user', content: 'Why?' }],
  options: { k: null, searchType: null, filter: {} },
  sessionId: null,
  resumeSeconds: 300,
};
const BEGIN = ['id: 1\nevent: metadata\ndata: {"run_id":"r"}\n\n', 'id: 2\nevent: data\ndata: {"answer":"Half"}\n\n'];
const END = [
  'id: 3\nevent: data\ndata: {"answer":" whole"}\n\n',
  'id: 4\nevent: data\ndata: {"status":{"state":"completed","run_id":"r","model":"m"}}\n\n',
  'id: 5\nevent: end\n\n',
];

type Reply = Response | Error | ((signal: AbortSignal | null) => Promise<Response>);

/** A service that replies what it is told to, and a browser whose time passes at once. */
function place(replies: Reply[]) {
  const calls: { method: string; address: string; headers: Record<string, string>; body: string }[] = [];
  const pauses: number[] = [];
  let time = 1_000;
  const online = new Set<() => void>();
  const state = { online: true, holdsPauses: false };
  const around: Surroundings = {
    async fetch(address, init) {
      const headers = Object.fromEntries(new Headers(init?.headers).entries());
      calls.push({ method: init?.method ?? 'GET', address: String(address), headers, body: String(init?.body ?? '') });
      if (init?.method === 'DELETE') return new Response(null, { status: 204 });
      const reply = replies.shift() ?? new TypeError('no more replies');
      if (reply instanceof Error) throw reply;
      return typeof reply === 'function' ? reply(init?.signal ?? null) : reply;
    },
    now: () => time,
    random: () => 1,
    after(milliseconds, run) {
      if (milliseconds === 25_000) return () => undefined; // the watch for silence
      pauses.push(milliseconds);
      if (state.holdsPauses) return () => undefined;
      time += milliseconds;
      let isOff = false;
      queueMicrotask(() => isOff || run());
      return () => void (isOff = true);
    },
    nextFrame(run) {
      let isOff = false;
      queueMicrotask(() => isOff || run());
      return () => void (isOff = true);
    },
    isOnline: () => state.online,
    onOnline(run) {
      online.add(run);
      return () => online.delete(run);
    },
  };
  const seen: Answer[] = [];
  return { around, calls, pauses, seen, state, online, see: (answer: Answer) => void seen.push(answer) };
}

function stream(parts: string[], how: 'ends' | 'breaks' = 'ends'): Response {
  const encoder = new TextEncoder();
  const left = [...parts];
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const part = left.shift();
      if (part !== undefined) controller.enqueue(encoder.encode(part));
      else if (how === 'ends') controller.close();
      else controller.error(new TypeError('network error'));
    },
  });
  return new Response(body, { headers: { 'content-type': 'text/event-stream; charset=utf-8' } });
}

/** Sends what it has and stays open, until its reader leaves. */
function open(parts: string[]): Reply {
  return async (signal) => {
    const encoder = new TextEncoder();
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const part of parts) controller.enqueue(encoder.encode(part));
        signal?.addEventListener('abort', () => controller.error(signal.reason));
      },
    });
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
  };
}

function problem(status: number, code: string, retryable: boolean, headers = {}): Response {
  return new Response(JSON.stringify({ status_code: status, code, retryable, message: 'words' }), { status, headers });
}

/** Until what was begun has gone as far as it can. */
async function settle(): Promise<void> {
  for (let n = 0; n < 50; n++) await new Promise<void>((resolve) => queueMicrotask(resolve));
  await new Promise((resolve) => setTimeout(resolve, 0));
}

test('a question is posted and its answer followed to its end', async () => {
  const { around, calls, seen, see } = place([stream([...BEGIN, ...END])]);
  const answer = await ask(QUESTION, see, around).done;
  assert.equal(answer.stage, 'completed');
  assert.equal(answer.text, 'Half whole');
  assert.equal(seen.at(-1), answer);
  assert.equal(calls.length, 1);
  assert.equal(calls[0]?.address, 'chat/stream');
  assert.equal(calls[0]?.headers['x-on-disconnect'], 'continue');
  assert.deepEqual(JSON.parse(calls[0]?.body ?? ''), { input: { messages: QUESTION.messages }, config: { configurable: {} } });
});

test('the body has what was chosen, and nothing of what was not', () => {
  const options = { k: 8, searchType: 'lexical' as const, filter: { source: ['a.md'], title: [] } };
  assert.deepEqual(bodyOf({ ...QUESTION, options, sessionId: 's' }), {
    input: { messages: QUESTION.messages },
    config: { configurable: { k: 8, search_type: 'lexical', filter: { source: ['a.md'] }, session_id: 's' } },
  });
});

test('a connection that breaks is come back to after the last event', async () => {
  const { around, calls, seen, see, pauses } = place([stream(BEGIN, 'breaks'), stream(END)]);
  const answer = await ask(QUESTION, see, around).done;
  assert.equal(answer.stage, 'completed');
  assert.equal(answer.text, 'Half whole');
  assert.equal(calls[1]?.address, 'chat/runs/r/stream?after=2');
  assert.ok(seen.some(({ stage }) => stage === 'offline'));
  assert.deepEqual(pauses, [500]);
});

test('a stream that just stops is come back to, too', async () => {
  const { around, see } = place([stream(BEGIN), stream(END)]);
  assert.equal((await ask(QUESTION, see, around).done).stage, 'completed');
});

test('pauses grow, differ, and end', () => {
  assert.deepEqual([0, 1, 2, 3, 4, 5, 9].map((n) => pauseMs(n, 1)), [500, 1000, 2000, 4000, 8000, 15000, 15000]);
  assert.equal(pauseMs(0, 0), 250);
});

test('what fails for a while is tried again, not before it was said to be time', async () => {
  const { around, see, pauses } = place([
    stream(BEGIN, 'breaks'), new TypeError('down'), problem(503, 'overloaded', true, { 'retry-after': '7' }), stream(END),
  ]);
  assert.equal((await ask(QUESTION, see, around).done).stage, 'completed');
  assert.deepEqual(pauses, [500, 1000, 7000]);
});

test('an answer that is kept no more fails, can be asked again, and its text stays', async () => {
  for (const [status, code] of [[404, 'run_not_found'], [410, 'events_gone'], [502, 'run_lost']] as const) {
    const { around, see } = place([stream(BEGIN, 'breaks'), problem(status, code, false)]);
    const answer = await ask(QUESTION, see, around).done;
    assert.equal(answer.stage, 'failed');
    assert.equal(answer.failure?.code, code);
    assert.ok(answer.failure?.retryable);
    assert.equal(answer.text, 'Half');
  }
});

test('no events left before the end was seen is a failure', async () => {
  const { around, see } = place([stream(BEGIN, 'breaks'), new Response(null, { status: 204 })]);
  assert.equal((await ask(QUESTION, see, around).done).failure?.code, 'broken_off');
});

test('a service that is gone is given up after the time for which it keeps answers', async () => {
  const { around, see, calls } = place([stream(BEGIN, 'breaks')]);
  const answer = await ask({ ...QUESTION, resumeSeconds: 60 }, see, around).done;
  assert.equal(answer.failure?.code, 'unreachable');
  assert.ok(answer.failure?.retryable);
  assert.ok(calls.length > 4 && calls.length < 12, `${calls.length} calls`);
});

test('where answers are not kept a break is a failure at once', async () => {
  const { around, see, calls } = place([stream(BEGIN, 'breaks')]);
  const answer = await ask({ ...QUESTION, resumeSeconds: 0 }, see, around).done;
  assert.equal(answer.failure?.code, 'broken_off');
  assert.equal(calls[0]?.headers['x-on-disconnect'], undefined);
  assert.equal(calls.length, 1);
});

test('without a network it waits, and goes on when there is one again', async () => {
  const { around, see, seen, state, online } = place([new TypeError('offline'), stream([...BEGIN, ...END])]);
  state.online = false;
  state.holdsPauses = true;
  const running = ask(QUESTION, see, around);
  await settle();
  assert.equal(seen.at(-1)?.stage, 'offline');
  assert.equal(online.size, 1);
  state.online = true;
  for (const run of [...online]) run();
  assert.equal((await running.done).stage, 'completed');
  assert.equal(online.size, 0);
});

test('a service that cannot be reached although there is a network is told at once', async () => {
  const { around, see, calls } = place([new TypeError('refused')]);
  const answer = await ask(QUESTION, see, around).done;
  assert.deepEqual([answer.failure?.code, answer.failure?.retryable, calls.length], ['unreachable', true, 1]);
});

test('an HTTP error is a failure with its code and when to ask again', async () => {
  const { around, see } = place([problem(503, 'overloaded', true, { 'retry-after': '3' })]);
  const { failure } = await ask(QUESTION, see, around).done;
  assert.deepEqual(failure, { code: 'overloaded', message: 'words', retryable: true, retryAfter: 3, status: 503 });
});

test('what is none of the service has codes of the page', async () => {
  const refused = place([new Response('<h1>Who are you?</h1>', { status: 401 })]);
  assert.equal((await ask(QUESTION, refused.see, refused.around).done).failure?.code, 'access_refused');
  const login = place([new Response('<h1>Log in</h1>', { headers: { 'content-type': 'text/html' } })]);
  assert.equal((await ask(QUESTION, login.see, login.around).done).failure?.code, 'bad_response');
});

test('to stop keeps what came and tells the service', async () => {
  const { around, see, seen, calls } = place([open(BEGIN)]);
  const running = ask(QUESTION, see, around);
  await settle();
  assert.equal(seen.at(-1)?.text, 'Half');
  running.stop();
  running.stop();
  const answer = await running.done;
  assert.equal(answer.stage, 'stopped');
  assert.equal(answer.text, 'Half');
  assert.equal(seen.at(-1)?.stage, 'stopped');
  assert.deepEqual(calls.slice(1).map(({ method, address }) => `${method} ${address}`), ['DELETE chat/runs/r']);
});

test('to stop while it waits for the network ends the waiting', async () => {
  const { around, see, state, online } = place([stream(BEGIN, 'breaks')]);
  state.holdsPauses = true;
  const running = ask(QUESTION, see, around);
  await settle();
  running.stop();
  assert.equal((await running.done).stage, 'stopped');
  assert.equal(online.size, 0);
});

test('to leave tells nobody', async () => {
  const { around, see, seen, calls } = place([open(BEGIN)]);
  const running = ask(QUESTION, see, around);
  await settle();
  const before = seen.length;
  running.leave();
  assert.equal((await running.done).stage, 'answering');
  assert.equal(seen.length, before);
  assert.equal(calls.length, 1);
});

test('after a reload it goes on after the very event', async () => {
  const { around, see, calls } = place([stream(END)]);
  const before: Answer = { ...newAnswer(1), stage: 'answering', runId: 'r', lastEvent: '2', text: 'Half' };
  const answer = await comeBack(before, 300, see, around).done;
  assert.equal(answer.text, 'Half whole');
  assert.equal(calls[0]?.address, 'chat/runs/r/stream?after=2');
  const unknown = place([]);
  assert.equal((await comeBack(newAnswer(1), 300, unknown.see, unknown.around).done).failure?.code, 'broken_off');
  assert.equal(unknown.calls.length, 0);
});

test('a store that is away for its reader does not end the answer', async () => {
  const away = 'event: error\ndata: {"code":"run_store_unavailable","retryable":true}\n\n';
  const { around, see } = place([stream([...BEGIN, away]), stream(END)]);
  const answer = await ask(QUESTION, see, around).done;
  assert.equal(answer.stage, 'completed');
});

test('many pieces in a frame are shown once', async () => {
  const pieces = Array.from({ length: 100 }, (_, n) => `id: ${n + 2}\nevent: data\ndata: {"answer":"x"}\n\n`);
  const { around, see, seen } = place([stream([BEGIN[0] ?? '', pieces.join(''), ...END])]);
  const answer = await ask(QUESTION, see, around).done;
  assert.ok(answer.text.startsWith('x'.repeat(100)));
  assert.ok(seen.length < 8, `${seen.length} times`);
});

test('the dearer a frame, the longer until the next', () => {
  assert.deepEqual([0, 5, 16, 20, 40, 1_000].map(pauseAfter), [0, 0, 0, 60, 120, 250]);
});
