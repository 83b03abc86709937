/** A document for modules that need one: imported first, for what it sets. jsdom runs no scripts. */
import { JSDOM } from 'jsdom';

const { window } = new JSDOM('<!doctype html><body></body>', { url: 'http://page.example/' });
const { document, Node, NodeFilter, HTMLElement, HTMLButtonElement } = window;
Object.assign(globalThis, { window, document, Node, NodeFilter, HTMLElement, HTMLButtonElement });

/** The HTML that nodes are. */
export function htmlIn(nodes: Node): string {
  const element = document.createElement('div');
  element.append(nodes.cloneNode(true));
  return element.innerHTML;
}
