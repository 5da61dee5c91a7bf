import { describe, expect, it } from 'vitest';
import { ok } from '#lib/bytes/result.ts';
import type { VaultEvent } from '#lib/vault/door/door.ts';
import { joinTabs, type TabChannel, type TabHost } from './election.ts';
import type { HostedVault } from './serving.ts';
import type { BetweenTabs, Call, ToPage } from '#lib/vault/door/messages.ts';
import type { MethodName } from '#lib/vault/door/methods.ts';

interface Queued {
  readonly tab: string;
  readonly lead: () => Promise<void>;
  readonly lost: () => void;
}

/** One origin: a lock queue and a broadcast channel, as the browser gives them to the tabs. */
class Origin {
  readonly channels = new Map<string, TabChannel>();
  readonly queue: Queued[] = [];
  readonly aired: BetweenTabs[] = [];
  holder: Queued | null = null;
  /** Which tabs opened a vault, in order. */
  readonly opened: string[] = [];

  /** `opening` settles when its vault is open. */
  tab(name: string, opening: Promise<void> = Promise.resolve()): Tab {
    const tab: Tab = { name, heard: [], host: undefined as never, vault: null };
    const channel: TabChannel = {
      postMessage: (message: BetweenTabs) => {
        if (this.channels.has(name)) this.air(message, name); // a dead tab says nothing
      },
      onmessage: null,
    };
    this.channels.set(name, channel);
    tab.host = joinTabs({
      tab: name,
      channel,
      holdLock: (lead, lost) => {
        this.queue.push({ tab: name, lead, lost });
        this.grant();
      },
      openVault: async () => {
        this.opened.push(name);
        tab.vault = new FakeVault();
        await opening;
        return tab.vault as unknown as HostedVault;
      },
      toPage: (message) => void (this.channels.has(name) && tab.heard.push(message)),
    });
    return tab;
  }

  air(message: unknown, from: string): void {
    this.aired.push(message as BetweenTabs);
    for (const [other, target] of this.channels)
      if (other !== from)
        queueMicrotask(
          () => this.channels.has(other) && target.onmessage?.({ data: structuredClone(message) }),
        );
  }

  kill(tab: Tab): void {
    this.channels.delete(tab.name);
    const waiting = this.queue.findIndex(({ tab: name }) => name === tab.name);
    if (waiting >= 0) this.queue.splice(waiting, 1);
    if (this.holder?.tab === tab.name) this.release(this.holder);
  }

  steal(): void {
    const robbed = this.holder;
    this.holder = null;
    robbed?.lost();
    this.grant();
  }

  private release(held: Queued): void {
    if (this.holder !== held) return;
    this.holder = null;
    this.grant();
  }

  private grant(): void {
    if (this.holder !== null) return;
    const next = this.queue.shift();
    if (!next) return;
    this.holder = next;
    void next.lead().then(() => this.release(next));
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
  isIdle = true;
  closed = false;
  hang = false;

  subscribe(listener: (event: VaultEvent) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }
  idle = (): boolean => this.isIdle;
  close = (): Promise<void> => {
    this.closed = true;
    return Promise.resolve();
  };
  unlock = (): Promise<unknown> => {
    if (this.hang) return new Promise(() => {});
    this.isIdle = false;
    return Promise.resolve(ok());
  };
  edit = (_record: unknown, edits: unknown): Promise<unknown> => {
    if (this.hang) return new Promise(() => {});
    this.edits.push(edits);
    return Promise.resolve(ok());
  };
  addDocument = (
    _record: unknown,
    _input: unknown,
    progress: (done: number, total: number) => void,
    signal: AbortSignal,
  ): Promise<unknown> => {
    if (this.hang)
      return new Promise((resolve) => {
        signal.addEventListener('abort', () => resolve({ ok: false, error: { type: 'cancelled' } }));
      });
    progress(1, 2);
    return Promise.resolve(ok('document'));
  };
  devices = (): Promise<unknown> => {
    throw new TypeError('a broken invariant with a secret in its message');
  };
}

const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));
const call = (id: number, method: MethodName, ...args: unknown[]): Call => ({
  type: 'call',
  id,
  method,
  args,
});
const ALICE = { identifiant: 'alice', password: 'secret' };
const file = { file: new Blob(), fileName: '', name: '', category: '', date: '' };
const ID = 'A'.repeat(22);
const deletion = (id: string) => [{ type: 'delete', section: 'allergies', id }];
const answers = (tab: Tab): ToPage[] => tab.heard.filter((message) => message.type === 'answer');
const refused = (type: string) => ({ ok: false, error: { type } });
const LEFT = { type: 'event', event: { type: 'left' } };

async function tabsOf(origin: Origin, ...names: string[]): Promise<Tab[]> {
  const tabs = names.map((name) => origin.tab(name));
  await settle();
  return tabs;
}

