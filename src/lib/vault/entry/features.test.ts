import { describe, expect, it } from 'vitest';
import { missingFeatures } from './features.ts';

const able = {
  crypto: { subtle: {} },
  indexedDB: {},
  BroadcastChannel: function () {},
  WebSocket: function () {},
  CompressionStream: function () {},
  DecompressionStream: function () {},
  navigator: { locks: {} },
} as unknown as Parameters<typeof missingFeatures>[0];

describe('R24: a browser is refused before anything is entered', () => {
  it('a browser that has everything lacks nothing', () => {
    expect(missingFeatures(able)).toEqual([]);
  });

  it.each([
    ['Web Crypto', { crypto: {} }],
    ['IndexedDB', { indexedDB: undefined }],
    ['Web Locks', { navigator: {} }],
    ['BroadcastChannel', { BroadcastChannel: undefined }],
    ['WebSocket', { WebSocket: undefined }],
    ['CompressionStream', { DecompressionStream: undefined }],
  ])('one without %s is told so by name', (name, without) => {
    expect(missingFeatures({ ...able, ...without } as typeof able)).toEqual([name]);
  });
});
