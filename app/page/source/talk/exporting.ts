/** Answers to take along. Pure. */

import { openFence } from '../markdown/open_end';
import { marksOf, statementsOf } from '../markdown/places';
import { fromPage } from '../service/wire';
import type { Answer, Citation, Conversation } from '../types';
import { shownAnswer } from './conversation';

/** How an answer ended, in words; null where there is nothing to say of it. */
export type Ending = (answer: Answer) => string | null;

/** Sources in the order of their first use, and what was quoted from each. */
interface Note {
  title: string;
  address: string | null;
  quotes: string[];
}

/** Which note a passage has, by what tells it from others. */
type Notes = Map<string, { number: number; note: Note }>;

/** Markdown with footnotes for the sources, numbered by first use. `page`: the page's address. */
export function answerAsMarkdown(answer: Answer, page: string, ending: Ending): string {
  const notes: Notes = new Map();
  return joined([...withNotes(answer, notes, page, ending), footnotes(notes)]);
}

/** All shown questions and answers as one Markdown document; footnotes are numbered through. */
export function conversationAsMarkdown(conversation: Conversation, page: string, ending: Ending): string {
  const notes: Notes = new Map();
  const parts = [`# ${escaped(oneLine(conversation.title))}`];
  for (const turn of conversation.turns) {
    parts.push(`## ${escaped(oneLine(turn.question))}`);
    parts.push(...withNotes(shownAnswer(turn), notes, page, ending));
  }
  return joined([...parts, footnotes(notes)]);
}

/** A name for a file of it, without an ending. */
export function fileNameOf(conversation: Conversation): string {
  const words = conversation.title.match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  const name = Array.from(words.join('-')).slice(0, 60).join('').replace(/-$/, '');
  return name === '' ? 'conversation' : name;
}

/** The answer's text, its markers replaced, and how it ended; adds what they name to the notes. */
function withNotes(answer: Answer, notes: Notes, page: string, ending: Ending): string[] {
  const { text, citations } = answer;
  const parts: string[] = [];
  let at = 0;
  for (const { citation, start, end } of marksOf(text, citations, statementsOf(text, citations))) {
    const cited = citations[citation];
    if (cited === undefined) continue;
    parts.push(text.slice(at, start), `[^${numberOf(answer, cited, notes, page)}]`);
    at = end;
  }
  parts.push(text.slice(at));
  const whole = parts.join('').trim();
  // What breaks off within code would make code of all that follows.
  const fence = openFence(whole);
  const said = ending(answer);
  return [fence === '' ? whole : `${whole}\n${fence}`, said === null ? '' : `*${escaped(said)}*`];
}

function numberOf(answer: Answer, citation: Citation, notes: Notes, page: string): number {
  const passage = answer.passages[citation.document];
  const key = passage?.chunkId || `${answer.runId} ${citation.document}`;
  let found = notes.get(key);
  if (found === undefined) {
    const title = passage?.title || passage?.source || `${citation.marker}`;
    const address = addressOf(citation, passage?.source ?? '', page);
    found = { number: notes.size + 1, note: { title, address, quotes: [] } };
    notes.set(key, found);
  }
  const quote = oneLine(citation.quote);
  if (quote !== '' && !found.note.quotes.includes(quote)) found.note.quotes.push(quote);
  return found.number;
}

/** Where the source is, for somebody elsewhere; null where nowhere. */
function addressOf({ url }: Citation, source: string, page: string): string | null {
  const found = url ?? (/^https?:\/\//i.test(source) ? source : null);
  const given = found === null ? null : fromPage(found);
  return given !== null && URL.canParse(given, page) ? new URL(given, page).href : null;
}

function footnotes(notes: Notes): string {
  return [...notes.values()]
    .map(({ number, note: { title, address, quotes } }) => {
      const name = escaped(oneLine(title));
      const link = address === null ? name : `[${name}](<${address.replace(/[<>]/g, encodeURIComponent)}>)`;
      const said = quotes.map((quote) => `“${escaped(quote)}”`).join(' … ');
      return `[^${number}]: ${link}${said === '' ? '' : `: ${said}`}`;
    })
    .join('\n');
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** Text that is to be read as it is, also as Markdown. */
function escaped(text: string): string {
  return text.replace(/[\\`*_[\]<>#|~]/g, '\\$&');
}

function joined(parts: string[]): string {
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}
