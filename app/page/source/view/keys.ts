/** What keys mean. */

/** Enter asks, but not while an input method is composing: there it takes a candidate. */
export function asksNow(event: KeyboardEvent): boolean {
  // Safari ends the composition before the key's event, and gives it this code.
  const composing = event.isComposing || event.keyCode === 229;
  return event.key === 'Enter' && !event.shiftKey && !event.altKey && !composing;
}
