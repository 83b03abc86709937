/** A question as the service is asked it: docs/http.md. Pure. */

import type { Options } from '../types';

export interface Message {
  role: 'user' | 'assistant';
  content: string;
}

/** A question as the service is asked it. */
export interface Question {
  messages: Message[];
  options: Options;
  sessionId: string | null;
  /** For how long the service keeps the answer for who comes back (`Info.resumeSeconds`). */
  resumeSeconds: number;
}

/** The body of the request. */
export function bodyOf({ messages, options, sessionId }: Question): unknown {
  const { k, searchType, filter } = options;
  const fields = Object.entries(filter).filter(([, values]) => values.length > 0);
  return {
    input: { messages },
    config: {
      configurable: {
        ...(k === null ? {} : { k }),
        ...(searchType === null ? {} : { search_type: searchType }),
        ...(fields.length === 0 ? {} : { filter: Object.fromEntries(fields) }),
        ...(sessionId === null ? {} : { session_id: sessionId }),
      },
    },
  };
}
