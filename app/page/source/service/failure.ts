/** How requests to the service fail. */

import { isObject, numberIn, stringIn } from './wire';
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
    super(failure.message || failure.code);
    this.name = 'ServiceError';
  }
}

export function failureOf(code: PageCode, retryable: boolean, message = ''): Failure {
  return { code, message, retryable, retryAfter: null, status: null };
}

/** Whether the same may go well a little later, where nothing but the status tells. */
function isPassing(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

/** The failure that an HTTP response tells of. Never rejects. */
export async function failureIn(response: Response): Promise<Failure> {
  let body: unknown = null;
  try {
    body = await response.json();
  } catch {
    // Not of the service: a proxy in front of it, for instance.
  }
  const { status } = response;
  const code = stringIn(body, 'code');
  const refused = status === 401 || status === 403;
  return {
    code: code ?? (refused ? 'access_refused' : 'bad_response'),
    message: stringIn(body, 'message') ?? '',
    retryable: isObject(body) && code !== null ? body['retryable'] === true : isPassing(status),
    retryAfter: secondsIn(response.headers.get('retry-after')) ?? numberIn(body, 'retry_after'),
    status,
  };
}

/** Seconds of a `Retry-After`, which may also be a date. */
export function secondsIn(header: string | null, now: number = Date.now()): number | null {
  if (header === null || header.trim() === '') return null;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds);
  const date = Date.parse(header);
  return Number.isNaN(date) ? null : Math.max(0, Math.ceil((date - now) / 1000));
}
