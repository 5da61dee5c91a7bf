/**
 * Locks after five minutes without activity, and on a phone after one minute out of sight.
 *
 * Timers sleep while a device sleeps, so the clock is compared on waking too. Activity in one tab keeps the others open:
 * it is told over a channel that carries nothing else.
 */

const IDLE_MS = 5 * 60_000;
const HIDDEN_MS = 60_000;
const CHECK_MS = 5_000;
/** Telling every key press would be noise. */
const TELL_MS = 10_000;

export interface IdleLockWorld {
  readonly now: () => number;
  readonly document: Document;
  readonly channel: Pick<BroadcastChannel, 'postMessage' | 'addEventListener' | 'close'>;
  /** A phone or tablet: what is out of sight there is often out of hand. */
  readonly mobile: boolean;
}

/** Calls `lock` once; returns the function that ends the watch. */
export function watchIdleness(lock: () => void, world: IdleLockWorld): () => void {
  let lastActive = world.now();
  let lastTold = 0;
  let hiddenSince: number | undefined;

  function act(): void {
    lastActive = world.now();
    if (lastActive - lastTold < TELL_MS) return;
    lastTold = lastActive;
    world.channel.postMessage('active');
  }

  function check(): void {
    const now = world.now();
    const hidden = world.mobile && hiddenSince !== undefined && now - hiddenSince >= HIDDEN_MS;
    if (!hidden && now - lastActive < IDLE_MS) return;
    end();
    lock();
  }

  function onVisibility(): void {
    check();
    hiddenSince = world.document.visibilityState === 'hidden' ? world.now() : undefined;
  }

  const timer = setInterval(check, CHECK_MS);
  const events = ['pointerdown', 'keydown', 'wheel', 'touchstart'] as const;
  for (const name of events) world.document.addEventListener(name, act, { passive: true, capture: true });
  world.document.addEventListener('visibilitychange', onVisibility);
  world.channel.addEventListener('message', () => (lastActive = world.now()));

  function end(): void {
    clearInterval(timer);
    for (const name of events) world.document.removeEventListener(name, act, { capture: true });
    world.document.removeEventListener('visibilitychange', onVisibility);
    world.channel.close();
  }
  return end;
}
