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
      run();
    };
    const frame = requestAnimationFrame(both);
    const timer = setTimeout(both, UNSEEN_MS);
    const off = (): void => {
      cancelAnimationFrame(frame);
      clearTimeout(timer);
    };
    return off;
  },
  onOnline(run) {
    addEventListener('online', run);
    return () => removeEventListener('online', run);
  },
  isOnline: () => navigator.onLine,
};
