/**
 * Installs the service worker, and tells when a newer version of the app waits. Nothing is taken by itself: an old
 * version goes on working, and choosing when to trust new code is the person's. Leaves out what to say about it.
 */
import { dev } from '$app/environment';
import { trustedWorkerUrl } from './trusted-types.ts';

export interface Update {
  /** `ready`: it waits to be taken. `taken`: another window took it, and this one still runs the old version. */
  readonly type: 'ready' | 'taken';
  /** Goes over to it: this page loads anew. What is typed and not saved is lost, so ask first. */
  accept(): void;
}

/** The part of Workbox that is used. */
export interface UpdateSource {
  addEventListener(type: 'waiting' | 'controlling', listener: (event: { isUpdate?: boolean }) => void): void;
  messageSkipWaiting(): void;
  update(): Promise<void>;
}

const SERVICE_WORKER = '/service-worker.js';
const CHECK_EVERY_MS = 3_600_000;

/** Call once. `offer` is called for each update that may be taken; the latest counts. */
export async function startUpdates(offer: (update: Update) => void): Promise<void> {
  if (dev || !('serviceWorker' in navigator)) return;
  const { Workbox } = await import('workbox-window');
  const workbox = new Workbox(trustedWorkerUrl(SERVICE_WORKER), { scope: '/', updateViaCache: 'none' });
  watchUpdates(workbox, offer, () => location.reload());
  try {
    await workbox.register();
  } catch {
    // Private windows may refuse it. The app works without, only not without a network.
    return;
  }
  const check = checkHourly(workbox, () => performance.now());
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') check();
  });
}

/** Turns what the browser tells of service workers into offers. */
export function watchUpdates(
  source: UpdateSource,
  offer: (update: Update) => void,
  reload: () => void,
): void {
  let accepted = false;
  let taken = false;

  function accept(): void {
    accepted = true;
    if (taken) reload();
    else source.messageSkipWaiting();
  }

  source.addEventListener('waiting', () => offer({ type: 'ready', accept }));
  source.addEventListener('controlling', ({ isUpdate }) => {
    // The first worker of all brings no other version than this page already is.
    if (!isUpdate) return;
    taken = true;
    if (accepted) reload();
    else offer({ type: 'taken', accept });
  });
}

/** Asks for a newer version, not more than once an hour: an app that stays open navigates nowhere. */
export function checkHourly(source: Pick<UpdateSource, 'update'>, now: () => number): () => void {
  let last = now();
  return () => {
    if (now() - last < CHECK_EVERY_MS) return;
    last = now();
    source.update().catch(() => undefined);
  };
}
