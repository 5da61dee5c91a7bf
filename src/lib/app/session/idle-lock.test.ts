import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { watchIdleness } from './idle-lock.ts';

class FakeDocument extends EventTarget {
  visibilityState: 'visible' | 'hidden' = 'visible';

  show(state: 'visible' | 'hidden'): void {
    this.visibilityState = state;
    this.dispatchEvent(new Event('visibilitychange'));
  }
}

let page: FakeDocument;
let heard: (() => void)[];
let told: number;
const lock = vi.fn();

function watch(mobile: boolean): () => void {
  return watchIdleness(lock, {
    now: () => Date.now(),
    document: page as unknown as Document,
    channel: {
      postMessage: () => (told += 1),
      addEventListener: (_: string, listener: unknown) => heard.push(listener as () => void),
      close: () => undefined,
    },
    mobile,
  });
}

beforeEach(() => {
  vi.useFakeTimers();
  page = new FakeDocument();
  heard = [];
  told = 0;
  lock.mockReset();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('the idle lock', () => {
  test('locks after five minutes without activity, once', () => {
    watch(false);
    vi.advanceTimersByTime(4 * 60_000 + 59_000);
    expect(lock).not.toHaveBeenCalled();
    vi.advanceTimersByTime(10 * 60_000);
    expect(lock).toHaveBeenCalledOnce();
  });

  test('a key or a touch starts the five minutes again, in this tab and in the others', () => {
    watch(false);
    vi.advanceTimersByTime(4 * 60_000);
    page.dispatchEvent(new Event('keydown'));
    expect(told).toBe(1);
    vi.advanceTimersByTime(4 * 60_000);
    heard[0]?.();
    vi.advanceTimersByTime(4 * 60_000);
    expect(lock).not.toHaveBeenCalled();
  });

  test('on a phone, a minute out of sight is enough; on a desktop it is not', () => {
    watch(true);
    page.show('hidden');
    vi.advanceTimersByTime(65_000);
    expect(lock).toHaveBeenCalledOnce();
    watch(false);
    page.show('hidden');
    vi.advanceTimersByTime(65_000);
    expect(lock).toHaveBeenCalledOnce();
  });

  test('a device that slept through its timers locks on waking, before anything is shown', () => {
    watch(false);
    vi.setSystemTime(Date.now() + 60 * 60_000);
    page.show('visible');
    expect(lock).toHaveBeenCalledOnce();
  });

  test('ends when it is told to', () => {
    watch(false)();
    vi.advanceTimersByTime(60 * 60_000);
    expect(lock).not.toHaveBeenCalled();
  });
});
