/** `GET /page/info`. */

import type { Info } from '../types';
import { isObject } from './wire';
import { call, unexpected } from './call';

/** Rejects with ServiceError. */
export async function readInfo(signal?: AbortSignal): Promise<Info> {
  const info = await call('page/info', { signal: signal ?? null });
  if (!isObject(info) || typeof info['ready'] !== 'boolean' || !isObject(info['model'])) {
    throw unexpected();
  }
  // Made by the same release as this page, but for a page that was open during an update.
  return info as unknown as Info;
}
