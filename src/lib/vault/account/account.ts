/**
 * An unlocked account: its spaces, kept in step with the relay, and what the pages are shown of it.
 *
 * Guarantees: the view is shown at once from the sealed read model and again when the replicas have loaded; an edit that
 * was answered `ok` is on the disk; nothing here waits for the network.
 */
import { equal, hex, type Bytes } from '#lib/bytes/bytes.ts';
import { fail, ok, type Result } from '#lib/bytes/result.ts';
import { sha256 } from '#lib/crypto/hash.ts';
import { ChangeLog } from '#lib/record/change-log.ts';
import { withHistory } from '#lib/record/changes.ts';
import type { Edit, Entry, EntryId, HealthRecord, SectionId } from '#lib/record/entry.ts';
import type { EntryHistory } from '#lib/record/history.ts';
import type { MeasureId } from '#lib/record/measure-kinds.ts';
import { type MeasureSeries, seriesOf } from '#lib/record/measures.ts';
import { today } from '#lib/record/partial-date.ts';
import { checkEdit } from '#lib/record/sections.ts';
import { documents } from '#lib/record/sections/documents.ts';
import { eventKey, type SecurityEvent } from '#lib/replica/events.ts';
import type { DiskError, LocalSeal } from '#lib/replica/ports.ts';
import type { EditError, ReceiveReport, Replica } from '#lib/replica/replica.ts';
import type { Storage } from '#lib/storage/storage.ts';
import type { SyncEngine, SyncState } from '#lib/sync/engine.ts';
import { connect } from './connection.ts';
import type {
  DeviceView,
  RecordView,
  SearchResult,
  SyncView,
  VaultError,
  VaultEvent,
} from '#lib/vault/door/door.ts';
import type { DocumentsDeps } from '#lib/vault/documents/documents.ts';
import { deviceViews } from './device-list.ts';
import type { Environment } from '#lib/vault/environment.ts';
import { storageProblem } from '#lib/vault/errors.ts';
import { openFolding } from './folding.ts';
import { follow } from '#lib/vault/spaces/follow.ts';
import { conflictViews, deviceOf, historyOf, type DeviceOf } from '#lib/vault/record/history.ts';
import { healIdentity, identityChanges, type Identity } from '#lib/vault/entry/identity.ts';
import type { Ring } from '#lib/vault/spaces/keyring.ts';
import { openNotices, type Notices } from './notices.ts';
import {
  buildView,
  deletedEntries,
  livingEntries,
  loadView,
  measuredValues,
  saveView,
} from '#lib/vault/record/read-model.ts';
import { openSpaces, type RosterSpace, type Spaces } from '#lib/vault/spaces/spaces.ts';
import type { Search } from '#lib/vault/record/search.ts';
import { showsForeignKeys } from './substitution.ts';
import { openTransfers, type Transfers } from '#lib/vault/documents/transfers.ts';
import { undecidedDevices } from './undecided.ts';

export interface Account {
  readonly env: Environment;
  readonly storage: Storage;
  readonly seal: LocalSeal;
  readonly spaces: Spaces;
  readonly transfers: Transfers;
  readonly notices: Notices;
  readonly documents: DocumentsDeps;
  /** Keys were shown that are not the expected ones: the person is told. */
  warnOfForeignKeys(): Promise<void>;
  identity(): Identity;
  saveIdentity(identity: Identity): Promise<Result<void, DiskError>>;
  /** Settles when the replicas have loaded: from then on the record can be changed. */
  readonly ready: Promise<Result<void, VaultError>>;
  /** What is shown now; waits for the replicas only when nothing was kept to show. */
  view(): Promise<Result<RecordView, VaultError>>;
  edit(edits: readonly Edit[]): Promise<Result<void, VaultError>>;
  /** The living entries of a section of the record. */
  entries(section: SectionId): readonly Entry[];
  history(section: SectionId, id: EntryId): Result<EntryHistory, VaultError>;
  deleted(section: SectionId): readonly Entry[];
  document(id: EntryId): Entry | undefined;
  measures(kind: MeasureId): MeasureSeries;
  search(query: string): Promise<SearchResult>;
  devices(): readonly DeviceView[];
  sync(): SyncView;
  /** Online, everything taken in, nothing unsent. */
  settled(): boolean;
  /** The engine once the relay answers; null when it does not within a few seconds. */
  online(): Promise<SyncEngine | null>;
  /** Something was written outside `edit`: it is to be sent. */
  wake(): void;
  /** What waits for the person to decide on may have changed: the notices say so. */
  reviewUnsettled(): Promise<void>;
  retryNow(): void;
  /** The disk refused something, here or as a whole: the badge says so. */
  diskFailed(error: DiskError): void;
  close(): Promise<void>;
}

