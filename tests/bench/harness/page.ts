/** The page's end of `browser.ts`. Runs in Chromium. */

/** Makes these functions callable from the bench. What they take and answer travels as JSON. */
export function offer(functions: Readonly<Record<string, (...args: never[]) => Promise<unknown>>>): void {
  Object.assign(globalThis, { bench: functions });
}

/** Milliseconds that the work took. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
