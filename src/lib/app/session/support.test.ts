import { describe, expect, test } from 'vitest';
import { missingNeeds, type Surroundings } from './support.ts';

const whole: Surroundings = {
  isSecureContext: true,
  crypto: { subtle: {}, getRandomValues: () => 0 },
  indexedDB: {},
  Worker: () => undefined,
  BroadcastChannel: () => undefined,
  navigator: { locks: {} },
};

describe('a browser that will not do', () => {
  test('a whole browser misses nothing', () => {
    expect(missingNeeds(whole)).toEqual([]);
  });

  test.each([
    ['isSecureContext', 'secure-context'],
    ['crypto', 'subtle'],
    ['indexedDB', 'indexeddb'],
    ['Worker', 'worker'],
    ['BroadcastChannel', 'broadcast'],
    ['navigator', 'locks'],
  ] as const)('R25 without %s it is told before any data is entered', (name, need) => {
    const { [name]: _, ...rest } = whole;
    expect(missingNeeds(rest)).toEqual([need]);
  });

  test('a bare world misses everything and nothing throws', () => {
    expect(missingNeeds({})).toHaveLength(6);
  });
});
