/** What the service is asked with: the question, and what was said before it. Pure. */

import type { Message, Question } from '../stream/question';
import type { Conversation, Options } from '../types';
import { shownAnswer } from './conversation';

/** Bounds of the service's (docs/http.md), and of a body somewhat below its 1 MB. */
const MOST_MESSAGES = 500;
const MOST_MESSAGE_CHARS = 100_000;
const MOST_BYTES = 800_000;
/** Of these the service's own sessions have the question alone, too. */
const WITHOUT_ANSWER = ['failed', 'stopped'];

/** The request for the shown answer of a turn. A session has its history at the service. */
export function questionFor(
  conversation: Conversation,
  turnId: string,
  options: Options,
  resumeSeconds: number,
): Question {
  const at = conversation.turns.findIndex(({ id }) => id === turnId);
  const turn = conversation.turns[at];
  if (turn === undefined) throw new Error(`expected a turn of the conversation, got ${turnId}`);
  const { sessionId } = conversation;
  const asking: Message = { role: 'user', content: turn.question };
  const messages = sessionId === null ? [...historyBefore(conversation, at), asking] : [asking];
  return { messages, options, sessionId, resumeSeconds };
}

/** What was said before the turn at that place, oldest first; of much only the latest. */
function historyBefore(conversation: Conversation, at: number): Message[] {
  const history: Message[] = [];
  let bytes = 0;
  for (const turn of conversation.turns.slice(0, at).reverse()) {
    const answer = shownAnswer(turn);
    const said: Message[] = [{ role: 'user', content: turn.question }];
    if (!WITHOUT_ANSWER.includes(answer.stage) && answer.text.trim() !== '') {
      said.push({ role: 'assistant', content: clipped(answer.text) });
    }
    bytes += new TextEncoder().encode(JSON.stringify(said)).length;
    if (bytes > MOST_BYTES || history.length + said.length >= MOST_MESSAGES) break;
    history.unshift(...said);
  }
  return history;
}

/** As much as a message may have, with no half of a surrogate pair at its end or elsewhere. */
function clipped(text: string): string {
  return text.slice(0, MOST_MESSAGE_CHARS).replace(/\p{Cs}/gu, '\uFFFD');
}
