/** One request to the service and its JSON. Addresses are relative to the page, wherever it is mounted. */

import { ServiceError, failureIn, failureOf } from './failure';

/** The JSON of the answer; null where it has none (204). Rejects with ServiceError. */
export async function call(path: string, init: RequestInit = {}): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(path, { ...init, headers: { accept: 'application/json', ...init.headers } });
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new ServiceError(failureOf('unreachable', true));
  }
  if (!response.ok) throw new ServiceError(await failureIn(response));
  if (response.status === 204) return null;
  try {
    return await response.json();
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new ServiceError(failureOf('bad_response', false));
  }
}

/** Of an answer that is JSON but not what was asked for. */
export function unexpected(): ServiceError {
  return new ServiceError(failureOf('bad_response', false));
}
