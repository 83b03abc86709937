/** Colours for code; loaded when the first code appears. */

/** Replaces the element's text by the same with spans (`hljs-…`); leaves it where there is no such language. */
export function highlightCode(element: HTMLElement, language: string): Promise<void> {
  throw new Error(`not written yet ${element} ${language}`);
}
