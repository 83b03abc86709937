/** How requests to the service fail. */

import type { Failure } from '../types';

/**
 * The page's own codes beside the service's (docs/http.md#errors):
 * `unreachable`: no answer from the network; `access_refused`: 401 or 403; `bad_response`: an
 * answer that is none of the service's; `broken_off`: a stream that ended too early and cannot be
 * come back to.
 */
export type PageCode = 'unreachable' | 'access_refused' | 'bad_response' | 'broken_off';

/** Thrown by all of `service/`. An abort by the caller is thrown as it is (`AbortError`). */
export class ServiceError extends Error {
  constructor(readonly failure: Failure) {
    super(failure.message);
  }
}

export function failureOf(code: PageCode, retryable: boolean, message?: string): Failure {
  throw new Error(`not written yet ${code} ${retryable} ${message}`);
}

/** The failure that an HTTP response tells of. Never rejects. */
export function failureIn(response: Response): Promise<Failure> {
  throw new Error(`not written yet ${response}`);
}
