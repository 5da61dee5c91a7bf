/**
 * The tabs of one browser: a lock queue and a broadcast channel as the browser gives them, over one disk. Each tab runs
 * the product's election, and whichever leads runs a real vault.
 */
import type { Session, BetweenTabs, FromPage, ToPage } from '#lib/vault/messages.ts';
import { joinTabs, type HostedVault, type TabChannel } from '#lib/vault/election.ts';
import { connectVault, type VaultClient, type WorkerLike } from '#lib/vault/client.ts';

export interface Tab {
  readonly name: string;
  /** The door as a page of this tab has it. */
  readonly vault: VaultClient;
  isAlive(): boolean;
}

export interface Browser {
  open(name: string): Tab;
  /** The tab ends where it stands: no line of its code runs any more. */
  kill(tab: Tab): void;
  leader(): string | null;
}

/** `openVault` is called for the tab that leads; the one before it is dead by then. */
export function browser(openVault: (session: Session | null) => Promise<HostedVault>): Browser {
  const channels = new Map<string, TabChannel>();
  const queue: { tab: string; lead: () => Promise<void> }[] = [];
  let holder: string | null = null;

  function grant(): void {
    if (holder !== null) return;
    const next = queue.shift();
    if (!next) return;
    holder = next.tab;
    void next.lead();
  }

  function open(name: string): Tab {
    const toPage = new Set<(event: MessageEvent<ToPage>) => void>();
    const isAlive = () => channels.has(name);
    const channel: TabChannel = {
      onmessage: null,
      postMessage(message: BetweenTabs) {
        if (!isAlive()) return;
        for (const [other, target] of channels)
          if (other !== name)
            queueMicrotask(
              () => channels.has(other) && target.onmessage?.({ data: structuredClone(message) }),
            );
      },
    };
    channels.set(name, channel);
    const host = joinTabs({
      tab: name,
      channel,
      openVault,
      holdLock(lead) {
        queue.push({ tab: name, lead });
        queueMicrotask(grant);
      },
      toPage(message) {
        if (isAlive()) for (const listener of toPage) listener({ data: message } as MessageEvent<ToPage>);
      },
    });
    const worker: WorkerLike = {
      postMessage: (message) => void (isAlive() && host.fromPage(structuredClone(message) as FromPage)),
      addEventListener(type: string, listener: never) {
        if (type === 'message') toPage.add(listener);
      },
      terminate: () => void channels.delete(name),
    };
    return { name, vault: connectVault(worker), isAlive };
  }

  return {
    open,
    kill(tab) {
      channels.delete(tab.name);
      const waiting = queue.findIndex((entry) => entry.tab === tab.name);
      if (waiting >= 0) queue.splice(waiting, 1);
      if (holder !== tab.name) return;
      holder = null;
      grant();
    },
    leader: () => holder,
  };
}
