/**
 * One record, open: what a page is shown of it, and what it can do with it.
 *
 * Guarantees: the view is shown at once from the sealed read model and again when the replica has loaded; an edit that was
 * answered `ok` is on the disk; nothing here waits for the network.
 */
import type { Bytes } from '#lib/bytes/bytes.ts';
import { fail, ok, type Result } from '#lib/bytes/result.ts';
import { sha256 } from '#lib/crypto/hash.ts';
import { ChangeLog } from '#lib/record/change-log.ts';
import { withHistory } from '#lib/record/changes.ts';
import type { Edit, Entry, EntryId, HealthRecord, SectionId } from '#lib/record/entry.ts';
import type { EntryHistory } from '#lib/record/history.ts';
import type { MeasureId } from '#lib/record/measure-kinds.ts';
import { seriesOf, type MeasureSeries } from '#lib/record/measures.ts';
import { today } from '#lib/record/partial-date.ts';
import { checkEdits } from '#lib/record/sections.ts';
import { identity, SINGLE_ENTRY } from '#lib/record/sections/account.ts';
import { documents } from '#lib/record/sections/documents.ts';
import type { DiskError, LocalSeal } from '#lib/replica/ports.ts';
import type { EditError } from '#lib/replica/replica.ts';
import type { Storage } from '#lib/storage/storage.ts';
import { Schedule } from '#lib/vault/schedule.ts';
import type { DocumentsDeps } from '#lib/vault/documents/documents.ts';
import { openTransfers, type Transfers } from '#lib/vault/documents/transfers.ts';
import type {
  RecordId,
  RecordView,
  SearchResult,
  SyncView,
  VaultError,
  VaultEvent,
} from '#lib/vault/door/door.ts';
import type { Owner } from '#lib/vault/entry/identity.ts';
import type { Environment } from '#lib/vault/environment.ts';
import { isDisk, problemOfEdit } from '#lib/vault/errors.ts';
import type { RosterSpace } from '#lib/vault/spaces/roster-space.ts';
import { guardiansOf } from '#lib/vault/spaces/guardians.ts';
import { Folding } from './folding.ts';
import { conflictViews, deviceOf, historyOf, type DeviceOf } from './history.ts';
import { deletedEntries, livingEntries } from '#lib/record/living.ts';
import { buildView, loadView, measuredValues, saveView } from './read-model.ts';
import type { Search } from './search.ts';

/** Changes that come together are shown together. */
const SHOW_MS = 30;
const SAVE_MS = 500;

/** What a record needs of the account that it is open in. */
export interface RecordHost {
  readonly env: Environment;
  readonly storage: Storage;
  readonly seal: LocalSeal;
  readonly device: string; // hex
  readonly address: string; // of the account
  readonly emit: (event: VaultEvent) => void;
  /** Of one's own record what the account says; null for the others, which say it themselves. */
  readonly ownerOf: (id: RecordId) => Owner | null;
  readonly named: (id: RecordId, owner: Owner) => void;
  readonly syncOf: (record: OpenRecord) => SyncView;
  readonly isRevoked: () => boolean;
  /** Something was written, and what the disk said of it. */
  readonly written: (problem: DiskError | null) => void;
  /** Reads the frames of the space. */
  readonly load: (space: RosterSpace) => Promise<Result<void, EditError>>;
}

/** What was kept to show, told at once. Without it there is nothing: an empty record would be a false one. */
export async function showKept(
  { storage, seal, emit }: Pick<RecordHost, 'storage' | 'seal' | 'emit'>,
  id: RecordId,
): Promise<RecordView | null> {
  const view = await loadView(storage, seal, id);
  if (view) emit({ type: 'record', id, record: view });
  return view;
}

export async function openRecord(
  host: RecordHost,
  { id, space, view }: Omit<Parts, 'transfers'>,
): Promise<OpenRecord> {
  const { env, storage, seal } = host;
  let record: OpenRecord | null = null;
  const transfers = await openTransfers({
    ...{ record: id, env, storage, seal },
    documents: () => space.replica.record().entries.get(documents.id)?.values() ?? [],
    onChange: () => record?.changed(),
  });
  record = new OpenRecord(host, { id, space, transfers, view });
  return record;
}

