/**
 * What the pages know of the vault: the latest of everything it has told, and the door to ask it more.
 *
 * Made once by the root layout and handed down by context. Holds read models only; locking ends the worker and loads the
 * page anew, so that nothing of them stays in memory.
 */
import { createContext } from 'svelte';
import { recordShown, showRecord } from '#lib/places/places.svelte.ts';
import { inRecord } from '#lib/vault/door/client.ts';
import type {
  Answer,
  DeviceView,
  Door,
  Forgotten,
  LinkState,
  PasskeyAsked,
  RecordCalls,
  RecordId,
  RecordSummary,
  RecordView,
  SecurityNotice,
  SyncView,
  VaultError,
  VaultEvent,
  VaultStatus,
} from '#lib/vault/door/door.ts';

export interface Vault extends Door {
  subscribe(listener: (event: VaultEvent) => void): () => void;
  terminate(): void;
}

/** A worker starts in a tenth of this on a slow phone. */
const START_MS = 6000;

export class Session {
  readonly door: Door;
  status = $state.raw<VaultStatus>();
  /** Every record of the account; the one that the address names is shown. */
  records = $state.raw<readonly RecordSummary[]>([]);
  /** The address names a record that this account does not have. */
  unknown = $state(false);
  devices = $state.raw<readonly DeviceView[]>();
  notices = $state.raw<readonly SecurityNotice[]>([]);
  /** While it is locked: what may be asked for in the place of the password. */
  passkeys = $state.raw<readonly PasskeyAsked[]>([]);
  /** While it is locked: first names of the carnets here whose people wish theirs shown. */
  names = $state.raw<readonly string[]>([]);
  link = $state.raw<LinkState>();
  /** The worker failed where no failure is expected: only a reload helps. */
  broken = $state(false);
  /** The worker has not answered yet, and it should have: it may hang, or wait for another tab that does. */
  late = $state(false);
  /** The tab that had the keys is gone. What this one shows stays as it is, out of sight, until the password is typed. */
  left = $state(false);
  /** Why the vault could not even say how it stands. */
  closed = $state.raw<VaultError>();
  readonly #vault: Vault;
  #views = $state.raw<Readonly<Record<RecordId, RecordView>>>({});
  #syncs = $state.raw<Readonly<Record<RecordId, SyncView>>>({});
  #locking = false;
  #forgetting = false;
  /** This device in the account whose pages are shown: no two carnets have the same. */
  #whose: string | undefined;