describe('one vault for all tabs of an origin', () => {
  it('R08: five tabs of Alice edit through one vault', async () => {
    const origin = new Origin();
    const tabs = await tabsOf(origin, 'a', 'b', 'c', 'd', 'e');
    const edits = tabs.map((_, index) => deletion(`${index}${ID.slice(1)}`));
    tabs.forEach((tab, index) => tab.host.fromPage(call(1, 'edit', 'moi', edits[index])));
    await settle();
    expect(origin.opened).toEqual(['a']);
    expect(tabs[0]?.vault?.edits).toEqual(edits);
    for (const tab of tabs) expect(answers(tab)).toEqual([{ type: 'answer', id: 1, result: ok() }]);
  });

  it('R09: when the leading tab dies, the next one leads and repeats what was under way and may be repeated', async () => {
    const origin = new Origin();
    const [first, second] = (await tabsOf(origin, 'a', 'b')) as [Tab, Tab];
    first.vault!.hang = true;
    second.host.fromPage(call(2, 'edit', 'moi', deletion(ID)));
    second.host.fromPage(call(3, 'addDocument', 'moi', file));
    await settle();
    origin.kill(first);
    await settle();
    expect(origin.opened).toEqual(['a', 'b']);
    expect(second.vault?.edits).toEqual([deletion(ID)]);
    expect(second.heard).toContainEqual(LEFT);
    expect(answers(second).map((message) => message.type === 'answer' && message.result)).toEqual([
      refused('interrupted'), // may have been done: the person decides
      ok(),
    ]);
  });

  it('a tab that neither leads nor takes over is told too that the leader is gone, and once', async () => {
    const origin = new Origin();
    const [first, , third] = (await tabsOf(origin, 'a', 'b', 'c')) as [Tab, Tab, Tab];
    origin.kill(first);
    await settle();
    origin.tab('d');
    await settle();
    expect(third.heard.filter((message) => message.type === 'event')).toEqual([LEFT]);
  });

  it('progress reaches the tab that asked, and only that one', async () => {
    const origin = new Origin();
    const [first, second, third] = (await tabsOf(origin, 'a', 'b', 'c')) as [Tab, Tab, Tab];
    second.host.fromPage(call(9, 'addDocument', 'moi', file));
    await settle();
    const progress = { type: 'event', event: { type: 'progress', call: 9, done: 1, total: 2 } };
    expect(second.heard).toContainEqual(progress);
    expect(first.heard).not.toContainEqual(progress);
    expect(third.heard).not.toContainEqual(progress);
  });

  it('what a tab no longer wants is stopped where it runs, and nobody else’s call of the same number is', async () => {
    const origin = new Origin();
    const [first, second] = (await tabsOf(origin, 'a', 'b')) as [Tab, Tab];
    first.vault!.hang = true;
    for (const tab of [first, second]) tab.host.fromPage(call(4, 'addDocument', 'moi', file));
    await settle();
    second.host.fromPage({ type: 'cancel', id: 4 });
    await settle();
    const stopped = [{ type: 'answer', id: 4, result: refused('cancelled') }];
    expect(answers(second)).toEqual(stopped);
    expect(answers(first)).toEqual([]);
    first.host.fromPage({ type: 'cancel', id: 4 });
    await settle();
    expect(answers(first)).toEqual(stopped);
  });

  it('what nobody has taken up yet is given up at once', async () => {
    const origin = new Origin();
    origin.holder = {
      tab: 'a tab that opens and never answers',
      lead: () => Promise.resolve(),
      lost: () => {},
    };
    const tab = origin.tab('b');
    tab.host.fromPage(call(1, 'addDocument', 'moi', file));
    tab.host.fromPage({ type: 'cancel', id: 1 });
    await settle();
    expect(answers(tab)).toEqual([{ type: 'answer', id: 1, result: refused('cancelled') }]);
  });

  it('what any script says on the channel in the name of an event, and is none, is heard by nobody', async () => {
    const origin = new Origin();
    const [, second] = (await tabsOf(origin, 'a', 'b')) as [Tab, Tab];
    const heard = second.heard.length;
    for (const event of [
      { type: 'link' },
      { type: 'link', link: null },
      { type: 'link', link: {} },
      { type: 'status' },
      { type: 'record', id: 'moi', record: 'all of it' },
      { type: 'devices', devices: {} },
      { type: 'notice' },
      { type: 'sync', sync: null },
      { type: 'progress', call: 1, done: NaN, total: 1 },
      { type: '__proto__' },
      null,
    ])
      origin.air({ type: 'event', from: 'a', event }, 'a script');
    await settle();
    expect(second.heard).toHaveLength(heard);
    origin.air({ type: 'event', from: 'a', event: { type: 'notice', notices: [] } }, 'a script');
    await settle();
    expect(second.heard).toHaveLength(heard + 1);
  });

  it('a broken invariant is told by name only: its message may hold plaintext', async () => {
    const origin = new Origin();
    const [tab] = (await tabsOf(origin, 'a')) as [Tab];
    tab.host.fromPage(call(1, 'devices'));
    await settle();
    expect(tab.heard).toContainEqual({ type: 'broken', id: 1, reason: 'TypeError' });
  });
});

