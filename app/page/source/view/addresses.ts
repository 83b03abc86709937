/** Where a passage or a citation leads. Pure but for the page's own address. */

import { fromPage } from '../service/wire';
import type { Citation, Passage } from '../types';

/** The address, if a reader may be sent there: on the service or in the web. */
export function safeAddress(address: string | null | undefined, base = document.baseURI): string | null {
  if (!address) return null;
  try {
    const url = new URL(fromPage(address), base);
    return url.protocol === 'https:' || url.protocol === 'http:' ? url.href : null;
  } catch {
    return null;
  }
}

/** The document of a passage as the service shows it, a quote of it marked. */
function shown(passage: Passage, quote: Citation | null): string | null {
  if (!passage.chunkId) return null;
  const marked = quote ? `?quote=${quote.quoteStart},${quote.quoteEnd}` : '';
  return safeAddress(`/sources/${encodeURIComponent(passage.chunkId)}${marked}`);
}

/** Where a click on a citation, or on the title of a passage, leads. */
export function addressOf(passage: Passage, citation: Citation | null): string | null {
  return safeAddress(citation?.url) ?? shown(passage, citation);
}
