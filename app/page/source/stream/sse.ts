/** Server-sent events out of the text of a stream, as it arrives. Pure. */

export interface ServerEvent {
  /** The number that the stream gave last: what to go on after. */
  id: string | null;
  event: string;
  data: string;
}

export interface SseDecoder {
  /** The events that became whole with this text. */
  feed(text: string): ServerEvent[];
}

export function sseDecoder(): SseDecoder {
  throw new Error('not written yet');
}
