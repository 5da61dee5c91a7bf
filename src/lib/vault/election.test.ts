import { describe, expect, it } from 'vitest';
import { ok } from '#lib/bytes/result.ts';
import { joinTabs, type HostedVault, type TabChannel, type TabHost } from './election.ts';
import type { BetweenTabs, Call, Session, ToPage } from './messages.ts';
import type { VaultEvent } from './door.ts';

/** One origin: a lock queue and a broadcast channel, as the browser gives them to the tabs. */
class Origin {
  readonly channels = new Map<string, TabChannel>();
  readonly queue: { tab: string; lead: () => Promise<void> }[] = [];
  holder: string | null = null;
  readonly opened: { tab: string; session: Session | null }[] = [];

  tab(name: string, vaultOf: (session: Session | null) => FakeVault): Tab {
    const tab: Tab = { name, heard: [], host: undefined as never, vault: null };
    const channel: TabChannel = {
      postMessage: (message: BetweenTabs) => {
        if (!this.channels.has(name)) return; // a dead tab says nothing
        for (const [other, target] of this.channels)
          if (other !== name)
            queueMicrotask(
              () => this.channels.has(other) && target.onmessage?.({ data: structuredClone(message) }),
            );
      },
      onmessage: null,
    };
    this.channels.set(name, channel);
    tab.host = joinTabs({
      tab: name,
      channel,
      holdLock: (lead) => {
        this.queue.push({ tab: name, lead });
        this.grant();
      },
      openVault: (session) => {
        this.opened.push({ tab: name, session });
        tab.vault = vaultOf(session);
        return Promise.resolve(tab.vault as unknown as HostedVault);
      },
      toPage: (message) => void (this.channels.has(name) && tab.heard.push(message)),
    });
    return tab;
  }

  kill(tab: Tab): void {
    this.channels.delete(tab.name);
    if (this.holder !== tab.name) return;
    this.holder = null;
    this.grant();
  }

  private grant(): void {
    if (this.holder !== null) return;
    const next = this.queue.shift();
    if (!next) return;
    this.holder = next.tab;
    void next.lead();
  }
}

interface Tab {
  readonly name: string;
  readonly heard: ToPage[];
  host: TabHost;
  vault: FakeVault | null;
}

class FakeVault {
  readonly edits: unknown[] = [];
  readonly listeners = new Set<(event: VaultEvent) => void>();
  current: Session | null;
  hang = false;

  constructor(session: Session | null) {
    this.current = session;
  }
  subscribe(listener: (event: VaultEvent) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }
  session(): Session | null {
    return this.current;
  }
  unlock(): Promise<unknown> {
    this.current = { localKey: new Uint8Array(32).fill(7) };
    return Promise.resolve(ok());
  }
  edit(edits: unknown): Promise<unknown> {
    if (this.hang) return new Promise(() => {});
    this.edits.push(edits);
    return Promise.resolve(ok());
  }
  addDocument(
    _input: unknown,
    progress: (done: number, total: number) => void,
    signal: AbortSignal,
  ): Promise<unknown> {
    if (this.hang)
      return new Promise((resolve) => {
        signal.addEventListener('abort', () => resolve({ ok: false, error: { type: 'cancelled' } }));
      });
    progress(1, 2);
    return Promise.resolve(ok('document'));
  }
  devices(): Promise<unknown> {
    throw new TypeError('a broken invariant with a secret in its message');
  }
}

const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));
const call = (id: number, method: Call['method'], ...args: unknown[]): Call => ({
  type: 'call',
  id,
  method,
  args,
});
const answers = (tab: Tab): ToPage[] => tab.heard.filter((message) => message.type === 'answer');

