/** Characters that nobody sees but that change what is seen, made harmless. Pure. */

/**
 * Embeddings and overrides of the direction, and tags. The first make text look like another one;
 * the second say things to models that readers do not see. Joiners and spaces without width stay,
 * because scripts and emoji need them, and so do isolates and marks of direction: each block is
 * isolated.
 */
const UNWANTED = /[\u202a-\u202e\u{e0000}-\u{e007f}]/gu;
/** Nobody sees it, and it changes nothing. */
const NOTHING = '\u2060';
/** The flags of England, Scotland and Wales are written with tags. */
const FLAG = /\u{1f3f4}[\u{e0061}-\u{e007a}]{1,6}\u{e007f}/gu;
/** In code, where they may change what it does, all of them are shown. */
const UNSEEN =
  /[\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0]|[\u{e0000}-\u{e0fff}]/gu;

/** A text as it is shown. */
export function harmless(text: string, inCode: boolean): string {
  if (inCode) return text.replace(UNSEEN, (each) => `⟨${nameOf(each)}⟩`);
  return withoutUnwanted(text, '');
}

/** The same of a text whose places are counted in code points: all of them stay where they are. */
export function harmlessInPlace(text: string): string {
  return withoutUnwanted(text, NOTHING);
}

function withoutUnwanted(text: string, instead: string): string {
  if (text.search(UNWANTED) < 0) return text;
  const flags = text.match(FLAG) ?? [];
  const parts = text.split(FLAG).map((part) => part.replace(UNWANTED, instead));
  return parts.map((part, n) => part + (flags[n] ?? '')).join('');
}

function nameOf(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
