/**
 * One vault per origin. Each tab has a worker; the one that holds the Web Lock leads: it opens the storage and the
 * socket. The others pass their page's calls to it and hear its events.
 *
 *        ┌─────────┐  lock granted   ┌────────┐
 *   ───▶ │ follows │ ───────────────▶│ leads  │      until the tab ends, the lock is taken away,
 *        └─────────┘ ◀───────────────└────────┘      or it gives way
 *
 * Guarantees: the channel between tabs, which every page of the origin hears, carries no key, and nothing that is typed to
 * get one. A call that takes such a thing stays in the worker of the page it was typed in, which asks to lead for it; a
 * leader with nothing open and nothing under way gives way. When a leader that has the account open dies, its keys die
 * with it: the next one opens a locked vault, its page is told (`left`), and the password is asked for there. Calls that
 * were under way are asked again if asking twice is harmless.
 */
import { fail } from '#lib/bytes/result.ts';
import type { VaultError, VaultEvent } from '#lib/vault/door/door.ts';
import {
  goesToAll,
  readBetweenTabs,
  readFromPage,
  type BetweenTabs,
  type Call,
  type ToPage,
} from '#lib/vault/door/messages.ts';
import { admitCall, type Admitted } from '#lib/vault/door/methods.ts';
import { Serving, type HostedVault } from './serving.ts';

/** The part of BroadcastChannel that is used. */
export interface TabChannel {
  postMessage(message: BetweenTabs): void;
  onmessage: ((event: { data: unknown }) => void) | null;
}

export interface ElectionDeps {
  readonly tab: string; // random, for this worker only
  readonly channel: TabChannel;
  /** Runs `lead` when this tab holds the lock, and holds it until the promise ends; `lost` when it was taken by force. */
  readonly holdLock: (lead: () => Promise<void>, lost: () => void) => void;
  readonly openVault: () => Promise<HostedVault>;
  readonly toPage: (message: ToPage) => void;
}

export interface TabHost {
  fromPage(message: unknown): void;
}

/** Joins the tabs of this origin; calls are served from now on, here or by the tab that leads. */
export function joinTabs(deps: ElectionDeps): TabHost {
  return new TabWorker(deps);
}

interface Waiting {
  readonly call: Admitted;
  /** Who was asked last. */
  sentTo: string | null;
}

interface Lead {
  readonly vault: HostedVault;
  readonly serving: Serving;
  readonly release: () => void;
}

class TabWorker implements TabHost {
  readonly #deps: ElectionDeps;
  readonly #waiting = new Map<number, Waiting>();
  #lead: Lead | null = null;
  /** Who leads, as far as this tab was told; null while nobody is known to. */
  #leader: string | null = null;
  /** Whom the last leader gave way to: whoever is before it in the queue lets it pass once. */
  #heir: string | null = null;
  /** Grows with each time the lock is taken away: what began before it is void. */
  #robbed = 0;

  constructor(deps: ElectionDeps) {
    this.#deps = deps;
    deps.channel.onmessage = ({ data }) => {
      const message = readBetweenTabs(data);
      if (message) this.#hear(message);
    };
    this.#queue();
    this.#say({ type: 'hello', from: deps.tab });
  }

  fromPage(message: unknown): void {
    const read = readFromPage(message);
    if (read?.type === 'cancel') this.#cancel(read.id);
    if (read?.type !== 'call') return;
    const call = admitCall(read);
    if (!call) return this.#refuse(read.id, { type: 'call-refused' });
    this.#waiting.set(call.id, { call, sentTo: null });
    this.#dispatch();
  }

  // ── leading ────────────────────────────────────────────────────────────────────────────────────────────────────

