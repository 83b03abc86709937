/** Answers to take along. Pure. */

import type { Answer, Conversation } from '../types';

/** The words that are needed; the page's strings have them. */
export interface ExportWords {
  sources: string;
  question: string;
}

/** Markdown with footnotes for the sources, numbered by first use. */
export function answerAsMarkdown(answer: Answer): string {
  throw new Error(`not written yet ${answer}`);
}

/** The same as plain text: `[1]` in it, and below it the list of sources. */
export function answerAsText(answer: Answer, words: ExportWords): string {
  throw new Error(`not written yet ${answer} ${words}`);
}

/** All shown questions and answers as one Markdown document; footnotes are numbered through. */
export function conversationAsMarkdown(conversation: Conversation, words: ExportWords): string {
  throw new Error(`not written yet ${conversation} ${words}`);
}

/** A name for a file of it, without an ending. */
export function fileNameOf(conversation: Conversation): string {
  throw new Error(`not written yet ${conversation}`);
}
