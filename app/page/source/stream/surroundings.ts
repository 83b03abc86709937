/** What a stream needs of the browser. Tests bring their own. */

export interface Surroundings {
  fetch: typeof fetch;
  now(): number;
  random(): number;
  /** These give a function that calls it off. */
  after(milliseconds: number, run: () => void): () => void;
  nextFrame(run: () => void): () => void;
  onOnline(run: () => void): () => void;
  isOnline(): boolean;
}

/** A page that is not looked at has no frames; what comes for it is shown this often. */
const UNSEEN_MS = 500;

const FRAME_MS = 16;
const LONGEST_PAUSE_MS = 250;
/** How long the last frame has kept the page busy. */
let busyMs = 0;

/** Frames that are dear are fewer: typing and scrolling have most of the time, whatever comes. */
export function pauseAfter(busy: number): number {
  return busy <= FRAME_MS ? 0 : Math.min(LONGEST_PAUSE_MS, 3 * busy);
}

export const browser: Surroundings = {
  fetch: (...request) => fetch(...request),
  now: () => Date.now(),
  random: () => Math.random(),
  after(milliseconds, run) {
    const timer = setTimeout(run, milliseconds);
    return () => clearTimeout(timer);
  },
  nextFrame(run) {
    const both = (): void => {
      off();
      const began = performance.now();
      run();
      // Behind all that it has set off, to the painting of it.
      setTimeout(() => (busyMs = performance.now() - began));
    };
    let frame = 0;
    const begin = setTimeout(() => (frame = requestAnimationFrame(both)), pauseAfter(busyMs));
    const unseen = setTimeout(both, UNSEEN_MS);
    const off = (): void => {
      clearTimeout(begin);
      cancelAnimationFrame(frame);
      clearTimeout(unseen);
    };
    return off;
  },
  onOnline(run) {
    addEventListener('online', run);
    return () => removeEventListener('online', run);
  },
  isOnline: () => navigator.onLine,
};