  #queue(): void {
    this.#deps.holdLock(
      () => this.#granted(),
      () => this.#lost(),
    );
  }

  async #granted(): Promise<void> {
    const heir = this.#heir;
    this.#heir = null;
    if (heir !== null && heir !== this.#deps.tab) return this.#queue();
    const robbed = this.#robbed;
    const vault = await this.#deps.openVault();
    if (robbed !== this.#robbed) return vault.close();
    await new Promise<void>((release) => this.#takeLead({ vault, release, serving: new Serving(vault) }));
  }

  #takeLead(lead: Lead): void {
    const left = this.#leader !== null;
    this.#lead = lead;
    this.#leader = null;
    lead.vault.subscribe((event) => {
      if (this.#lead === lead) this.#tell(event);
    });
    this.#say({ type: 'leader', from: this.#deps.tab });
    if (left) this.#tellLeft();
    this.#dispatch();
  }

  #tell(event: VaultEvent): void {
    this.#deps.toPage({ type: 'event', event });
    if (goesToAll(event)) this.#say({ type: 'event', from: this.#deps.tab, event });
  }

  /** Lets the tab lead in which something was typed that must not cross. */
  async #giveWay({ vault, release }: Lead, to: string): Promise<void> {
    this.#lead = null;
    this.#heir = to;
    this.#say({ type: 'yield', from: this.#deps.tab, to });
    try {
      await vault.close();
    } finally {
      this.#queue();
      release();
    }
  }

  /** Somebody took the lock by force: two vaults over one disk would destroy it, so this one ends. */
  #lost(): void {
    this.#robbed++;
    const lead = this.#lead;
    this.#lead = null;
    this.#queue();
    if (!lead) return;
    lead.serving.interruptAll();
    this.#tellLeft();
    void lead.vault.close();
  }

  // ── following ──────────────────────────────────────────────────────────────────────────────────────────────────

  #follow(leader: string): void {
    const left = this.#leader !== null && this.#leader !== leader;
    this.#leader = leader;
    this.#heir = null;
    if (left) this.#tellLeft();
    this.#dispatch();
  }

  /** The tab that had the account open is gone, and its keys with it. */
  #tellLeft(): void {
    this.#deps.toPage({ type: 'event', event: { type: 'left' } });
  }

  /** Hands every waiting call to whoever leads now; one that an earlier leader took may have been carried out. */
  #dispatch(): void {
    const { tab } = this.#deps;
    const to = this.#lead ? tab : this.#leader;
    if (to === null) return;
    for (const entry of [...this.#waiting.values()]) {
      const { call, sentTo } = entry;
      if (sentTo === to) continue;
      entry.sentTo = to;
      if (call.method.stays && !this.#lead) this.#say({ type: 'want', from: tab });
      else if (sentTo !== null && !call.method.again && !call.method.stays)
        this.#refuse(call.id, { type: 'interrupted' });
      else if (this.#lead) void this.#lead.serving.serve(tab, call, (message) => this.#answer(message));
      else this.#say({ type: 'call', from: tab, call: toCall(call) });
    }
  }

  #cancel(id: number): void {
    const { tab } = this.#deps;
    const entry = this.#waiting.get(id);
    if (!entry) return;
    if (entry.sentTo === null) this.#refuse(id, { type: 'cancelled' });
    else if (this.#lead) this.#lead.serving.cancel(tab, id);
    else if (!entry.call.method.stays) this.#say({ type: 'cancel', from: tab, id });
  }

  /** The leader is at something and keeps the lead: what stays here cannot be done now. */
  #keptFrom(leader: string): void {
    for (const { call, sentTo } of [...this.#waiting.values()])
      if (call.method.stays && sentTo === leader) this.#refuse(call.id, { type: 'open-elsewhere' });
  }

  // ── what is heard and said ─────────────────────────────────────────────────────────────────────────────────────

  #hear(message: BetweenTabs): void {
    if (this.#lead) this.#hearAsLeader(this.#lead, message);
    else this.#hearAsFollower(message);
  }

  #hearAsLeader(lead: Lead, message: BetweenTabs): void {
    const { tab } = this.#deps;
    if (message.type === 'hello') this.#say({ type: 'leader', from: tab });
    if (message.type === 'cancel') lead.serving.cancel(message.from, message.id);
    if (message.type === 'want') {
      if (lead.serving.busy()) this.#say({ type: 'keep', from: tab, to: message.from });
      else void this.#giveWay(lead, message.from);
    }
    if (message.type === 'call') this.#serveOther(lead, message.from, message.call);
  }

  #serveOther({ serving }: Lead, to: string, asked: Call): void {
    const reply = (message: ToPage): void => this.#say({ type: 'reply', from: this.#deps.tab, to, message });
    const call = admitCall(asked);
    // Whoever asks over the channel for what stays in a worker is none of ours.
    if (call && !call.method.stays) void serving.serve(to, call, reply);
    else reply({ type: 'answer', id: asked.id, result: fail({ type: 'call-refused' }) });
  }

  #hearAsFollower(message: BetweenTabs): void {
    const { tab } = this.#deps;
    if (message.type === 'leader') this.#follow(message.from);
    if (message.type === 'keep' && message.to === tab) this.#keptFrom(message.from);
    if (message.type === 'yield') {
      this.#leader = null;
      this.#heir = message.to;
    }
    if (message.type === 'event' && goesToAll(message.event))
      this.#deps.toPage({ type: 'event', event: message.event });
    if (message.type === 'reply' && message.to === tab) this.#hearReply(message.message);
  }

  #hearReply(message: ToPage): void {
    const id =
      message.type !== 'event' ? message.id : message.event.type === 'progress' && message.event.call;
    const entry = typeof id === 'number' ? this.#waiting.get(id) : undefined;
    if (entry?.sentTo && !entry.call.method.stays) this.#answer(message);
  }

  #answer(message: ToPage): void {
    if (message.type !== 'event') this.#waiting.delete(message.id);
    this.#deps.toPage(message);
  }

  #refuse(id: number, error: VaultError): void {
    this.#answer({ type: 'answer', id, result: fail(error) });
  }

  #say(message: BetweenTabs): void {
    this.#deps.channel.postMessage(message);
  }
}

function toCall({ id, name, args }: Admitted): Call {
  return { type: 'call', id, method: name, args };
}
