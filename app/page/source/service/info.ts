/** `GET /page/info`. */

import type { Info } from '../types';

export function readInfo(signal?: AbortSignal): Promise<Info> {
  throw new Error(`not written yet ${signal}`);
}
