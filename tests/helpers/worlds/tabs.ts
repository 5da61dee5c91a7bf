/**
 * The tabs of one browser: a lock queue and a broadcast channel as the browser gives them, over one disk. Each tab runs
 * the product's election, and whichever leads runs a real vault. All that crosses is kept, and a script in some page of
 * the origin can speak on the channel and take the lock, as one can.
 */
import type { ToPage } from '#lib/vault/door/messages.ts';
import { joinTabs, type TabChannel } from '#lib/vault/tabs/election.ts';
import type { HostedVault } from '#lib/vault/tabs/serving.ts';
import { connectVault, type VaultClient, type WorkerLike } from '#lib/vault/door/client.ts';

export interface Tab {
  readonly name: string;
  /** The door as a page of this tab has it. */
  readonly vault: VaultClient;
  /** What a script in the page of this tab posts to the worker, past the client. */
  post(message: unknown): void;
  /** What the worker told its page so far. */
  readonly told: readonly ToPage[];
  isAlive(): boolean;
}

export interface Browser {
  open(name: string): Tab;
  /** The tab ends where it stands: no line of its code runs any more. */
  kill(tab: Tab): void;
  leader(): string | null;
  /** What was said on the channel that every page of the origin hears. */
  readonly aired: readonly unknown[];
  /** A script in some page of the origin speaks on the channel. */
  air(message: unknown): void;
  /** A script in some page of the origin takes the lock by force, and gives it back. */
  stealLock(): void;
}

interface Waiting {
  readonly tab: string;
  readonly lead: () => Promise<void>;
  readonly lost: () => void;
}

/** `openVault` is called for the tab that leads; the one before it is dead by then, or has closed its own. */
export function browser(openVault: () => Promise<HostedVault>): Browser {
  const channels = new Map<string, TabChannel>();
  const queue: Waiting[] = [];
  const aired: unknown[] = [];
  let holder: Waiting | null = null;

  function grant(): void {
    if (holder !== null) return;
    const next = queue.shift();
    if (!next) return;
    holder = next;
    void next.lead().then(() => release(next));
  }

  function release(held: Waiting): void {
    if (holder !== held) return;
    holder = null;
    grant();
  }

  function broadcast(from: string | null, message: unknown): void {
    aired.push(structuredClone(message));
    for (const [other, target] of channels)
      if (other !== from)
        queueMicrotask(
          () => channels.get(other) === target && target.onmessage?.({ data: structuredClone(message) }),
        );
  }

  function open(name: string): Tab {
    const listeners = new Set<(event: MessageEvent<ToPage>) => void>();
    const told: ToPage[] = [];
    const isAlive = () => channels.has(name);
    const channel: TabChannel = {
      onmessage: null,
      postMessage: (message) => void (isAlive() && broadcast(name, message)),
    };
    channels.set(name, channel);
    const host = joinTabs({
      tab: name,
      channel,
      openVault,
      holdLock(lead, lost) {
        queue.push({ tab: name, lead, lost });
        queueMicrotask(grant);
      },
      toPage(message) {
        if (!isAlive()) return;
        const data = structuredClone(message);
        told.push(data);
        for (const listener of listeners) listener({ data } as MessageEvent<ToPage>);
      },
    });
    const post = (message: unknown): void => void (isAlive() && host.fromPage(structuredClone(message)));
    const worker: WorkerLike = {
      postMessage: post,
      addEventListener(type: string, listener: never) {
        if (type === 'message') listeners.add(listener);
      },
      terminate: () => void channels.delete(name),
    };
    return { name, vault: connectVault(worker), post, told, isAlive };
  }

  return {
    open,
    kill(tab) {
      channels.delete(tab.name);
      const waiting = queue.findIndex((entry) => entry.tab === tab.name);
      if (waiting >= 0) queue.splice(waiting, 1);
      if (holder?.tab === tab.name) release(holder);
    },
    leader: () => holder?.tab ?? null,
    aired,
    air: (message) => broadcast(null, message),
    stealLock() {
      const robbed = holder;
      if (!robbed) return;
      robbed.lost();
      release(robbed);
    },
  };
}
