/**
 * Markdown as HTML, by `marked` with GitHub's additions. Pure. What it gives is still to be
 * sanitised. HTML in the Markdown is text, pictures are their descriptions.
 */

import { Marked } from 'marked';

import { SENTINEL_FIRST } from './sentinels';

/** Where link references lead, by their labels as `marked` normalises them. */
export type Links = Record<string, { href: string; title: string | undefined }>;

/** Headings of an answer are below those of the page. */
const HEADINGS_BELOW = 2;
const DEEPEST = 6;
/** A definition of a reference must not swallow a marker: `[1]: https://…`. */
const DEFINES_MARKER = /^ {0,3}\[[\ue000-\uf8fe]/;

const marked = new Marked({
  gfm: true,
  extensions: [
    {
      name: 'marker',
      level: 'inline',
      start: (text) => {
        const at = text.search(/\[[\ue000-\uf8fe]/);
        return at < 0 ? undefined : at;
      },
      tokenizer(text) {
        const raw = SENTINEL_FIRST.exec(text)?.[0];
        return raw === undefined ? undefined : { type: 'marker', raw };
      },
      renderer: ({ raw }) => raw,
    },
  ],
  tokenizer: {
    html: () => undefined,
    tag: () => undefined,
    def: (text) => (DEFINES_MARKER.test(text) ? undefined : false),
  },
  renderer: {
    heading({ tokens, depth }) {
      const level = Math.min(DEEPEST, depth + HEADINGS_BELOW);
      return `<h${level}>${this.parser.parseInline(tokens)}</h${level}>\n`;
    },
    code({ text, lang }) {
      const language = /^[\w+#.-]{1,30}/.exec(lang?.trim() ?? '')?.[0] ?? '';
      return `<pre><code data-language="${escaped(language)}">${escaped(text)}\n</code></pre>\n`;
    },
    link({ href, tokens }) {
      return `<a href="${escaped(href)}">${this.parser.parseInline(tokens)}</a>`;
    },
    image({ text, href }) {
      return escaped(text || href);
    },
    checkbox: ({ checked }) => (checked ? '☑ ' : '☐ '),
  },
});

/** The text's blocks in their order: where they begin, what is code; adds to `links`. */
export function blocksIn(text: string, links: Links): { kind: string; raw: string }[] {
  const lexer = new marked.Lexer(marked.defaults);
  lexer.tokens.links = links as typeof lexer.tokens.links;
  const tokens = lexer.blockTokens(text, []);
  return tokens.map(({ type, raw }) => ({ kind: type, raw }));
}

/** HTML that is still to be sanitised. */
export function htmlOf(text: string, links: Links): string {
  const lexer = new marked.Lexer(marked.defaults);
  lexer.tokens.links = { ...links } as typeof lexer.tokens.links;
  return marked.Parser.parse(lexer.lex(text), marked.defaults).trimEnd();
}

/** The label of a reference as `links` has it. */
export function labelOf(label: string): string {
  return label.toLowerCase().replace(/\s+/g, ' ');
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

