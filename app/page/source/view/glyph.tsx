/** Small drawings on a grid of 20, in the colour of the text around them; words say what they mean. */

const PATHS = {
  menu: 'M3.5 6h13M3.5 10h13M3.5 14h13',
  plus: 'M10 4v12M4 10h12',
  document: 'M5.5 3h6l3.5 3.5V17h-9.5zM11 3v4h4M8 10.5h4.5M8 13.5h4.5',
  more: 'M4.5 10h.01M10 10h.01M15.5 10h.01',
  up: 'M10 16V4.5M5 9.5l5-5 5 5',
  down: 'M10 4v11.5M5 10.5l5 5 5-5',
  stop: 'M6 6h8v8H6z',
  copy: 'M7.5 7.5h9v9h-9zM12.5 7.5v-4h-9v9h4',
  check: 'M4 10.5l4 4 8-9',
  again: 'M16 10a6 6 0 1 1-1.8-4.3L16 7.4M16 3.5v4h-4',
  good: 'M3.5 9h3v7.5h-3zM6.5 9l3-6c1.4 0 2 .9 1.8 2L10.8 8h4.6c.9 0 1.5.8 1.3 1.7l-1.2 5.5c-.2.8-.8 1.3-1.6 1.3H6.5',
  bad: 'M3.5 11h3V3.5h-3zM6.5 11l3 6c1.4 0 2-.9 1.8-2l-.5-3h4.6c.9 0 1.5-.8 1.3-1.7l-1.2-5.5c-.2-.8-.8-1.3-1.6-1.3H6.5',
  link: 'M8.5 11.5a3 3 0 0 0 4.3 0l2.7-2.7a3 3 0 0 0-4.3-4.3l-1 1M11.5 8.5a3 3 0 0 0-4.3 0l-2.7 2.7a3 3 0 0 0 4.3 4.3l1-1',
  edit: 'M4 16l.8-3.2L13.3 4.3l2.4 2.4L7.2 15.2zM11.5 6l2.5 2.5',
  remove: 'M4 5.5h12M8 5.5V3.5h4v2M5.5 5.5l.7 11h7.6l.7-11M8.5 8.5v5M11.5 8.5v5',
  previous: 'M12 5l-5 5 5 5',
  next: 'M8 5l5 5-5 5',
  close: 'M5 5l10 10M15 5L5 15',
  options: 'M3.5 6.5h8M15 6.5h1.5M3.5 13.5h1.5M8.5 13.5h8M11.5 4.7v3.6h3.5V4.7zM5 11.7v3.6h3.5v-3.6z',
  out: 'M8 4.5H4v11.5h11.5v-4M11.5 4H16v4.5M16 4l-7 7',
};

export type GlyphName = keyof typeof PATHS;

/** In writing from right to left these point the other way. */
const DIRECTED: GlyphName[] = ['previous', 'next', 'out'];

/** These are nothing but dots or a square. */
const BOLD: GlyphName[] = ['more', 'stop'];

export function Glyph({ name }: { name: GlyphName }) {
  const directed = DIRECTED.includes(name) ? ' directed' : '';
  const bold = BOLD.includes(name) ? ' bold' : '';
  return (
    <svg class={`glyph${directed}${bold}`} viewBox="0 0 20 20" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
