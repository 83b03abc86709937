/** Moving what scrolls. */

import { scrolling } from './hooks';

/** The nearest thing around an element that scrolls by itself; null: the page does. */
function scrollerOf(element: Element): HTMLElement | null {
  return element.closest<HTMLElement>('.column, dialog');
}

/** Brings an element, or a part of it, into sight within its column; the page stays where it is. */
export function intoView(element: HTMLElement, part: Element | null): void {
  // A dialog that it is in may just be about to open.
  requestAnimationFrame(() => scrollTo(element, part));
}

function scrollTo(element: HTMLElement, part: Element | null): void {
  const scroller = scrollerOf(element);
  if (!scroller) return;
  const frame = scroller.getBoundingClientRect();
  const box = element.getBoundingClientRect();
  const fits = box.height < frame.height - 96;
  const goal = fits || !part ? box : part.getBoundingClientRect();
  if (goal.top >= frame.top + 64 && goal.bottom <= frame.bottom - 32) return;
  scroller.scrollTo({ top: scroller.scrollTop + goal.top - frame.top - 80, behavior: scrolling() });
}

/** Brings a turn to the top of the page. */
export function turnToTop(turnId: string): void {
  const turn = document.querySelector(`[data-turn="${CSS.escape(turnId)}"]`);
  turn?.scrollIntoView({ block: 'start', behavior: scrolling() });
}
