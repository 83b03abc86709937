/**
 * HTML as nodes of the page, by DOMPurify with a list of what may be in it. Whatever is not on it
 * is taken out and its text stays. Nodes, not a string: nothing is parsed a second time.
 */

import createPurifier, { type Config, type DOMPurify } from 'dompurify';

/** No pictures, which would call home; no styles, forms, ids or classes; nothing of SVG or MathML. */
const ANSWER: Config = {
  ALLOWED_TAGS: [
    'a', 'blockquote', 'br', 'code', 'del', 'em', 'h3', 'h4', 'h5', 'h6', 'hr', 'li', 'ol', 'p',
    'pre', 'strong', 'table', 'tbody', 'td', 'th', 'thead', 'tr', 'ul', '#text',
  ],
  ALLOWED_ATTR: ['href', 'start', 'align', 'data-language'],
  ADD_URI_SAFE_ATTR: ['start', 'align', 'data-language'],
  ALLOWED_URI_REGEXP: /^(?:https?:\/\/|mailto:)/i,
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
};
/** What highlight.js makes of code. */
const CODE: Config = {
  ALLOWED_TAGS: ['span', '#text'],
  ALLOWED_ATTR: ['class'],
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
};

let purifier: DOMPurify | null = null;

export function sanitised(html: string, kind: 'answer' | 'code'): DocumentFragment {
  purifier ??= createPurifier(window);
  const config = kind === 'answer' ? ANSWER : CODE;
  return purifier.sanitize(html, { ...config, RETURN_DOM_FRAGMENT: true });
}
