/**
 * The one policy of ours: an address of a script (worker, service worker) is trusted if it is our own origin's.
 * Browsers without Trusted Types get the address as it is; the content policy holds there too.
 */

interface PolicyFactory {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): { createScriptURL(url: string): unknown };
}

let policy: { createScriptURL(url: string): unknown } | undefined;

/** The address as what `new Worker` and `register` take. Throws for a foreign one: that is a broken invariant. */
export function trustedWorkerUrl(url: string): string {
  const factory = (globalThis as { trustedTypes?: PolicyFactory }).trustedTypes;
  policy ??= factory ? factory.createPolicy('carnet', { createScriptURL: own }) : { createScriptURL: own };
  return policy.createScriptURL(url) as string;
}

function own(url: string): string {
  const absolute = new URL(url, location.href);
  // The origin of a blob address is that of the page that made it, whatever is in it.
  if (absolute.origin !== location.origin || absolute.protocol !== location.protocol)
    throw new TypeError('a script of a foreign origin');
  return absolute.href;
}
