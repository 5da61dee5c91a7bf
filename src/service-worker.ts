// The app shell and nothing else: never data, never keys. Files are precached by their hash and served by their hash
// (service-worker-shell.ts); a new version waits until the page, on the person's word, says SKIP_WAITING.

import { cleanupOutdatedCaches, PrecacheController } from 'workbox-precaching';
import { NavigationRoute, registerRoute } from 'workbox-routing';
import { createShell, type ShellEntry } from './service-worker-shell.ts';

declare const self: ServiceWorkerGlobalScope & {
  /** Every file of the app, put at the head of this script when all of them are built (scripts/shell.mjs). */
  readonly carnetShell?: readonly ShellEntry[];
};

const PAGE = '/200.html';

/** Shown when the page itself is gone or altered and cannot be had again. It must need nothing but itself. */
const BROKEN = `Carnet ne peut pas s’ouvrir : ses fichiers sur cet appareil ont été effacés ou modifiés, et le réseau ne les rend pas tels qu’ils étaient.

Votre dossier n’est pas touché. Connectez cet appareil, fermez toutes les fenêtres de Carnet, puis rouvrez-le.


Carnet cannot open: its files on this device were erased or changed, and the network does not give them back as they were.

Your record is not affected. Connect this device, close every window of Carnet, then open it again.
`;

const entries = self.carnetShell ?? [];
const precache = new PrecacheController();
precache.precache(entries.map((entry) => ({ ...entry })));
cleanupOutdatedCaches();

const shell = createShell(entries, {
  openCache: () => caches.open(precache.strategy.cacheName),
  cacheKeyOf: (url) => precache.getCacheKeyForURL(url),
  fetch: (request) => fetch(request),
});

registerRoute(
  new NavigationRoute(() => shell.serve(PAGE).catch(broken), {
    denylist: [/^\/relay\b/, /^\/authority\b/, /^\/config\.json$/, /^\/healthz$/, /^\/metrics$/],
  }),
);
registerRoute(
  ({ url, sameOrigin }) => sameOrigin && shell.has(url.pathname),
  ({ url }) => shell.serve(url.pathname),
);

self.addEventListener('message', (event) => {
  const message: unknown = event.data;
  if (typeof message === 'object' && message !== null && 'type' in message && message.type === 'SKIP_WAITING')
    void self.skipWaiting();
});

function broken(): Response {
  return new Response(BROKEN, { status: 503, headers: { 'content-type': 'text/plain; charset=utf-8' } });
}
