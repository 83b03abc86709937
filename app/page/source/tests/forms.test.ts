import './dom';

import assert from 'node:assert/strict';
import test from 'node:test';

import { h, render, type ComponentChild } from 'preact';
import { act } from 'preact/test-utils';

import { QuestionEditor } from '../view/question_editor';
import { Verdict } from '../view/verdict';

async function show(view: ComponentChild, root: HTMLElement = document.createElement('div')): Promise<HTMLElement> {
  document.body.append(root);
  await act(() => render(view, root));
  return root;
}

function field(root: HTMLElement): HTMLTextAreaElement {
  const found = root.querySelector('textarea');
  assert.ok(found);
  return found;
}

async function submit(root: HTMLElement): Promise<void> {
  await act(async () => {
    root.querySelector('form')?.dispatchEvent(new window.Event('submit', { cancelable: true }));
  });
}

async function fill(root: HTMLElement, text: string): Promise<void> {
  await act(() => {
    field(root).value = text;
    field(root).dispatchEvent(new window.Event('input'));
  });
}

test('a thumb that is pressed again keeps the comment, which can be taken back', async () => {
  const sent: string[] = [];
  let done = 0;
  const rate = async (comment: string): Promise<void> => void sent.push(comment);
  const root = await show(h(Verdict, { score: 1, given: 'Clear.', rate, onDone: () => void done++ }));
  assert.equal(field(root).value, 'Clear.');
  await submit(root);
  assert.deepEqual([sent, done], [['Clear.'], 1]);
  await fill(root, '');
  await submit(root);
  assert.deepEqual([sent, done], [['Clear.', ''], 2]);
});

test('words wait in the editor until they can be asked', async () => {
  const asked: string[] = [];
  const onAsk = (question: string): void => void asked.push(question);
  const editor = (busy: boolean) =>
    h(QuestionEditor, { question: 'Why?', most: 99, busy, onAsk, onCancel: () => undefined });
  const root = await show(editor(true));
  await fill(root, 'Why not?');
  await submit(root);
  assert.deepEqual(asked, []);
  await show(editor(false), root);
  await submit(root);
  assert.deepEqual(asked, ['Why not?']);
});
