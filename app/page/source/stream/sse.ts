/**
 * Server-sent events out of the text of a stream, as it arrives. Pure.
 *
 * As https://html.spec.whatwg.org/multipage/server-sent-events.html has it, but that an event
 * without data is one, too: the service's `end` has none.
 */

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

const LINE_END = /\r\n|\n|\r/g;

export function sseDecoder(): SseDecoder {
  // What has come of a line that is not whole; a list, since a long line comes in many parts.
  let begun: string[] = [];
  let isFirst = true;
  let endedInReturn = false;
  let id: string | null = null;
  let event = '';
  let data: string[] = [];

  function line(text: string, into: ServerEvent[]): void {
    if (text === '') {
      if (event !== '' || data.length > 0) {
        into.push({ id, event: event || 'message', data: data.join('\n') });
      }
      event = '';
      data = [];
      return;
    }
    const colon = text.indexOf(':');
    if (colon === 0) return; // a comment, as `: ping`
    const field = colon < 0 ? text : text.slice(0, colon);
    let value = colon < 0 ? '' : text.slice(colon + 1);
    if (value.startsWith(' ')) value = value.slice(1);
    if (field === 'data') data.push(value);
    else if (field === 'event') event = value;
    else if (field === 'id' && !value.includes('\0')) id = value;
  }

  return {
    feed(text) {
      const events: ServerEvent[] = [];
      if (text === '') return events;
      if (isFirst) text = text.replace(/^\uFEFF/, '');
      isFirst = false;
      if (endedInReturn && text.startsWith('\n')) text = text.slice(1);
      endedInReturn = text.endsWith('\r');
      let at = 0;
      for (const end of text.matchAll(LINE_END)) {
        begun.push(text.slice(at, end.index));
        line(begun.join(''), events);
        begun = [];
        at = end.index + end[0].length;
      }
      if (at < text.length) begun.push(text.slice(at));
      return events;
    },
  };
}
