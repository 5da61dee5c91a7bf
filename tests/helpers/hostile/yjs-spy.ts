/**
 * What reaches Yjs, counted. In a test file:
 *
 *   vi.mock('yjs', async (original) => (await import('./yjs-spy.ts')).spied(await original()));
 */
import type * as Yjs from 'yjs';

export const reached = { applied: 0, decoded: 0 };

export function forgetReached(): void {
  reached.applied = 0;
  reached.decoded = 0;
}

export function spied(yjs: typeof Yjs): typeof Yjs {
  return {
    ...yjs,
    applyUpdate(...call: Parameters<typeof yjs.applyUpdate>) {
      reached.applied++;
      yjs.applyUpdate(...call);
    },
    decodeUpdate(update: Uint8Array) {
      reached.decoded++;
      return yjs.decodeUpdate(update);
    },
  };
}
