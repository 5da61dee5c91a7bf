/**
 * The worker's entry: wires the browser to the election and the vault. The only file of the vault that touches globals.
 */
import { systemRandom } from '#lib/crypto/random.ts';
import { hex } from '#lib/bytes/bytes.ts';
import { joinTabs, type TabChannel } from './tabs/election.ts';
import { browserEnvironment } from './environment.ts';
import { missingFeatures } from './entry/features.ts';
import type { ToPage } from './door/messages.ts';
import { refuseCalls } from './entry/refusal.ts';
import { openVault } from './vault.ts';

const LOCK = 'carnet/vault';

const toPage = (message: ToPage): void => postMessage(message);
// A worker may lack what its page has.
const missing = missingFeatures(globalThis);

const host =
  missing.length > 0
    ? refuseCalls(missing, toPage)
    : joinTabs({
        tab: hex(systemRandom(16)),
        channel: new BroadcastChannel('carnet') as unknown as TabChannel,
        holdLock,
        openVault: () => openVault(browserEnvironment()),
        toPage,
      });

/** Any script of the origin may take a lock by force: then the request of whoever held it ends with an AbortError. */
function holdLock(lead: () => Promise<void>, lost: () => void): void {
  navigator.locks.request(LOCK, lead).catch((error: unknown) => {
    if (!(error instanceof DOMException && error.name === 'AbortError')) throw error;
    lost();
  });
}

// A broken invariant in work that nobody awaits: the page is told that the vault failed. By name only, since a message
// may hold plaintext.
addEventListener('unhandledrejection', (event) => {
  event.preventDefault();
  const name = event.reason instanceof Error ? event.reason.name : 'unknown';
  reportError(new Error(`the vault failed: ${name}`));
});

addEventListener('message', (event: MessageEvent<unknown>) => host.fromPage(event.data));
