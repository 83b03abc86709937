/** What an event makes of an answer. Pure: an Answer and its arrays are never changed, only replaced. */

import type { Answer } from '../types';
import type { ServerEvent } from './sse';

/** An answer that has just been asked for. `askedAt`: milliseconds since 1970. */
export function newAnswer(askedAt: number): Answer {
  throw new Error(`not written yet ${askedAt}`);
}

/** Whether nothing comes any more. */
export function isEnded(answer: Answer): boolean {
  throw new Error(`not written yet ${answer.stage}`);
}

/** The answer after these events, in their order. `now`: milliseconds since 1970. */
export function afterEvents(answer: Answer, events: ServerEvent[], now: number): Answer {
  throw new Error(`not written yet ${answer.stage} ${events.length} ${now}`);
}