describe('one vault for all tabs of an origin', () => {
  it('R08: five tabs of Alice edit through one vault', async () => {
    const origin = new Origin();
    const tabs = ['a', 'b', 'c', 'd', 'e'].map((name) =>
      origin.tab(name, (session) => new FakeVault(session)),
    );
    await settle();
    tabs.forEach((tab, index) => tab.host.fromPage(call(1, 'edit', [index])));
    await settle();
    expect(origin.opened.map(({ tab }) => tab)).toEqual(['a']);
    expect(tabs[0]?.vault?.edits).toHaveLength(5);
    for (const tab of tabs) expect(answers(tab)).toEqual([{ type: 'answer', id: 1, result: ok() }]);
  });

  it('R09: when the leading tab dies, the next one leads with the session and repeats what was under way', async () => {
    const origin = new Origin();
    const [first, second] = ['a', 'b'].map((name) =>
      origin.tab(name, (session) => new FakeVault(session)),
    ) as [Tab, Tab];
    await settle();
    second.host.fromPage(call(1, 'unlock', {}));
    await settle();
    first.vault!.hang = true;
    second.host.fromPage(call(2, 'edit', ['dose']));
    second.host.fromPage(call(3, 'addDocument', {}));
    await settle();
    origin.kill(first);
    await settle();
    expect(origin.opened.at(-1)?.session?.localKey).toEqual(new Uint8Array(32).fill(7));
    expect(second.vault?.edits).toEqual([['dose']]);
    expect(answers(second).map((message) => message.type === 'answer' && message.result)).toEqual([
      ok(),
      { ok: false, error: { type: 'interrupted' } }, // may have been done: the person decides
      ok(),
    ]);
  });

  it('a session that is locked is forgotten by every tab', async () => {
    const origin = new Origin();
    const [first, second] = ['a', 'b'].map((name) =>
      origin.tab(name, (session) => new FakeVault(session)),
    ) as [Tab, Tab];
    await settle();
    first.host.fromPage(call(1, 'unlock', {}));
    await settle();
    first.vault!.current = null;
    for (const listener of first.vault!.listeners) listener({ type: 'status', status: { type: 'locked' } });
    await settle();
    origin.kill(first);
    await settle();
    expect(origin.opened.at(-1)).toEqual({ tab: 'b', session: null });
    expect(second.heard).toContainEqual({
      type: 'event',
      event: { type: 'status', status: { type: 'locked' } },
    });
  });

  it('progress reaches the tab that asked, and only that one', async () => {
    const origin = new Origin();
    const [first, second, third] = ['a', 'b', 'c'].map((name) =>
      origin.tab(name, (s) => new FakeVault(s)),
    ) as [Tab, Tab, Tab];
    await settle();
    second.host.fromPage(call(9, 'addDocument', {}));
    await settle();
    const progress = { type: 'event', event: { type: 'progress', call: 9, done: 1, total: 2 } };
    expect(second.heard).toContainEqual(progress);
    expect(first.heard).not.toContainEqual(progress);
    expect(third.heard).not.toContainEqual(progress);
  });

  it('what a tab no longer wants is stopped where it runs, and nobody else’s call of the same number is', async () => {
    const origin = new Origin();
    const [first, second] = ['a', 'b'].map((name) => origin.tab(name, (s) => new FakeVault(s))) as [Tab, Tab];
    await settle();
    first.vault!.hang = true;
    for (const tab of [first, second]) tab.host.fromPage(call(4, 'addDocument', {}));
    await settle();
    second.host.fromPage({ type: 'cancel', id: 4 });
    await settle();
    const stopped = [{ type: 'answer', id: 4, result: { ok: false, error: { type: 'cancelled' } } }];
    expect(answers(second)).toEqual(stopped);
    expect(answers(first)).toEqual([]);
    first.host.fromPage({ type: 'cancel', id: 4 });
    await settle();
    expect(answers(first)).toEqual(stopped);
  });

  it('what nobody has taken up yet is given up at once', async () => {
    const origin = new Origin();
    origin.holder = 'a tab that opens and never answers';
    const tab = origin.tab('b', (session) => new FakeVault(session));
    tab.host.fromPage(call(1, 'addDocument', {}));
    tab.host.fromPage({ type: 'cancel', id: 1 });
    await settle();
    expect(answers(tab)).toEqual([
      { type: 'answer', id: 1, result: { ok: false, error: { type: 'cancelled' } } },
    ]);
  });

  it('a broken invariant is told by name only: its message may hold plaintext', async () => {
    const origin = new Origin();
    const tab = origin.tab('a', (session) => new FakeVault(session));
    tab.host.fromPage(call(1, 'devices'));
    await settle();
    expect(tab.heard).toContainEqual({ type: 'broken', id: 1, reason: 'TypeError' });
  });
});
