/**
 * Group commit: what arrives while the disk is busy, or within 4 ms of the last commit, shares the next one; after a
 * pause a commit runs at the end of the turn. Those who share a commit share its promise, and its failure.
 *
 * Two ways to the disk. Frames alone go to the journal. Everything else runs inside a database transaction, and then
 * the pending frames enter the database with it and a new pass of the journal begins: so at any time either the journal
 * holds a frame, or the database. On a disk too full for that, what erases must still go through: then a transaction that
 * adds no frame is committed alone, and the journal keeps what it has.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { fail, type Result } from '#lib/bytes/result.ts';
import type { Clock } from '../../host/clock.ts';
import type { StoreFailure } from '../store.ts';
import { batchSize, type Journal } from './journal.ts';
import type { PendingFrame, TopicState } from './topics.ts';

const WINDOW_MS = 4;

/** More pending frames than this enter the database. */
const MAX_PENDING = 4_096;

/** A larger batch goes to the database at once: to write it twice would cost more than it saves. */
const MAX_JOURNALED_BATCH = 262_144;

/** A disk that was full is asked again after this long. */
const FULL_PAUSE_MS = 1_000;

export interface CommitReport {
  readonly frames: number;
  readonly milliseconds: number;
  readonly failure: StoreFailure | null;
}

interface Batch {
  readonly puts: PendingFrame[];
  bytes: number;
  /** Must enter the database. */
  whole: boolean;
  readonly undo: (() => void)[];
  readonly done: Promise<StoreFailure | null>;
  readonly settle: (failure: StoreFailure | null) => void;
}

export interface CommitParts {
  readonly db: DatabaseSync;
  readonly journal: Journal | null;
  readonly clock: Clock;
  /** Puts a topic's pending frames into the database. */
  readonly enter: (topic: TopicState) => void;
  /** Writes its counters, without what is still pending unless that was entered before. */
  readonly count: (topic: TopicState, isEntered: boolean) => void;
  readonly report: (report: CommitReport) => void;
  /** What the store cannot name: a defect, or a disk that fails. */
  readonly onError: (error: unknown) => void;
}

export class GroupCommit {
  readonly #parts: CommitParts;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #rollback: StatementSync;
  readonly #setPass: StatementSync;
  readonly #dirty = new Set<TopicState>();
  #journal: Journal | null;
  #pending = 0;
  #gathering: Batch | null = null;
  #scheduled = false;
  #syncing = false;
  #inTransaction = false;
  #lastCommit = 0;
  #fullUntil = 0;
  #isClosed = false;
  /** The pending frames found no room in the database. */
  #isCramped = false;

  constructor(parts: CommitParts) {
    this.#parts = parts;
    this.#journal = parts.journal;
    this.#begin = parts.db.prepare('BEGIN IMMEDIATE');
    this.#commit = parts.db.prepare('COMMIT');
    this.#rollback = parts.db.prepare('ROLLBACK');
    this.#setPass = parts.db.prepare(
      `INSERT INTO meta (name, value) VALUES ('journal pass', ?) ON CONFLICT DO UPDATE SET value = excluded.value`,
    );
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** True shortly after the disk was found full. */
  get isFull(): boolean {
    return this.#fullUntil > this.#parts.clock.now();
  }

  /** What a put of this moment shares: its promise resolves when the batch is durable. */
  get promise(): Promise<StoreFailure | null> {
    return this.#batch().done;
  }

  /** Adds a frame to the batch whose promise it carries. */
  add(put: PendingFrame): void {
    const batch = this.#batch();
    batch.puts.push(put);
    batch.bytes += put.frame.length;
    this.#dirty.add(put.topic);
    this.#pending++;
  }

