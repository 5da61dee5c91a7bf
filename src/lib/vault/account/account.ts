/**
 * An unlocked account: its spaces, kept in step with the relay, and its records, opened as they are looked at.
 *
 * Guarantees: the record that is looked at is shown before any other is opened; the others follow when it stands, so that
 * all of them stay in step; nothing here waits for the network.
 */
import { hex, type Bytes } from '#lib/bytes/bytes.ts';
import { fail, ok, type Result } from '#lib/bytes/result.ts';
import { livingEntries } from '#lib/record/living.ts';
import { devices as naming, spaces as listed } from '#lib/record/sections/account.ts';
import type { DiskError, LocalSeal } from '#lib/replica/ports.ts';
import type { ReceiveReport, Replica, ReplicaChange } from '#lib/replica/replica.ts';
import type { Storage } from '#lib/storage/storage.ts';
import type { SyncEngine, SyncState } from '#lib/sync/engine.ts';
import {
  OWN_RECORD,
  type DeviceView,
  type RecordId,
  type RecordSummary,
  type RecordView,
  type SyncView,
  type VaultError,
  type VaultEvent,
} from '#lib/vault/door/door.ts';
import { healIdentity, type Identity, type KeptIdentity, type Owner } from '#lib/vault/entry/identity.ts';
import type { Environment } from '#lib/vault/environment.ts';
import { problemOfEdit } from '#lib/vault/errors.ts';
import { openRecord, showKept, type OpenRecord, type RecordHost } from '#lib/vault/record/open-record.ts';
import { Schedule } from '#lib/vault/schedule.ts';
import { follow } from '#lib/vault/spaces/follow.ts';
import type { OpenSpace } from '#lib/vault/spaces/roster-space.ts';
import { introduce } from '#lib/vault/spaces/guardians.ts';
import { grantEpochs } from '#lib/vault/spaces/granting.ts';
import { takeSalvaged } from '#lib/vault/spaces/salvaged.ts';
import type { Spaces } from '#lib/vault/spaces/spaces.ts';
import { connect, type Connection } from './connection.ts';
import { deviceViews } from './device-list.ts';
import type { Directory } from './directory.ts';
import type { Notices } from './notices.ts';
import { KitKeeper } from '#lib/vault/spaces/kit-keeper.ts';
import { HEADS_MS, Upkeep } from './upkeep.ts';
import { Warnings } from './warnings.ts';

/** Changes that come together are shown together. */
const SHOW_MS = 30;
/** How long the record that is looked at has before the others are opened. */
const OTHERS_MS = 2_000;
/** How long a person who asks for something of the relay waits to hear that it is not there. */
const ONLINE_MS = 6_000;

export interface AccountParts {
  readonly env: Environment;
  readonly storage: Storage;
  readonly seal: LocalSeal;
  readonly identity: KeptIdentity;
  readonly spaces: Spaces;
  readonly notices: Notices;
  readonly directory: Directory;
  /** What was kept to show of the record that is looked at, read before anything else. */
  readonly first: { readonly id: RecordId; readonly view: RecordView | null };
  readonly emit: (event: VaultEvent) => void;
}

export class Account {
  readonly env: Environment;
  readonly storage: Storage;
  readonly seal: LocalSeal;
  readonly spaces: Spaces;
  readonly notices: Notices;
  readonly warnings: Warnings;
  /** Settles when chain and account space have loaded, and on the founding device once everything is founded. */
  readonly ready: Promise<Result<void, VaultError>>;
  readonly #parts: AccountParts;
  readonly #schedule: Schedule;
  readonly #upkeep: Upkeep;
  readonly #connection: Connection;
  readonly #kit: KitKeeper;
  readonly #records = new Map<RecordId, Promise<OpenRecord>>();
  readonly #open = new Map<RecordId, OpenRecord>();
  readonly #followed = new WeakMap<SyncEngine, Set<Replica>>();
  #isLoaded = false;
  #salvaging: Promise<void> | null = null;
  #durable: boolean | null = null;
  #diskProblem: DiskError | null = null;

