/**
 * One vault per origin. Each tab has a worker; the one that holds the Web Lock leads: it opens the storage and the
 * socket. The others pass their page's calls to it and hear its events.
 *
 *        ┌─────────┐  lock granted   ┌────────┐
 *   ───▶ │ follows │ ───────────────▶│ leads  │      a tab never goes back: it leads until it ends
 *        └─────────┘                 └────────┘
 *
 * When the leader dies the browser gives the lock to the next tab, which opens the vault with the session it was told
 * in memory, so the outbox goes on. Calls that were under way are asked again if asking twice is harmless.
 */
import { fail } from '#lib/bytes/result.ts';
import type { Door, VaultEvent } from './door.ts';
import {
  METHODS_WITH_PROGRESS,
  REPEATABLE_METHODS,
  type BetweenTabs,
  type Call,
  type FromPage,
  type Session,
  type ToPage,
} from './messages.ts';

/** A vault as the leading tab runs it. */
export interface HostedVault extends Door {
  subscribe(listener: (event: VaultEvent) => void): () => void;
  /** The session of an unlocked vault, one and the same object until it is locked; null while it is locked. */
  session(): Session | null;
}

/** The part of BroadcastChannel that is used. */
export interface TabChannel {
  postMessage(message: BetweenTabs): void;
  onmessage: ((event: { data: BetweenTabs }) => void) | null;
}

export interface ElectionDeps {
  readonly tab: string; // random, for this worker only
  readonly channel: TabChannel;
  /** Runs `lead` when this tab holds the lock, and holds it until the returned promise ends. */
  readonly holdLock: (lead: () => Promise<void>) => void;
  readonly openVault: (session: Session | null) => Promise<HostedVault>;
  readonly toPage: (message: ToPage) => void;
}

export interface TabHost {
  fromPage(message: FromPage): void;
}

/** Joins the tabs of this origin; calls are served from now on, here or by the tab that leads. */
export function joinTabs({ tab, channel, holdLock, openVault, toPage }: ElectionDeps): TabHost {
  const waiting = new Map<number, { call: Call; sentTo: string | null }>();
  const running = new Map<string, AbortController>(); // what this tab is at, while it leads
  let vault: HostedVault | null = null;
  let leader: string | null = null;
  let session: Session | null = null;

  function answered(message: ToPage): void {
    if (message.type !== 'event') waiting.delete(message.id);
    toPage(message);
  }

  const nameOf = (from: string, id: number): string => `${from} ${id}`;

  async function serve(
    open: HostedVault,
    from: string,
    call: Call,
    reply: (message: ToPage) => void,
  ): Promise<void> {
    const { id, method, args } = call;
    const stopping = new AbortController();
    running.set(nameOf(from, id), stopping);
    const progress = (done: number, total: number): void =>
      reply({ type: 'event', event: { type: 'progress', call: id, done, total } });
    try {
      const given = METHODS_WITH_PROGRESS.has(method) ? [...args, progress, stopping.signal] : args;
      const result: unknown = await Reflect.apply(Reflect.get(open, method), open, given);
      reply({ type: 'answer', id, result });
    } catch (error) {
      reply({ type: 'broken', id, reason: error instanceof Error ? error.name : 'unknown' });
    }
    running.delete(nameOf(from, id));
    shareSession(open);
  }

  function shareSession(open: HostedVault): void {
    if (open.session() === session) return;
    session = open.session();
    channel.postMessage({ type: 'session', from: tab, session });
  }

  /** Hands every waiting call to whoever leads now; one that an earlier leader took may have been carried out. */
  function dispatch(): void {
    for (const entry of [...waiting.values()]) {
      const { call, sentTo } = entry;
      const to = vault ? tab : leader;
      if (to === null || sentTo === to) continue;
      if (sentTo !== null && !REPEATABLE_METHODS.has(call.method)) {
        answered({ type: 'answer', id: call.id, result: fail({ type: 'interrupted' }) });
        continue;
      }
      entry.sentTo = to;
      if (vault) void serve(vault, tab, call, answered);
      else channel.postMessage({ type: 'call', from: tab, call });
    }
  }

  function cancel(id: number): void {
    const entry = waiting.get(id);
    if (!entry) return;
    if (entry.sentTo === null) answered({ type: 'answer', id, result: fail({ type: 'cancelled' }) });
    else if (entry.sentTo === tab) running.get(nameOf(tab, id))?.abort();
    else channel.postMessage({ type: 'cancel', from: tab, id });
  }

  function follow(from: string, told: Session | null): void {
    leader = from;
    session = told;
    dispatch();
  }

  channel.onmessage = ({ data }) => {
    if (data.type === 'reply') {
      if (data.to === tab) answered(data.message);
    } else if (vault) {
      const open = vault;
      if (data.type === 'hello') channel.postMessage({ type: 'leader', from: tab, session });
      if (data.type === 'call') {
        const to = data.from;
        void serve(open, to, data.call, (message) => channel.postMessage({ type: 'reply', to, message }));
      }
      if (data.type === 'cancel') running.get(nameOf(data.from, data.id))?.abort();
    } else if (data.type === 'leader') {
      follow(data.from, data.session);
    } else if (data.type === 'session') {
      session = data.session;
    } else if (data.type === 'event') {
      toPage({ type: 'event', event: data.event });
    }
  };

  holdLock(async () => {
    const open = await openVault(session);
    open.subscribe((event) => {
      toPage({ type: 'event', event });
      channel.postMessage({ type: 'event', from: tab, event });
      shareSession(open);
    });
    vault = open;
    session = open.session();
    channel.postMessage({ type: 'leader', from: tab, session });
    dispatch();
    await new Promise<never>(() => {}); // leads until the tab ends
  });
  channel.postMessage({ type: 'hello', from: tab });

  return {
    fromPage(message) {
      if (message.type === 'cancel') return cancel(message.id);
      waiting.set(message.id, { call: message, sentTo: null });
      dispatch();
    },
  };
}
