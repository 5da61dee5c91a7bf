// The app shell and nothing else: never data, never keys. Files are precached by their hash; a new version waits
// until the page, on the person's word, says SKIP_WAITING.

import { build, files, prerendered, version } from '$service-worker';
import { cleanupOutdatedCaches, createHandlerBoundToURL, precacheAndRoute } from 'workbox-precaching';
import { NavigationRoute, registerRoute } from 'workbox-routing';

declare const self: ServiceWorkerGlobalScope;

const SHELL = '/200.html';

precacheAndRoute([
  // Their names already carry a hash.
  ...build.map((url) => ({ url, revision: null })),
  ...[...files, ...prerendered, SHELL].map((url) => ({ url, revision: version })),
]);
cleanupOutdatedCaches();

registerRoute(
  new NavigationRoute(createHandlerBoundToURL(SHELL), {
    denylist: [/^\/relay\b/, /^\/authority\b/, /^\/config\.json$/, /^\/healthz$/, /^\/metrics$/],
  }),
);

self.addEventListener('message', (event) => {
  const message: unknown = event.data;
  if (typeof message === 'object' && message !== null && 'type' in message && message.type === 'SKIP_WAITING')
    void self.skipWaiting();
});