  constructor(parts: AccountParts) {
    const { env, storage, seal, spaces, notices, emit, identity } = parts;
    this.#parts = parts;
    [this.env, this.storage, this.seal, this.spaces, this.notices] = [env, storage, seal, spaces, notices];
    this.#schedule = new Schedule(env.clock);
    this.warnings = new Warnings({
      ...{ storage, seal },
      clock: env.clock,
      spaces,
      notices,
      emit,
      address: identity.value.address,
    });
    this.#kit = new KitKeeper(spaces);
    this.#upkeep = new Upkeep({
      spaces,
      schedule: this.#schedule,
      connection: () => this.#connection,
      records: () => [...this.#open.values()],
      wake: () => this.wake(),
      address: identity.value.address,
      introduce: (record) => this.#introduce(record),
      grant: () => grantEpochs({ random: env.random, spaces, identity: () => this.identity() }),
    });
    for (const space of [spaces.chain, spaces.account])
      space.replica.subscribe((change) => this.#onChange(space, change));
    this.#connection = connect(env, {
      engine: (engine) => this.#onEngine(engine),
      state: () => this.#onState(),
    });
    this.ready = this.#load();
  }

  identity(): Identity {
    return this.#parts.identity.value;
  }

  saveIdentity(identity: Identity): Promise<Result<void, DiskError>> {
    return this.#parts.identity.save(identity);
  }

  // ── records ────────────────────────────────────────────────────────────────────────────────────────────────────

  records(): readonly RecordSummary[] {
    return this.#parts.directory.list();
  }

  /** The record of this id, opened when it was not; null when there is none. */
  async record(id: RecordId): Promise<OpenRecord | null> {
    const known = this.#records.get(id);
    if (known) return known;
    const { directory } = this.#parts;
    if (!directory.spaceOf(id)) await this.ready; // one that this device has not listed yet
    const space = directory.spaceOf(id);
    return space === null ? null : (this.#records.get(id) ?? this.#openRecord(id, space));
  }

  /** How this device calls the record of a space; null where the account does not list it. */
  recordOf(space: Bytes): RecordId | null {
    return this.#parts.directory.idOf(space);
  }

  /** No more records can be listed. */
  isFull(): boolean {
    return this.#parts.directory.isFull();
  }

  /** The record of a space that the account space lists now, and whose it is. Null where there is no room for it. */
  async listed(space: Bytes, owner: Owner): Promise<RecordId | null> {
    const { directory } = this.#parts;
    await this.#onAccountSpace();
    const id = directory.idOf(space);
    if (id !== null) await directory.name(id, owner);
    this.wake();
    return id;
  }

  /** Every record that opens. One that does not keeps nobody from the others; whoever asks for it is told why. */
  async allRecords(): Promise<readonly OpenRecord[]> {
    await this.ready;
    const all: OpenRecord[] = [];
    for (const { id } of this.records()) {
      const record = await this.record(id).catch(() => null);
      if (record && (await record.ready).ok) all.push(record);
    }
    return all;
  }

  // ── how it stands ──────────────────────────────────────────────────────────────────────────────────────────────

  devices(): readonly DeviceView[] {
    const { account, device } = this.spaces;
    const names = livingEntries(account.replica.record(), naming.id);
    const now = this.env.clock.now();
    const lastSaid = (id: string): number | null => {
      const spaces = [account, ...this.spaces.records()];
      const times = spaces.flatMap(({ replica }) => replica.lastWordAt(id) ?? []);
      // A device whose clock runs ahead was not seen tomorrow.
      return times.length > 0 ? Math.min(now, Math.max(...times)) : null;
    };
    return deviceViews(this.spaces.chainState(), names, device.id, lastSaid);
  }

  /** This device was taken out, as far as it knows. */
  isRevoked(): boolean {
    return this.spaces.chainState().devices.get(hex(this.spaces.device.id))?.revoked !== undefined;
  }

  /** Online, everything taken in, nothing unsent. */
  settled(): boolean {
    return this.#connection.state().settled;
  }

  /** The engine once the relay answers; null when it does not within a few seconds. */
  online(within = ONLINE_MS): Promise<SyncEngine | null> {
    return this.#connection.online(within);
  }

  retryNow(): void {
    this.#connection.retryNow();
  }

  /** Something was written: it is to be sent. */
  wake(): void {
    this.#connection.engine()?.wake();
    this.#changed();
  }

  /** Every space that is due goes on under new keys. */
  rotateWhatIsDue(): Promise<void> {
    return this.#upkeep.rotateWhatIsDue();
  }

  /** The disk refused something, here or as a whole: the badge says so. */
  diskFailed(error: DiskError): void {
    this.#diskProblem = error;
    this.#changed();
  }

  async close(): Promise<void> {
    this.#schedule.stop();
    this.#connection.stop();
    await this.ready;
    // What is being taken in reads the disk, which is closed after this.
    await Promise.allSettled([...this.#records.values(), this.#salvaging]);
    for (const record of this.#open.values()) await record.close();
    await this.spaces.close();
  }

  // ── opening ────────────────────────────────────────────────────────────────────────────────────────────────────

  async #load(): Promise<Result<void, VaultError>> {
    const { storage, seal, directory } = this.#parts;
    const identity = this.identity();
    await healIdentity(storage, seal, identity);
    const done = await this.spaces.load();
    if (!done.ok) return fail(problemOfEdit(done.error));
    if (identity.founding) {
      const founded = await this.spaces.open(this.spaces.record(identity.record));
      if (!founded.ok) return fail(problemOfEdit(founded.error));
    }
    await directory.take(livingEntries(this.spaces.account.replica.record(), listed.id));
    this.#isLoaded = true;
    void this.#afterFirst();
    return ok();
  }

  /** What the record that is looked at does not wait for. One that does not open holds up nothing. */
  async #afterFirst(): Promise<void> {
    await this.record(this.#parts.first.id)
      .then((record) => record?.ready)
      .catch(() => null);
    this.#schedule.soon('arrange', 0, () => this.#arrange());
    this.#schedule.soon('others', OTHERS_MS, () => this.allRecords());
  }

  /** What the first screen does not wait for. */
  async #arrange(): Promise<void> {
    this.#durable = await this.env.persisted();
    this.#changed();
    const engine = this.#connection.engine();
    if (engine) this.#onEngine(engine);
    await this.spaces.refresh();
    await this.warnings.announceDevices();
  }

  #openRecord(id: RecordId, space: Bytes): Promise<OpenRecord> {
    const opening = this.#beginRecord(id, space);
    this.#records.set(id, opening);
    // A disk that refused is asked again with the next call.
    opening.catch(() => this.#records.delete(id));
    return opening;
  }

  async #beginRecord(id: RecordId, of: Bytes): Promise<OpenRecord> {
    const space = this.spaces.record(of);
    space.replica.subscribe((change) => {
      if (change.type === 'security') void this.warnings.onEvent(space.id, change.event, id);
      if (change.type === 'members' || change.type === 'chains') this.#lookAtGuardians({ id, space });
    });
    const { first } = this.#parts;
    const host = this.#host();
    const view = first.id === id ? first.view : await showKept(host, id);
    // Read beside what follows; whoever waits for the record is told when it does not open.
    this.spaces.open(space).catch(() => {});
    const record = await openRecord(host, { id, space, view });
    this.#open.set(id, record);
    void record.ready.then(({ ok: isOpen }) => {
      if (isOpen) this.#lookAtGuardians({ id, space });
      const engine = this.#connection.engine();
      if (!isOpen || !engine || !this.#isLoaded) return;
      this.#followAll(engine);
      record.transfers.wake(engine);
    });
    return record;
  }

  #host(): RecordHost {
    const { env, storage, seal, emit, directory } = this.#parts;
    return {
      ...{ env, storage, seal, emit, device: hex(this.spaces.device.id), address: this.identity().address },
      ownerOf: (id) => (id === OWN_RECORD ? this.identity().owner : null),
      named: (id, owner) => void directory.name(id, owner),
      syncOf: (record) => this.#syncOf(record),
      isRevoked: () => this.isRevoked(),
      written: (problem) => {
        this.#diskProblem = problem;
        this.wake();
      },
      load: (space) => this.spaces.open(space),
    };
  }

  // ── what comes in ──────────────────────────────────────────────────────────────────────────────────────────────

  #onEngine(engine: SyncEngine): void {
    this.#followAll(engine);
    for (const { transfers } of this.#open.values()) transfers.wake(engine);
  }

  #followAll(engine: SyncEngine): void {
    if (!this.#isLoaded) return;
    void this.#kit.follow(engine);
    const followed = this.#followed.get(engine) ?? new Set<Replica>();
    this.#followed.set(engine, followed);
    for (const space of this.spaces.all()) {
      if (followed.has(space.replica)) continue;
      followed.add(space.replica);
      const isChain = space === this.spaces.chain;
      engine.follow(
        follow(space, {
          isChain,
          onReceived: (report) => this.#received(space, report),
          ...(isChain && { onShown: (frame: Bytes) => this.warnings.onShown(frame) }),
        }),
      );
    }
  }

  #received(by: OpenSpace, { recordChanged, membersChanged }: ReceiveReport): void {
    if (!recordChanged && !membersChanged) return;
    if (recordChanged)
      for (const { space, transfers } of this.#open.values())
        if (space === by) transfers.wake(this.#connection.engine());
    for (const record of this.#open.values())
      if (record.space.hasRevoked())
        record.schedule.soon('unsettled', HEADS_MS, () => this.warnings.reviewUnsettled(record));
    if (this.#isLoaded) this.#upkeep.received();
  }

  #onChange({ id, replica }: OpenSpace, change: ReplicaChange): void {
    if (change.type === 'security') void this.warnings.onEvent(id, change.event, null);
    if (!this.#isLoaded) return;
    const { chain, account } = this.spaces;
    if (replica === chain.replica && change.type === 'members') {
      this.#schedule.soon('devices', SHOW_MS, () => this.warnings.announceDevices());
      this.#keepPlace();
    }
    if (replica === account.replica) {
      this.#schedule.soon('witness', SHOW_MS, () => this.#upkeep.passWitness());
      if (change.type === 'record') this.#schedule.soon('records', SHOW_MS, () => this.#onAccountSpace());
    }
    this.#changed();
  }

  /** A record that came to the account, on another device or on this one, is opened too: all of them stay in step. */
  async #onAccountSpace(): Promise<void> {
    this.#keepPlace();
    const before = this.records().length;
    await this.#parts.directory.take(livingEntries(this.spaces.account.replica.record(), listed.id));
    if (this.records().length > before) await this.allRecords();
  }

  /** Of the kit in use, which the chain tells, where the account space says that it stands. */
  #keepPlace(): void {
    const engine = this.#connection.engine();
    if (engine) void this.#kit.follow(engine);
  }

  #onState(): void {
    this.#changed();
    for (const { transfers } of this.#open.values()) transfers.wake(this.#connection.engine());
    if (this.#isLoaded) this.#upkeep.whenQuiet();
    if (this.settled()) this.#schedule.soon('salvage', SHOW_MS, () => this.#salvageOnce());
  }

  /** All keys are here now that there are: what they open of what this device had before is taken in. */
  #salvageOnce(): Promise<void> {
    const { storage, spaces, warnings } = this;
    const onLost = (words: number): Promise<void> => warnings.onLost(words);
    const wake = (): void => this.wake();
    this.#salvaging ??= this.allRecords().then(() => takeSalvaged({ storage, spaces, onLost, wake }));
    return this.#salvaging;
  }

  // ── what is shown ──────────────────────────────────────────────────────────────────────────────────────────────

  #changed(): void {
    if (!this.#isLoaded) return;
    this.#schedule.soon('show', SHOW_MS, () => {
      this.#parts.emit({ type: 'devices', devices: this.devices() });
    });
    for (const record of this.#open.values()) record.changed();
  }

  #syncOf({ space: { replica } }: OpenRecord): SyncView {
    const state = this.#connection.state();
    const { sent, receivedBy } = replica.delivery() ?? { sent: true, receivedBy: [] };
    const problem = problemOf(state, this.#diskProblem, this.isRevoked());
    const { chain, account } = this.spaces;
    return {
      connection: problem && problem !== 'revoked' ? 'problem' : state.connection,
      unsent: chain.replica.unsent() + account.replica.unsent() + replica.unsent(),
      delivery: { sent, receivedBy: receivedBy.length },
      otherDevices: Math.max(0, this.spaces.chainState().active.size - 1),
      ...(problem && { problem }),
      durable: this.#durable,
    };
  }

  #lookAtGuardians(record: Pick<OpenRecord, 'id' | 'space'>): void {
    this.#schedule.soon(`guardians ${record.id}`, SHOW_MS, () => this.warnings.announceGuardians(record));
  }

  async #introduce({ space }: OpenRecord): Promise<void> {
    const { address, owner } = this.identity();
    if ((await introduce(space, address, owner))?.ok) this.wake();
  }
}

function problemOf({ problem }: SyncState, disk: DiskError | null, isRevoked: boolean): SyncView['problem'] {
  if (disk?.type === 'version') return 'read-only';
  if (disk?.type === 'quota' || problem === 'disk') return 'storage-full';
  // Whatever else the relay says to a device that was taken out follows from it.
  if (isRevoked) return 'revoked';
  if (problem === 'relay-full') return 'relay-full';
  return problem === null ? undefined : 'relay-refuses';
}
