import assert from 'node:assert/strict';
import test from 'node:test';

import { sseDecoder } from '../stream/sse';

const WIRE =
  'id: 1\r\nevent: metadata\r\ndata: {"run_id":"r"}\r\n\r\n' +
  ': ping\r\n' +
  'id: 2\r\nevent: data\r\ndata: {"answer":"Grüße 😀"}\r\n\r\n' +
  'id: 3\r\nevent: end\r\n\r\n';

test('events come out whole however the text is cut', () => {
  const whole = sseDecoder().feed(WIRE);
  assert.deepEqual(whole, [
    { id: '1', event: 'metadata', data: '{"run_id":"r"}' },
    { id: '2', event: 'data', data: '{"answer":"Grüße 😀"}' },
    { id: '3', event: 'end', data: '' },
  ]);
  for (let size = 1; size < 9; size++) {
    const decoder = sseDecoder();
    const found = [];
    for (let at = 0; at < WIRE.length; at += size) found.push(...decoder.feed(WIRE.slice(at, at + size)));
    assert.deepEqual(found, whole, `in parts of ${size}`);
  }
});

test('all line ends, comments, several lines of data and unknown fields are read', () => {
  const found = sseDecoder().feed('\uFEFF: hello\nretry: 5\ndata:a\ndata: b\n\nevent: x\rdata\r\r\n');
  assert.deepEqual(found, [
    { id: null, event: 'message', data: 'a\nb' },
    { id: null, event: 'x', data: '' },
  ]);
});

test('an event without a number of its own has that of the one before', () => {
  const found = sseDecoder().feed('id: 7\nevent: data\ndata: 1\n\nevent: error\ndata: 2\n\n');
  assert.deepEqual(found.map(({ id }) => id), ['7', '7']);
});

test('what is not ended is no event', () => {
  assert.deepEqual(sseDecoder().feed('event: data\ndata: {"answer":'), []);
});
