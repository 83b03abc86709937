/** `POST /feedback`. */

export const MOST_COMMENT_CHARS = 4_000;

export function giveFeedback(runId: string, score: -1 | 0 | 1, comment: string): Promise<void> {
  throw new Error(`not written yet ${runId} ${score} ${comment}`);
}
