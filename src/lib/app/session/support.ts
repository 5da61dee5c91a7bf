/**
 * What the browser must have before any data is entered. Each is a function that Carnet cannot do without; what has a
 * fallback (Ed25519, WebAssembly, BarcodeDetector, persistence) is not asked for here.
 */

export type Need = 'secure-context' | 'subtle' | 'indexeddb' | 'worker' | 'locks' | 'broadcast';

/** The part of the global object that is looked at; a test hands over one with something missing. */
export interface Surroundings {
  readonly isSecureContext?: boolean;
  readonly crypto?: { readonly subtle?: unknown; readonly getRandomValues?: unknown };
  readonly indexedDB?: unknown;
  readonly Worker?: unknown;
  readonly BroadcastChannel?: unknown;
  readonly navigator?: { readonly locks?: unknown };
}

export function missingNeeds(world: Surroundings): readonly Need[] {
  const present: Readonly<Record<Need, boolean>> = {
    'secure-context': world.isSecureContext === true,
    subtle: Boolean(world.crypto?.subtle && world.crypto.getRandomValues),
    indexeddb: Boolean(world.indexedDB),
    worker: Boolean(world.Worker),
    locks: Boolean(world.navigator?.locks),
    broadcast: Boolean(world.BroadcastChannel),
  };
  return (Object.keys(present) as Need[]).filter((need) => !present[need]);
}
