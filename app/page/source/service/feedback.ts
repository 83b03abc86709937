/** `POST /feedback`: docs/feedback.md. */

import { call } from './call';

export const MOST_COMMENT_CHARS = 4_000;

/** Rejects with ServiceError. What is said again replaces what was said before. */
export async function giveFeedback(runId: string, score: -1 | 0 | 1, comment: string): Promise<void> {
  // Characters, as the service counts them: never half of a surrogate pair.
  const words = Array.from(comment.trim()).slice(0, MOST_COMMENT_CHARS).join('');
  await call('feedback', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ run_id: runId, score, ...(words === '' ? {} : { comment: words }) }),
  });
}
