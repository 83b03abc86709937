/** As much of Node as the tests use; all of its types would also be the page's, which has none of them. */
declare module 'node:test' {
  export default function test(name: string, body: () => void | Promise<void>): void;
  export function after(body: () => void): void;
}

declare module 'node:assert/strict' {
  interface Assert {
    equal(actual: unknown, expected: unknown, message?: string): void;
    notEqual(actual: unknown, expected: unknown, message?: string): void;
    deepEqual(actual: unknown, expected: unknown, message?: string): void;
    ok(value: unknown, message?: string): asserts value;
    match(value: string, pattern: RegExp, message?: string): void;
    doesNotMatch(value: string, pattern: RegExp, message?: string): void;
    throws(body: () => unknown, error?: RegExp): void;
    rejects(body: Promise<unknown> | (() => Promise<unknown>), error?: RegExp): Promise<void>;
  }
  const assert: Assert;
  export default assert;
}

declare module 'jsdom' {
  export class JSDOM {
    constructor(html: string, options?: { url?: string });
    readonly window: Window & typeof globalThis;
  }
}
