/**
 * What a browser must have before anything is entered. What can be done without has its fallback where it is used:
 * Ed25519 in WebCrypto and WebAssembly (crypto/), the camera and its barcode reader (ui/), lasting storage (asked, told).
 */
const NEEDED: Readonly<Record<string, (scope: Scope) => unknown>> = {
  'Web Crypto': (scope) => scope.crypto?.subtle,
  IndexedDB: (scope) => scope.indexedDB,
  'Web Locks': (scope) => scope.navigator?.locks,
  BroadcastChannel: (scope) => scope.BroadcastChannel,
  WebSocket: (scope) => scope.WebSocket,
  CompressionStream: (scope) => scope.CompressionStream && scope.DecompressionStream,
};

type Scope = Partial<Pick<typeof globalThis, 'crypto' | 'indexedDB' | 'BroadcastChannel' | 'WebSocket'>> & {
  readonly CompressionStream?: unknown;
  readonly DecompressionStream?: unknown;
  readonly navigator?: { readonly locks?: unknown };
};

/** The names of what is missing, as the person may look them up; empty for a browser that can run Carnet. */
export function missingFeatures(scope: Scope): readonly string[] {
  return Object.keys(NEEDED).filter((name) => !NEEDED[name]!(scope));
}