/** Changes that come together are shown together. */
const SHOW_MS = 30;
const SAVE_MS = 500;
/** How long after frames of others came the others are told that they did. */
const HEADS_MS = 1_000;
/** How long a person who asks for something of the relay waits to hear that it is not there. */
const ONLINE_MS = 6_000;
/** A rotation that another device has to make is given this long before this device makes it. */
const ROTATE_MS = 60_000;
/** …and this long where words of this device wait for it (rule 27). */
const WAITING_MS = 5_000;
const DAY_MS = 24 * 3_600_000;

export async function openAccount(input: {
  readonly env: Environment;
  readonly storage: Storage;
  readonly seal: LocalSeal;
  readonly identity: Identity;
  readonly emit: (event: VaultEvent) => void;
}): Promise<Account> {
  const { env, storage, seal, emit } = input;
  const { clock } = env;
  let identity = input.identity;
  // The first screen waits for nothing but this. Without a view there is none: an empty record would be a false one.
  let view = await loadView(storage, seal);
  if (view) emit({ type: 'record', record: view });
  let loaded = false;
  let closed = false;
  let durable: boolean | null = null;
  let diskProblem: DiskError | null = null;
  let headsDue = false;
  let followedBy: SyncEngine | null = null;
  const timers = new Map<string, () => void>();
  const witnessed = new Map<string, Bytes>();
  const log = new ChangeLog();
  let searching: Promise<Search> | null = null;

  const [notices, spaces, transfers] = await Promise.all([
    openNotices(storage, seal),
    openSpaces({ env, storage, seal, identity, saveAccountEpochs, onFounded, onKeys: wake }),
    openTransfers({ env, storage, seal, documents: documentEntries, onChange: changed }),
  ]);
  const { chain, account, record } = spaces;
  const folding = openFolding(record.replica);

  function documentEntries(): Iterable<Entry> {
    return record.replica.record().entries.get(documents.id)?.values() ?? [];
  }

  /** Runs once, a while after the first of several calls. */
  function soon(name: string, delay: number, work: () => unknown): void {
    if (closed || timers.has(name)) return;
    timers.set(
      name,
      clock.setTimer(delay, () => {
        timers.delete(name);
        void work();
      }),
    );
  }

  async function saveIdentity(next: Identity): Promise<Result<void, DiskError>> {
    const saved = await storage.write(await identityChanges(seal, next), 'strict');
    if (saved.ok) identity = next;
    return saved;
  }

  function saveAccountEpochs(epochs: Ring): Promise<Result<void, DiskError>> {
    return saveIdentity({ ...identity, account: { ...identity.account, epochs } });
  }

  /** With the code redeemed, the bodies of the first frames have served. */
  function onFounded(): Promise<Result<void, DiskError>> {
    const { founding: _written, ...founded } = identity;
    return identity.redemption ? Promise.resolve(ok()) : saveIdentity(founded);
  }

  // ── what is shown ──────────────────────────────────────────────────────────────────────────────────────────────

  function changed(): void {
    if (loaded) soon('show', SHOW_MS, show);
  }

  function show(): RecordView {
    // What was shown before something rotted says more than what is left of it.
    const built = view && !record.replica.isWhole() ? view : buildRecord();
    view = built;
    emit({ type: 'record', record: built });
    emit({ type: 'devices', devices: devices() });
    emit({ type: 'sync', sync: sync() });
    soon('save', SAVE_MS, () => view && saveView(storage, seal, view));
    return built;
  }

  function buildRecord(): RecordView {
    const held = record.replica.record();
    const known = log.update(held);
    return buildView({
      editable: isAuthor(),
      owner: identity.owner,
      record: held,
      heads: (section, id) => known.headsOf(section, id),
      conflicts: conflictViews(held, known, deviceNow()),
      delivery(section, id) {
        const { sent, receivedBy } = record.replica.entryDelivery(section, id);
        return { sent, receivedBy: receivedBy.length };
      },
      blob: (blob, chunks) => transfers.status(blob, chunks),
    });
  }

  const deviceNow = (): DeviceOf => deviceOf(record.roster().clientIds);

  function history(section: SectionId, id: EntryId): Result<EntryHistory, VaultError> {
    const held = record.replica.record();
    const found = historyOf(held, log.update(held), deviceNow(), section, id);
    return found ? ok(found) : fail({ type: 'entry-missing' });
  }

  /** Loaded when something is first looked for: many never do. */
  function searchEngine(): Promise<Search> {
    searching ??= import('#lib/vault/record/search.ts').then(({ openSearch }) =>
      openSearch(storage, seal, (save) => soon('search', SAVE_MS, save)),
    );
    // What could not be loaded is tried again with the next word.
    searching.catch(() => (searching = null));
    return searching;
  }

  /** A device that was just linked is none until its first sync: keys and members of the record have to arrive. */
  const isAuthor = (): boolean =>
    record.replica.members().author(hex(spaces.device.id))?.clientId !== undefined;

  const isRevoked = (): boolean =>
    spaces.chainState().devices.get(hex(spaces.device.id))?.revoked !== undefined;

  const devices = (): readonly DeviceView[] =>
    deviceViews(spaces.chainState(), livingEntries(account.replica.record(), 'devices'), spaces.device.id);

  function sync(): SyncView {
    const state = connection.state();
    const { sent, receivedBy } = record.replica.delivery() ?? { sent: true, receivedBy: [] };
    const problem = problemOf(state, diskProblem);
    return {
      connection: problem ? 'problem' : state.connection,
      unsent: unsent(),
      delivery: { sent, receivedBy: receivedBy.length },
      otherDevices: Math.max(0, spaces.chainState().active.size - 1),
      ...(problem && { problem }),
      durable,
    };
  }

  const unsent = (): number =>
    [chain, account, record].reduce((sum, { replica }) => sum + replica.unsent(), 0);

  // ── what comes in ──────────────────────────────────────────────────────────────────────────────────────────────

  function received({ recordChanged, membersChanged }: ReceiveReport): void {
    if (!recordChanged && !membersChanged) return;
    headsDue = true;
    if (recordChanged) transfers.wake(connection.engine());
    if ([...spaces.chainState().devices.values()].some(({ revoked }) => revoked))
      soon('unsettled', HEADS_MS, reviewUnsettled);
    whenQuiet();
  }

  async function warn(space: string, event: SecurityEvent): Promise<void> {
    const device = 'author' in event && event.author !== undefined ? { device: event.author } : {};
    const added = await notices.add({
      id: `${space} ${eventKey(event)}`,
      type: event.type,
      at: clock.now(),
      ...device,
    });
    if (added) emit({ type: 'notice', notices: notices.list() });
  }

  /** A device that came or went without this one (D03, D04). What it did itself, or found when it was linked, is no news. */
  async function announceDevices(): Promise<void> {
    const { devices: all } = spaces.chainState();
    const self = hex(spaces.device.id);
    const since = all.get(self)?.addedAt ?? Infinity;
    for (const [id, { addedBy, addedAt, revoked }] of all) {
      if (id === self || revoked?.by === null) continue; // such a device never was one of the account
      if (addedAt > since && addedBy !== self) await announce('new-device', id, addedAt);
      if (revoked && revoked.at > since && revoked.by !== self)
        await announce('device-revoked', id, revoked.at);
    }
  }

  /** A notice for each device of which something waits for the person, until all of it is decided, here or elsewhere. */
  async function reviewUnsettled(): Promise<void> {
    if (isRevoked()) return; // a device that is out itself decides nothing
    const found = await undecidedDevices(spaces);
    if (!found.ok) return; // looked for again when frames come, or at the next start
    const waiting = found.value;
    let isNews = false;
    for (const { id, type, device } of notices.list())
      if (type === 'late-words' && !waiting.has(device ?? '')) isNews = (await notices.remove(id)) || isNews;
    for (const [device, at] of waiting) {
      const notice = { id: `late-words ${device}`, type: 'late-words', at, device } as const;
      isNews = (await notices.add(notice)) || isNews;
    }
    if (isNews) emit({ type: 'notice', notices: notices.list() });
  }

  function shownInChain(frame: Bytes): void {
    if (showsForeignKeys(identity.address, chain.epochs()[0]!, frame)) void warnOfForeignKeys();
  }

  /** Once a day: whoever shows foreign keys can show any number of them. */
  async function warnOfForeignKeys(): Promise<void> {
    const at = clock.now();
    const day = Math.floor(at / DAY_MS);
    const added = await notices.add({ id: `key-substituted ${day}`, type: 'key-substituted', at });
    if (added) emit({ type: 'notice', notices: notices.list() });
  }

  async function announce(type: 'new-device' | 'device-revoked', device: string, at: number): Promise<void> {
    const added = await notices.add({ id: `${type} ${device}`, type, at, device });
    if (added) emit({ type: 'notice', notices: notices.list() });
  }

  /** What another device says it has of the record, and this one has not, is asked for at once: kept back, it is told. */
  async function passWitness(): Promise<void> {
    for (const [device, frontiers] of account.replica.otherFrontiers()) {
      const frontier = frontiers.get(hex(record.id));
      const last = witnessed.get(device);
      if (!frontier || (last && equal(last, frontier))) continue;
      witnessed.set(device, frontier);
      await record.replica.witness(device, frontier);
    }
    if (record.replica.missing().length > 0) wake();
  }

  function listen({ id, replica }: { readonly id: Bytes; readonly replica: Replica }): void {
    replica.subscribe((change) => {
      if (change.type === 'security') void warn(hex(id), change.event);
      if (change.type === 'members' && replica === chain.replica && loaded)
        soon('devices', SHOW_MS, announceDevices);
      if (replica === account.replica && loaded) soon('witness', SHOW_MS, passWitness);
      changed();
    });
  }

  // ── what is to be done when all is quiet ───────────────────────────────────────────────────────────────────────

  function onState(): void {
    changed();
    transfers.wake(connection.engine());
    whenQuiet();
  }

  /** Also asked when frames come in: a state that stays settled is not told again. */
  function whenQuiet(): void {
    if (!loaded) return;
    rotateSoon();
    if (connection.engine()?.isCaughtUp())
      for (const space of [account, record]) void space.replica.noteShown();
    if (!connection.state().settled) return;
    if (headsDue) soon('heads', HEADS_MS, publishHeads);
    if (folding.isDue()) soon('snapshot', HEADS_MS, takeSnapshot);
  }

  /** What waits for new keys does not wait long for somebody else to make them. */
  function rotateSoon(): void {
    if (connection.state().connection !== 'online') return;
    const due = [account, record].filter((space) => space.roster().rotationDue);
    if (due.length === 0) return;
    soon('rotate', ROTATE_MS, rotateWhatIsDue);
    if (due.some(({ replica }) => replica.unsent() > 0))
      soon('rotate for words', WAITING_MS, rotateWhatIsDue);
  }

  async function publishHeads(): Promise<void> {
    headsDue = false;
    await account.replica.publishHeads(new Map([[hex(record.id), record.replica.frontier()]]));
    wake();
  }

  async function rotateWhatIsDue(): Promise<void> {
    for (const space of [account, record]) if (space.roster().rotationDue) await spaces.rotate(space);
    wake();
  }

  async function takeSnapshot(): Promise<void> {
    if (await folding.fold()) wake();
  }

  function wake(): void {
    connection.engine()?.wake();
    changed();
  }

  // ── opening ────────────────────────────────────────────────────────────────────────────────────────────────────

  async function load(): Promise<Result<void, VaultError>> {
    await healIdentity(storage, seal, identity);
    const done = await spaces.load();
    if (!done.ok) return fail(problemOfEdit(done.error));
    loaded = true;
    soon('arrange', 0, arrange);
    return ok();
  }

  /** What the record does not wait for. */
  async function arrange(): Promise<void> {
    durable = await env.persisted();
    show();
    const engine = connection.engine();
    if (engine) followAll(engine);
    await spaces.refresh();
    await announceDevices();
  }

  function followAll(engine: SyncEngine): void {
    if (followedBy === engine) return;
    followedBy = engine;
    engine.follow(follow(chain, { onReceived: received, onShown: shownInChain, isChain: true }));
    for (const space of [account, record]) engine.follow(follow(space, { onReceived: received }));
    transfers.wake(engine);
  }

  async function edit(edits: readonly Edit[]): Promise<Result<void, VaultError>> {
    const opened = await ready;
    if (!opened.ok) return opened;
    const checked: Edit[] = [];
    for (const one of edits) {
      const held = record.replica.record().entries.get(one.section);
      const result = checkEdit(one, held, today(clock.now()), sha256);
      if (!result.ok) return fail({ type: 'entry-invalid', problems: result.problems });
      checked.push(result.edit);
    }
    // In the moment of the edit: what came in since the page asked is not taken as known to whoever asked.
    const told = (held: HealthRecord) => withHistory(checked, held, log.update(held), sha256);
    const done = await record.replica.edit(told);
    diskProblem = !done.ok && isDisk(done.error) ? done.error : null;
    // Whoever asks for the record after the answer finds the edit in it.
    if (done.ok) show();
    wake();
    if (done.ok) return ok();
    // Whoever was not revoked may write as soon as what says so has come: after a link, or again after something rotted.
    const isAwaited = done.error.type === 'not-allowed' && !isRevoked();
    if (isAwaited && !record.replica.isWhole()) return fail({ type: 'record-damaged' });
    return fail(isAwaited ? { type: 'relay-unreachable' } : problemOfEdit(done.error));
  }

  listen(chain);
  listen(account);
  listen(record);
  const connection = connect(env, {
    engine: (engine) => {
      if (loaded) followAll(engine);
    },
    state: onState,
  });
  const ready = load();

  return {
    env,
    storage,
    seal,
    spaces,
    transfers,
    notices,
    documents: { env, storage, seal, transfers, edit, topic: () => topicInUse(record) },
    warnOfForeignKeys,
    identity: () => identity,
    saveIdentity,
    ready,
    async view() {
      if (view) return ok(view);
      const opened = await ready;
      return opened.ok ? ok(view ?? show()) : opened;
    },
    edit,
    entries: (section) => livingEntries(record.replica.record(), section),
    history,
    deleted: (section) => deletedEntries(record.replica.record(), section),
    document: (id) => livingEntries(record.replica.record(), documents.id).find((entry) => entry.id === id),
    measures: (kind) =>
      seriesOf(kind, measuredValues(record.replica.record(), identity.owner.birthDate).get(kind)),
    async search(query) {
      return (await searchEngine()).find(record.replica.record(), query);
    },
    devices,
    sync,
    settled: () => connection.state().settled,
    online: () => connection.online(ONLINE_MS),
    wake,
    reviewUnsettled,
    retryNow: () => connection.retryNow(),
    diskFailed(error) {
      diskProblem = error;
      changed();
    },
    async close() {
      closed = true;
      for (const cancel of timers.values()) cancel();
      connection.stop();
      transfers.stop();
      await ready;
      if (view && loaded) await saveView(storage, seal, view);
      await spaces.close();
    },
  };
}

function topicInUse(space: RosterSpace): Bytes {
  const keys = space.epochs().at(-1);
  if (!keys) throw new Error('the record has no epoch');
  return keys.topic;
}

function isDisk(error: EditError): error is DiskError {
  return !['entry-missing', 'edit-too-large', 'not-allowed', 'unsent', 'incomplete'].includes(error.type);
}

function problemOfEdit(error: EditError): VaultError {
  if (isDisk(error)) return storageProblem(error);
  if (error.type === 'entry-missing') return { type: 'entry-missing' };
  if (error.type === 'edit-too-large')
    return { type: 'entry-invalid', problems: [{ field: '', problem: 'too-long' }] };
  if (error.type === 'incomplete') return { type: 'record-damaged' };
  return { type: 'device-revoked' };
}

function problemOf({ problem }: SyncState, disk: DiskError | null): SyncView['problem'] {
  if (disk?.type === 'version') return 'read-only';
  if (disk?.type === 'quota' || problem === 'disk') return 'storage-full';
  if (problem === 'relay-full') return 'relay-full';
  return problem === null ? undefined : 'relay-refuses';
}