  constructor(vault: Vault) {
    this.#vault = vault;
    this.door = guarded(vault, () => {
      if (!this.#locking) this.broken = true;
    });
    vault.subscribe((event) => this.#hear(event));
  }

  get shown(): RecordId {
    return recordShown();
  }

  /** What is shown. */
  get record(): RecordView | undefined {
    return this.#views[this.shown];
  }

  /** This device was taken out of the account: what it has can be read, and nothing more. */
  get isOut(): boolean {
    return this.devices?.some(({ thisDevice, revokedAt }) => thisDevice && revokedAt !== null) ?? false;
  }

  get sync(): SyncView | undefined {
    return this.#syncs[this.shown];
  }

  /** The door of the record that is shown now. Kept by whoever begins something with it. */
  get here(): RecordCalls {
    return inRecord(this.door, this.shown);
  }

  /** The record that the address names. */
  show(id: RecordId): void {
    if (this.shown === id) return;
    showRecord(id);
    this.unknown = false;
    if (this.status?.type === 'unlocked') void this.#loadRecord();
  }

  /** Asks for the status; the rest follows by itself once the record is open. */
  async start(): Promise<void> {
    const waited = setTimeout(() => (this.late = true), START_MS);
    const answer = await this.door.status();
    if (answer.ok && answer.value.type === 'locked') await this.#loadThreshold();
    clearTimeout(waited);
    this.late = false;
    if (answer.ok) this.#setStatus(answer.value);
    else if (answer.error.type === 'not-supported') this.#setStatus(answer.error);
    else if (!this.broken) this.closed = answer.error;
  }

  /** Ends the worker with every key and plaintext in it, and leaves this page for the unlock page. */
  async lock(reason: 'asked' | 'idle'): Promise<void> {
    if (this.#locking) return;
    this.#locking = true;
    // A worker that no longer answers must not keep the record open.
    await Promise.race([this.door.lock(), new Promise((wake) => setTimeout(wake, 1000))]);
    this.#vault.terminate();
    location.replace(reason === 'idle' ? '/deverrouiller?inactif' : '/deverrouiller');
  }

  /**
   * This device forgets the account that is open. What this page still shows of it goes with the page: when it is done, `gone`
   * says whether no other carnet is here, and another page is loaded.
   */
  async forget(): Answer<Forgotten & { readonly gone: boolean }> {
    this.#locking = this.#forgetting = true;
    const answer = await this.door.forgetDevice();
    if (!answer.ok) {
      this.#locking = this.#forgetting = false;
      return answer;
    }
    const left = await this.door.status();
    this.#vault.terminate();
    return { ok: true, value: { ...answer.value, gone: left.ok && left.value.type === 'empty' } };
  }

  #hear(event: VaultEvent): void {
    switch (event.type) {
      case 'status':
        return this.#setStatus(event.status);
      case 'records':
        this.records = event.records;
        return;
      case 'record':
        this.#views = { ...this.#views, [event.id]: event.record };
        return;
      case 'sync':
        this.#syncs = { ...this.#syncs, [event.id]: event.sync };
        return;
      case 'devices':
        this.devices = event.devices;
        return;
      case 'notice':
        this.notices = event.notices;
        return;
      case 'link':
        this.link = event.link;
        return;
      case 'left':
        void this.#onLeft();
        return;
      case 'progress':
    }
  }

  #setStatus(status: VaultStatus): void {
    if (this.#forgetting) return; // another page will ask
    if (this.left && status.type === 'unlocked') return void this.#comeBack(status);
    const was = this.status?.type;
    this.status = status;
    if (status.type !== 'locked') this.left = false;
    if (status.type === 'unlocked' && was !== 'unlocked') void this.#load();
    // Another tab locked, or forgot: this one lets go of what it shows as well.
    if (was === 'unlocked' && (status.type === 'locked' || status.type === 'empty')) void this.lock('asked');
  }

  /** What waits out of sight is shown again to the person whose it is. Somebody else's carnet begins on a page of its own. */
  async #comeBack(status: VaultStatus): Promise<void> {
    const devices = await this.door.devices();
    if (!devices.ok || ownId(devices.value) !== this.#whose) return location.replace('/deverrouiller');
    this.left = false;
    this.status = status;
    await this.#load();
  }

  /** Nobody has locked, so nothing that is half written here is thrown away; the idle watch goes on. */
  async #onLeft(): Promise<void> {
    if (this.status?.type !== 'unlocked') return;
    const now = await this.door.status();
    if (!now.ok || now.value.type !== 'locked' || this.#locking) return;
    await this.#loadThreshold();
    this.left = true;
    this.status = now.value;
  }

  /** Before what is locked is shown, so that nothing moves there afterwards. */
  async #loadThreshold(): Promise<void> {
    const [passkeys, names] = await Promise.all([this.door.passkeys(), this.door.shownNames()]);
    if (passkeys.ok) this.passkeys = passkeys.value;
    if (names.ok) this.names = names.value;
  }

  async #load(): Promise<void> {
    await this.#loadRecord();
    const [records, devices, notices] = await Promise.all([
      this.door.records(),
      this.door.devices(),
      this.door.notices(),
    ]);
    if (records.ok) this.records = records.value;
    if (devices.ok) {
      this.devices = devices.value;
      this.#whose = ownId(devices.value);
    }
    if (notices.ok) this.notices = notices.value;
  }

  async #loadRecord(): Promise<void> {
    const id = this.shown;
    const record = await this.door.record(id);
    if (record.ok) this.#views = { ...this.#views, [id]: record.value };
    else if (id === this.shown) this.unknown = isNowhere(record.error);
    const sync = record.ok ? await this.door.sync(id) : record;
    if (sync.ok) this.#syncs = { ...this.#syncs, [id]: sync.value };
  }
}

export const [getSession, setSession] = createContext<Session>();

function ownId(devices: readonly DeviceView[]): string | undefined {
  return devices.find(({ thisDevice }) => thisDevice)?.id;
}

/** The same door, but a worker that breaks is reported once and answered as an interrupted call, never thrown at a page. */
function guarded(vault: Vault, onBroken: () => void): Door {
  return new Proxy(vault, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== 'function') return method;
      return async (...args: unknown[]): Promise<unknown> => {
        try {
          return await (Reflect.apply(method, target, args) as Promise<unknown>);
        } catch {
          onBroken();
          return { ok: false, error: { type: 'interrupted' } };
        }
      };
    },
  });
}

/** An id that is none, or of no record of this account. */
function isNowhere({ type }: VaultError): boolean {
  return type === 'record-unknown' || type === 'call-refused';
}
