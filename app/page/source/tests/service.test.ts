import assert from 'node:assert/strict';
import test from 'node:test';

import { ServiceError, secondsIn } from '../service/failure';
import { giveFeedback, MOST_COMMENT_CHARS } from '../service/feedback';
import { readInfo } from '../service/info';
import { deleteSession, listSessions, readSession } from '../service/sessions';
import { listSources, readSource } from '../service/sources';

const calls: { method: string; address: string; body: unknown }[] = [];

/** The service replies these, one after the other. */
function replies(...bodies: unknown[]): void {
  calls.length = 0;
  globalThis.fetch = async (address, init) => {
    const body = init?.body ? JSON.parse(String(init.body)) : null;
    calls.push({ method: init?.method ?? 'GET', address: String(address), body });
    const reply = bodies.shift();
    if (reply instanceof Error) throw reply;
    return reply instanceof Response ? reply : new Response(JSON.stringify(reply));
  };
}

async function failureOf(run: Promise<unknown>) {
  try {
    await run;
  } catch (error) {
    if (error instanceof ServiceError) return error.failure;
    throw error;
  }
  throw new Error('expected a failure');
}

test('the information is what the service says', async () => {
  replies({ ready: true, model: { name: 'm', quotes: false }, version: '1' });
  assert.equal((await readInfo()).version, '1');
  assert.equal(calls[0]?.address, 'page/info');
});

test('what fails has a code, whatever it is', async () => {
  replies(new TypeError('refused'));
  assert.deepEqual(await failureOf(readInfo()), { code: 'unreachable', message: '', retryable: true, retryAfter: null, status: null });
  replies(new Response('<h1>502</h1>', { status: 502 }));
  assert.deepEqual(await failureOf(readInfo()), { code: 'bad_response', message: '', retryable: true, retryAfter: null, status: 502 });
  replies(new Response('{"detail":"no"}', { status: 403 }));
  assert.deepEqual(await failureOf(readInfo()), { code: 'access_refused', message: '', retryable: false, retryAfter: null, status: 403 });
  replies(new Response('{"code":"overloaded","message":"m","retryable":true}', { status: 503, headers: { 'retry-after': '2' } }));
  assert.deepEqual(await failureOf(readInfo()), { code: 'overloaded', message: 'm', retryable: true, retryAfter: 2, status: 503 });
  for (const odd of [new Response('<h1>Log in</h1>'), null, [], { ready: 'yes' }, 7]) {
    replies(odd);
    assert.equal((await failureOf(readInfo())).code, 'bad_response');
  }
});

test('what its caller calls off is no failure of the service', async () => {
  const control = new AbortController();
  control.abort();
  replies(new DOMException('called off', 'AbortError'));
  await assert.rejects(readInfo(control.signal), /called off/);
});

test('when to come again is told in seconds or as a date', () => {
  assert.deepEqual([null, '', '3', '-1', 'soon'].map((header) => secondsIn(header)), [null, null, 3, 0, null]);
  assert.equal(secondsIn('Thu, 01 Jan 1970 00:00:10 GMT', 4_000), 6);
});

test('sessions are listed page by page', async () => {
  replies({ sessions: [{ session_id: 's', title: 'T', created: 'c', used: 'u', last_turn: 2 }], next: '5-s' });
  assert.deepEqual(await listSessions('9-x y'), {
    sessions: [{ sessionId: 's', title: 'T', created: 'c', used: 'u', lastTurn: 2 }], next: '5-s',
  });
  assert.equal(calls[0]?.address, 'chat/sessions?before=9-x%20y');
  replies({ sessions: {} });
  assert.equal((await failureOf(listSessions())).code, 'bad_response');
});

test('a session is read to its last turn', async () => {
  const turn = { turn: 1, run_id: 'r', state: 'completed', code: null, question: 'Q', answer: 'A', asked: 'a', ended: 'e', sources: [{ number: 1, source: 'a.md', quotes: ['q', 7] }] };
  replies({ session_id: 's', turns: [turn], next: 1 }, { session_id: 's', turns: [{ turn: 2, state: 'odd' }], next: null });
  const { turns } = await readSession('a/b');
  assert.deepEqual(calls.map(({ address }) => address), ['chat/sessions/a%2Fb?limit=500&after=0', 'chat/sessions/a%2Fb?limit=500&after=1']);
  assert.deepEqual(turns[0]?.sources, [{ number: 1, source: 'a.md', title: 'a.md', section: null, page: null, chunkId: null, quotes: ['q'] }]);
  assert.equal(turns[1]?.state, 'failed');
  replies(new Response(null, { status: 204 }));
  await deleteSession('s');
  assert.deepEqual(calls, [{ method: 'DELETE', address: 'chat/sessions/s', body: null }]);
  // One that is gone already keeps nobody from deleting the rest; one that cannot be reached does.
  const refusal = (code: string) => new Response(JSON.stringify({ code }), { status: code === 'session_not_found' ? 404 : 503 });
  replies(refusal('session_not_found'), refusal('session_store_unavailable'));
  await deleteSession('s');
  assert.equal((await failureOf(deleteSession('s'))).code, 'session_store_unavailable');
});

test('documents are listed and searched', async () => {
  replies({ documents: [{ id: 'c', title: 'T', source: 'a.md', url: 'javascript:x', chunks: 3, language: 'en', ingested: null }], query: 'a b', page: 2, pages: 4, total: 151 });
  const list = await listSources('a b', 2);
  assert.equal(calls[0]?.address, 'sources.json?q=a+b&page=2');
  assert.deepEqual(list, { documents: [{ id: 'c', title: 'T', source: 'a.md', url: null, chunks: 3, language: 'en', ingested: null }], query: 'a b', page: 2, pages: 4, total: 151 });
});

test('a chunk is read in its document, with what comes before and after', async () => {
  replies({
    id: 'c', title: 'T', source: 'a.md', url: 'https://x.example', page: 7, chunk: 2, chunks: 3, text: 'abc', chunk_start: 0, chunk_end: 3,
    quote: { start: 1, end: 2, text: 'b' }, previous: 'http://h.example/rag/sources/p%2F1', next: null, metadata: { a: 1 },
  });
  const found = await readSource('c/1', [10, 80]);
  assert.equal(calls[0]?.address, 'sources/c%2F1.json?quote=10,80');
  assert.deepEqual([found.previous, found.next, found.page, found.quote, found.chunkEnd], ['p/1', null, 7, { start: 1, end: 2, text: 'b' }, 3]);
  replies({ title: 'no text' });
  assert.equal((await failureOf(readSource('c'))).code, 'bad_response');
});

test('feedback is sent, its comment no longer than it may be', async () => {
  replies({}, {});
  await giveFeedback('r', -1, `  ${'😀'.repeat(MOST_COMMENT_CHARS + 1)}`);
  await giveFeedback('r', 1, ' ');
  const bodies = calls.map(({ body }) => body as { comment?: string });
  assert.equal(Array.from(bodies[0]?.comment ?? '').length, MOST_COMMENT_CHARS);
  assert.deepEqual(bodies[1], { run_id: 'r', score: 1 });
  assert.deepEqual([calls[0]?.method, calls[0]?.address], ['POST', 'feedback']);
});