describe('a secret is typed in one tab, and that tab leads', () => {
  it('whatever its place in the queue; the password is not said aloud', async () => {
    const origin = new Origin();
    const [first, second, third] = (await tabsOf(origin, 'a', 'b', 'c')) as [Tab, Tab, Tab];
    third.host.fromPage(call(1, 'unlock', ALICE));
    await settle();
    expect(origin.holder?.tab).toBe('c');
    expect(origin.opened).toEqual(['a', 'c']);
    expect(first.vault?.closed).toBe(true);
    expect(answers(third)).toEqual([{ type: 'answer', id: 1, result: ok() }]);
    expect(JSON.stringify(origin.aired)).not.toContain(ALICE.password);
    for (const tab of [first, second, third]) expect(tab.heard).not.toContainEqual(LEFT);
    first.host.fromPage(call(2, 'edit', 'moi', deletion(ID)));
    await settle();
    expect(third.vault?.edits).toEqual([deletion(ID)]);
  });

  it('a leader with something open or under way keeps the lead, and the other is told', async () => {
    const origin = new Origin();
    const [first, second] = (await tabsOf(origin, 'a', 'b')) as [Tab, Tab];
    first.vault!.isIdle = false;
    second.host.fromPage(call(1, 'unlock', ALICE));
    await settle();
    first.vault!.isIdle = true;
    first.vault!.hang = true;
    first.host.fromPage(call(1, 'unlock', ALICE));
    second.host.fromPage(call(2, 'unlock', ALICE));
    await settle();
    const elsewhere = refused('open-elsewhere');
    expect(answers(second)).toEqual([1, 2].map((id) => ({ type: 'answer', id, result: elsewhere })));
    expect(first.vault?.closed).toBe(false);
    expect(origin.opened).toEqual(['a']);
  });

  it('the tab that was let lead dies before it does: another one leads, and nobody waits for ever', async () => {
    const origin = new Origin();
    const [first, second, third] = (await tabsOf(origin, 'a', 'b', 'c')) as [Tab, Tab, Tab];
    third.host.fromPage(call(1, 'unlock', ALICE));
    origin.kill(third);
    await settle();
    expect(['a', 'b']).toContain(origin.holder?.tab);
    for (const tab of [first, second]) tab.host.fromPage(call(2, 'edit', 'moi', deletion(ID)));
    await settle();
    for (const tab of [first, second])
      expect(answers(tab)).toEqual([{ type: 'answer', id: 2, result: ok() }]);
  });

  it('a made-up answer on the channel does not pass for the answer to a password', async () => {
    const origin = new Origin();
    const [first, second] = (await tabsOf(origin, 'a', 'b')) as [Tab, Tab];
    first.vault!.hang = true;
    first.host.fromPage(call(1, 'unlock', ALICE));
    await settle();
    origin.kill(first);
    second.host.fromPage(call(1, 'unlock', ALICE));
    const message = { type: 'answer', id: 1, result: ok('made up') };
    origin.air({ type: 'reply', from: 'a', to: 'b', message }, 'nobody');
    await settle();
    expect(answers(second)).toEqual([{ type: 'answer', id: 1, result: ok() }]);
  });
});

describe('the lock is taken by force', () => {
  it('whoever led closes at once, answers what was under way, and follows', async () => {
    const origin = new Origin();
    const [first, second] = (await tabsOf(origin, 'a', 'b')) as [Tab, Tab];
    const robbed = first.vault!;
    robbed.hang = true;
    first.host.fromPage(call(1, 'addDocument', 'moi', file));
    await settle();
    origin.steal();
    await settle();
    expect(robbed.closed).toBe(true);
    expect(first.heard).toContainEqual(LEFT);
    expect(answers(first)).toEqual([{ type: 'answer', id: 1, result: refused('interrupted') }]);
    expect(origin.holder?.tab).toBe('b');
    first.host.fromPage(call(2, 'edit', 'moi', deletion(ID)));
    await settle();
    expect(second.vault?.edits).toEqual([deletion(ID)]);
    for (const listener of robbed.listeners) listener({ type: 'status', status: { type: 'unlocked' } });
    expect(JSON.stringify([first.heard, second.heard])).not.toContain('unlocked');
  });

  it('a vault that was still opening then is closed, and leads nobody', async () => {
    const origin = new Origin();
    let opened = (): void => {};
    const first = origin.tab('a', new Promise((resolve) => (opened = resolve)));
    const second = origin.tab('b');
    await settle();
    origin.steal();
    opened();
    await settle();
    expect(first.vault?.closed).toBe(true);
    expect(origin.holder?.tab).toBe('b');
    first.host.fromPage(call(1, 'edit', 'moi', deletion(ID)));
    await settle();
    expect(second.vault?.edits).toEqual([deletion(ID)]);
    expect(first.vault?.edits).toEqual([]);
  });
});