interface Parts {
  readonly id: RecordId;
  readonly space: RosterSpace;
  readonly transfers: Transfers;
  readonly view: RecordView | null;
}

export class OpenRecord {
  readonly id: RecordId;
  readonly space: RosterSpace;
  readonly transfers: Transfers;
  readonly folding: Folding;
  readonly schedule: Schedule;
  /** Settles when the replica has loaded: from then on the record can be changed. */
  readonly ready: Promise<Result<void, VaultError>>;
  readonly #host: RecordHost;
  readonly #log = new ChangeLog();
  #view: RecordView | null;
  #isLoaded = false;
  #isClosed = false;
  #searching: Promise<Search> | null = null;

  constructor(host: RecordHost, { id, space, transfers, view }: Parts) {
    this.#host = host;
    this.id = id;
    this.space = space;
    this.transfers = transfers;
    this.folding = new Folding(space.replica);
    this.schedule = new Schedule(host.env.clock);
    this.#view = view;
    space.replica.subscribe(() => this.changed());
    this.ready = this.#load();
  }

  // ── what is shown ──────────────────────────────────────────────────────────────────────────────────────────────

  /** What is shown now; waits for the replica only when nothing was kept to show. */
  async view(): Promise<Result<RecordView, VaultError>> {
    if (this.#view) return ok(this.#view);
    const opened = await this.ready;
    return opened.ok ? ok(this.#view ?? this.show()) : opened;
  }

  changed(): void {
    if (this.#isLoaded) this.schedule.soon('show', SHOW_MS, () => this.show());
  }

  show(): RecordView {
    const { id } = this;
    // What was shown before something rotted says more than what is left of it.
    const built = this.#view && !this.space.replica.isWhole() ? this.#view : this.#build();
    this.#view = built;
    this.#host.emit({ type: 'record', id, record: built });
    this.#host.emit({ type: 'sync', id, sync: this.sync() });
    this.#host.named(id, built.owner);
    this.schedule.soon('save', SAVE_MS, () => this.#save());
    return built;
  }

  sync(): SyncView {
    return this.#host.syncOf(this);
  }

  entries(section: SectionId): readonly Entry[] {
    return livingEntries(this.#held(), section);
  }

  deleted(section: SectionId): readonly Entry[] {
    return deletedEntries(this.#held(), section);
  }

  document(id: EntryId): Entry | undefined {
    return this.entries(documents.id).find((entry) => entry.id === id);
  }

  measures(kind: MeasureId): MeasureSeries {
    return seriesOf(kind, measuredValues(this.#held(), this.#owner().birthDate).get(kind));
  }

  history(section: SectionId, id: EntryId): Result<EntryHistory, VaultError> {
    const held = this.#held();
    const found = historyOf(held, this.#log.update(held), this.#devices(), section, id);
    return found ? ok(found) : fail({ type: 'entry-missing' });
  }

  async search(query: string): Promise<SearchResult> {
    return (await this.#searchEngine()).find(this.#held(), query);
  }

  /** Whether the frames were read, so that what is there can be relied on. */
  isLoaded(): boolean {
    return this.#isLoaded;
  }

  // ── what is changed ────────────────────────────────────────────────────────────────────────────────────────────

  readonly edit = async (edits: readonly Edit[]): Promise<Result<void, VaultError>> => {
    const opened = await this.ready;
    if (!opened.ok) return opened;
    // What comes after the lock is written by nobody: another account may stand on this disk by then.
    if (this.#isClosed) return fail({ type: 'interrupted' });
    const checked = this.#check(edits);
    if (!checked.ok) return checked;
    const { replica } = this.space;
    // In the moment of the edit: what came in since the page asked is not taken as known to whoever asked.
    const told = (held: HealthRecord) => withHistory(checked.value, held, this.#log.update(held), sha256);
    const done = await replica.edit(told);
    this.#host.written(!done.ok && isDisk(done.error) ? done.error : null);
    // Whoever asks for the record after the answer finds the edit in it.
    if (done.ok) this.show();
    if (done.ok) return ok();
    // Whoever was not revoked may write as soon as what says so has come: after a link, or again after something rotted.
    const isAwaited = done.error.type === 'not-allowed' && !this.#host.isRevoked();
    if (isAwaited && !replica.isWhole()) return fail({ type: 'record-damaged' });
    return fail(isAwaited ? { type: 'relay-unreachable' } : problemOfEdit(done.error));
  };

  documents(): DocumentsDeps {
    const { env, storage, seal } = this.#host;
    const { id: record, transfers, edit } = this;
    return { env, storage, seal, record, transfers, edit, topic: () => topicInUse(this.space) };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.schedule.stop();
    this.transfers.stop();
    await this.ready;
    if (this.#isLoaded) await this.#save();
  }

  // ── parts ──────────────────────────────────────────────────────────────────────────────────────────────────────

  async #load(): Promise<Result<void, VaultError>> {
    const done = await this.#host.load(this.space);
    if (!done.ok) return fail(problemOfEdit(done.error));
    this.#isLoaded = true;
    this.schedule.soon('show', 0, () => this.show());
    return ok();
  }

  #held(): HealthRecord {
    return this.space.replica.record();
  }

  #owner(): Owner {
    return this.#host.ownerOf(this.id) ?? ownerIn(this.#held());
  }

  #devices(): DeviceOf {
    return deviceOf(this.space.roster().clientIds);
  }

  #build(): RecordView {
    const { replica } = this.space;
    const held = replica.record();
    const known = this.#log.update(held);
    return buildView({
      editable: this.#isAuthor(),
      owner: this.#owner(),
      self: this.#host.address,
      guardians: guardiansOf(this.space, this.#host.address),
      record: held,
      heads: (section, id) => known.headsOf(section, id),
      conflicts: conflictViews(held, known, this.#devices()),
      delivery(section, id) {
        const { sent, receivedBy } = replica.entryDelivery(section, id);
        return { sent, receivedBy: receivedBy.length };
      },
      blob: (blob, chunks) => this.transfers.status(blob, chunks),
    });
  }

  /** A device that was just linked is none until its first sync: keys and members of the record have to arrive. */
  #isAuthor(): boolean {
    return this.space.replica.members().author(this.#host.device)?.clientId !== undefined;
  }

  #check(edits: readonly Edit[]): Result<readonly Edit[], VaultError> {
    const held = this.#held();
    const log = this.#log.update(held);
    const isOpen = ({ section, id, saw }: Edit, field: string): boolean =>
      log.isDisputed(section, id, field) || log.changedSince(section, id, saw).has(field);
    const result = checkEdits(edits, held, today(this.#host.env.clock.now()), sha256, isOpen);
    return result.ok ? ok(result.edits) : fail({ type: 'entry-invalid', problems: result.problems });
  }

  async #save(): Promise<void> {
    const { storage, seal } = this.#host;
    if (this.#view) await saveView(storage, seal, this.id, this.#view);
  }

  /** Loaded when something is first looked for: many never do. */
  #searchEngine(): Promise<Search> {
    const { storage, seal } = this.#host;
    const later = (save: () => Promise<void>) => this.schedule.soon('search', SAVE_MS, save);
    this.#searching ??= import('./search.ts').then(({ openSearch }) =>
      openSearch(storage, seal, this.id, later),
    );
    // What could not be loaded is tried again with the next word.
    this.#searching.catch(() => (this.#searching = null));
    return this.#searching;
  }
}

/** Whose record it is, as it says itself; empty until that has arrived. */
function ownerIn(record: HealthRecord): Owner {
  const fields = record.entries.get(identity.id)?.get(SINGLE_ENTRY)?.fields ?? {};
  const text = (name: string): string => {
    const value = fields[name];
    return typeof value === 'string' ? value : '';
  };
  return { firstName: text('firstName'), lastName: text('lastName'), birthDate: text('birthDate') };
}

/** The record's topic of now, where new chunks go. */
function topicInUse(space: RosterSpace): Bytes {
  const keys = space.epochs().at(-1);
  if (!keys) throw new Error('the record has no epoch');
  return keys.topic;
}