  /**
   * Runs `action` inside the transaction of the batch; resolves when that is durable. An action that answers a failure
   * has changed nothing; one that changes memory leaves the way back in `undo`. One that makes room is tried on a full disk.
   */
  async write<T>(
    action: (undo: (() => void)[]) => Result<T, { readonly type: StoreFailure }>,
    makesRoom = false,
  ): Promise<Result<T, { readonly type: StoreFailure }>> {
    if (this.#isClosed) return fail({ type: 'unavailable' });
    if (this.isFull && !makesRoom) return fail({ type: 'storage-full' });
    const batch = this.#batch();
    let outcome;
    try {
      this.#beginTransaction();
      outcome = action(batch.undo);
    } catch (error) {
      return fail({ type: this.#abandon([batch], error) });
    }
    if (!outcome.ok) return outcome;
    const failure = await batch.done;
    return failure === null ? outcome : fail({ type: failure });
  }

  /** Writes the counters of the topic with the batch. Call within an action. */
  touch(topic: TopicState): void {
    this.#dirty.add(topic);
  }

  /** Lets go of a topic that is being erased. Call within an action. */
  drop(topic: TopicState): void {
    this.#pending -= topic.pending?.size ?? 0;
    topic.pending = null;
    this.#dirty.delete(topic);
  }

  /** Brings every pending frame into the database. */
  async drain(): Promise<StoreFailure | null> {
    if (this.#isClosed) return 'unavailable';
    const batch = this.#batch();
    batch.whole = true;
    return batch.done;
  }

  /** Drains, and takes nothing more: no batch is under way when it has resolved. */
  async close(): Promise<void> {
    const drained = this.drain();
    this.#isClosed = true;
    await drained;
  }

  #batch(): Batch {
    if (this.#gathering) return this.#gathering;
    const { promise, resolve } = Promise.withResolvers<StoreFailure | null>();
    this.#gathering = { puts: [], bytes: 0, whole: false, undo: [], done: promise, settle: resolve };
    this.#schedule();
    return this.#gathering;
  }

  #schedule(): void {
    if (this.#scheduled || this.#syncing) return;
    this.#scheduled = true;
    const { clock } = this.#parts;
    clock.setTimer(Math.max(0, this.#lastCommit + WINDOW_MS - clock.now()), () => {
      this.#scheduled = false;
      this.#flush();
    });
  }

  #flush(): void {
    const batch = this.#gathering;
    if (!batch) return;
    this.#gathering = null;
    this.#lastCommit = this.#parts.clock.now();
    if (this.#journal && this.#fitsJournal(batch, this.#journal)) void this.#sync(batch, this.#journal);
    else this.#enterDatabase([batch]);
  }

  #fitsJournal(batch: Batch, journal: Journal): boolean {
    if (this.#inTransaction || batch.whole) return false;
    if (batch.bytes > MAX_JOURNALED_BATCH || this.#pending > MAX_PENDING) return false;
    return journal.hasRoomFor(batchSize(batch.puts.length, batch.bytes));
  }

  async #sync(batch: Batch, journal: Journal): Promise<void> {
    this.#syncing = true;
    const started = performance.now();
    try {
      await journal.append(batch.puts);
      this.#syncing = false;
      this.#settle([batch], null, started);
    } catch (error) {
      // The database is the other way to the disk; it takes in all that this pass of the journal holds.
      this.#parts.onError(error);
      this.#journal = null;
      this.#syncing = false;
      const gathered = this.#gathering;
      this.#gathering = null;
      this.#enterDatabase(gathered ? [batch, gathered] : [batch]);
    }
    if (this.#gathering) this.#schedule();
  }

  #enterDatabase(batches: readonly Batch[]): void {
    const started = performance.now();
    const apart = this.#isCramped && batches.every(({ puts, whole }) => puts.length === 0 && !whole);
    const pass = this.#parts.journal?.pass ?? 0;
    try {
      this.#beginTransaction();
      for (const topic of this.#dirty) {
        if (!apart) this.#parts.enter(topic);
        this.#parts.count(topic, !apart);
      }
      if (!apart) this.#setPass.run(pass);
      this.#commit.run();
    } catch (error) {
      this.#abandon(batches, error);
      return;
    }
    this.#inTransaction = false;
    if (!apart) this.#pendingEntered(pass);
    this.#settle(batches, null, started);
  }

  #pendingEntered(pass: number): void {
    this.#isCramped = false;
    this.#journal?.begin(pass + 1);
    for (const topic of this.#dirty) topic.pending = null;
    this.#dirty.clear();
    this.#pending = 0;
  }

  #beginTransaction(): void {
    if (this.#inTransaction) return;
    this.#begin.run();
    this.#inTransaction = true;
  }

  /** Takes back all that the batches did, here and in the database. What the journal holds stays pending. */
  #abandon(batches: readonly Batch[], error: unknown): StoreFailure {
    const failure = failureOf(error);
    if (failure === 'storage-full') {
      this.#fullUntil = this.#parts.clock.now() + FULL_PAUSE_MS;
      this.#isCramped = true;
    } else {
      this.#parts.onError(error);
    }
    if (this.#parts.db.isTransaction) this.#rollback.run();
    this.#inTransaction = false;
    for (const batch of batches) {
      if (batch === this.#gathering) this.#gathering = null;
      for (const undo of batch.undo.reverse()) undo();
      for (const put of batch.puts) this.#takeBack(put);
    }
    this.#settle(batches, failure, performance.now());
    return failure;
  }

  #takeBack({ topic, name, frame }: PendingFrame): void {
    if (!topic.pending?.delete(name)) return;
    this.#pending--;
    topic.frames--;
    topic.frameBytes -= frame.length;
    if (topic.pending.size === 0) topic.pending = null;
  }

  #settle(batches: readonly Batch[], failure: StoreFailure | null, started: number): void {
    const frames = batches.reduce((sum, batch) => sum + batch.puts.length, 0);
    this.#parts.report({ frames, milliseconds: performance.now() - started, failure });
    for (const batch of batches) batch.settle(failure);
  }
}

const SQLITE_FULL = 13;
const SQLITE_IOERR_SHMSIZE = 4874;

function failureOf(error: unknown): StoreFailure {
  if (!(error instanceof Error)) return 'unavailable';
  const { code, errcode } = error as { code?: unknown; errcode?: unknown };
  const full =
    errcode === SQLITE_FULL || errcode === SQLITE_IOERR_SHMSIZE || code === 'ENOSPC' || code === 'EDQUOT';
  return full ? 'storage-full' : 'unavailable';
}
