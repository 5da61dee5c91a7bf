/**
 * The store on `node:sqlite`, for one process: WAL, `synchronous = FULL`, group commit, a journal in front for frames.
 *
 * Cursors: seconds since 1970 at the start, times 2^20, then counted up per topic. A cursor is shown to others before its
 * frame is durable, so the numbers of a run that was killed must not come again: a later start begins above them.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { equal, type Bytes } from '#lib/bytes/bytes.ts';
import { fail, ok, type Result } from '#lib/bytes/result.ts';
import { MAX_READERS } from '#lib/protocol/limits.ts';
import type { Usage } from '#lib/protocol/relay.ts';
import type { Clock } from '../host/clock.ts';
import { once } from '../host/once.ts';
import { costOfBytes, ENTRY_COST, LOOK_COST, UNPACED, type Pace } from './pace.ts';
import { Blobs } from './sqlite/blobs.ts';
import { GroupCommit, type CommitReport } from './sqlite/commit.ts';
import { Erasing } from './sqlite/erasing.ts';
import { Frames, placed } from './sqlite/frames.ts';
import { Journal } from './sqlite/journal.ts';
import { nameOfFrame } from './sqlite/packs.ts';
import { Readers } from './sqlite/readers.ts';
import { recover } from './sqlite/recover.ts';
import { openDatabase } from './sqlite/schema.ts';
import { Topics, TopicState } from './sqlite/topics.ts';
import {
  topicKey,
  type BlobChunk,
  type FrameRow,
  type IndexRow,
  type Page,
  type Put,
  type Range,
  type Store,
  type Stored,
  type StoreFailure,
  type Swept,
  type Topic,
  type TopicSpec,
} from './store.ts';

export interface SqliteOptions {
  /** The folder of the database and its journal; null keeps everything in memory. */
  readonly folder: string | null;
  readonly clock: Clock;
  readonly limits: {
    readonly topicFrames: number;
    readonly topicBytes: number;
    readonly topicBlobs: number;
    readonly graceMs: number;
    readonly unfinishedMs: number;
  };
  /** The database grows no larger than this, and is full then; by default the disk decides. */
  readonly maxBytes?: number;
  readonly report?: (report: CommitReport) => void;
  readonly onError?: (error: unknown) => void;
}

/** Frames that are marked for deletion in one piece. */
const MARKED = 64;

const STORED: Promise<null> = Promise.resolve(null);

export function openSqliteStore(options: SqliteOptions): Store {
  const { folder } = options;
  if (folder !== null) mkdirSync(folder, { recursive: true, mode: 0o700 });
  const db = openDatabase(folder === null ? ':memory:' : join(folder, 'relay.db'), options.maxBytes);
  const journal = folder === null ? null : Journal.open(join(folder, 'relay.journal'));
  return new SqliteStore(db, journal, options);
}

class SqliteStore implements Store {
  readonly #db: DatabaseSync;
  readonly #journal: Journal | null;
  readonly #clock: Clock;
  readonly #limits: SqliteOptions['limits'];
  readonly #topics: Topics;
  readonly #frames: Frames;
  readonly #blobs: Blobs;
  readonly #readers: Readers;
  readonly #commit: GroupCommit;
  readonly #erasing: Erasing;
  /** No cursor of this run is at or below it. */
  #floor: number;
  #highest: number;

  constructor(db: DatabaseSync, journal: Journal | null, options: SqliteOptions) {
    this.#db = db;
    this.#journal = journal;
    this.#clock = options.clock;
    this.#limits = options.limits;
    this.#topics = new Topics(db);
    this.#frames = new Frames(db);
    this.#blobs = new Blobs(db);
    this.#readers = new Readers(db);
    this.#floor = recover(db, journal, this.#frames.packs, options.clock.now());
    this.#highest = this.#floor;
    this.#commit = new GroupCommit({
      db,
      journal,
      clock: options.clock,
      enter: (topic) => {
        this.#frames.enter(topic);
      },
      count: (topic, isEntered) => {
        this.#topics.writeCounters(topic, isEntered);
      },
      report: (report) => {
        // The cursors of a batch that failed have been seen by others.
        if (report.failure) this.#floor = this.#highest;
        options.report?.(report);
      },
      onError: options.onError ?? (() => undefined),
    });
    this.#erasing = new Erasing({
      topics: this.#topics,
      frames: this.#frames,
      blobs: this.#blobs,
      commit: this.#commit,
    });
  }

  async findTopic(id: Bytes): Promise<Topic | null> {
    const topic = this.#topics.find(id);
    return topic?.isAlive(this.#clock.now()) ? topic : null;
  }

  async createTopic(spec: TopicSpec): Stored<Topic> {
    return this.#commit.write((undo): Result<Topic, { type: StoreFailure }> => {
      const now = this.#clock.now();
      const present = this.#topics.find(spec.id);
      if (present?.isAlive(now)) return hasKeys(present, spec) ? ok(present) : fail({ type: 'topic-taken' });
      if (present) this.#erasing.topic(present, undo);
      const topic = this.#topics.insert(spec, now);
      undo.push(() => {
        topic.gone = true;
      });
      return ok(topic);
    });
  }

  async last(topic: Topic): Promise<number> {
    return stateOf(topic).last;
  }

  put(topic: Topic, frame: Bytes): Put {
    const state = stateOf(topic);
    const now = this.#clock.now();
    if (this.#commit.isClosed) return refused('unavailable');
    if (!state.isAlive(now)) return refused('unknown-topic');
    const name = nameOfFrame(frame);
    const pending = state.pending?.get(name);
    if (pending) return { cursor: pending.cursor, fresh: false, stored: pending.stored };
    const present = this.#frames.find(state, name);
    if (present) return this.#putAgain(state, name, placed(present));
    if (this.#commit.isFull) return refused('storage-full');
    if (!this.#hasRoom(state, frame.length) || state.frames >= this.#limits.topicFrames)
      return refused('quota');

    state.last = Math.max(state.last, this.#floor) + 1;
    if (state.last > this.#highest) this.#highest = state.last;
    state.frames++;
    state.frameBytes += frame.length;
    const stored = this.#commit.promise;
    const put = { cursor: state.last, fresh: true, stored, name, at: now, frame, topic: state };
    (state.pending ??= new Map()).set(name, put);
    this.#frames.expect(state, name);
    this.#commit.add(put);
    return put;
  }

  list(topic: Topic, range: Range, pace: Pace = UNPACED): Promise<Page<FrameRow>> {
    return this.#frames.list(stateOf(topic), shownOf(topic, range), pace);
  }

  index(topic: Topic, range: Range, pace: Pace = UNPACED): Promise<Page<IndexRow>> {
    return this.#frames.index(stateOf(topic), shownOf(topic, range), pace);
  }

  async get(topic: Topic, ids: readonly Bytes[], pace: Pace = UNPACED): Promise<FrameRow[]> {
    const rows = await this.#frames.get(stateOf(topic), ids, pace);
    return topic.erasesAtOnce ? rows.filter(({ doomed }) => !doomed) : rows;
  }

  async proposeDelete(topic: Topic, ids: readonly Bytes[]): Stored {
    const state = stateOf(topic);
    const isAnyPending = ids.some((id) => state.pending?.has(topicKey(id)));
    const failure = isAnyPending ? await this.#commit.drain() : null;
    if (failure) return fail({ type: failure });
    // Some at a time: each may lie in a pack of its own.
    for (let from = 0; from < ids.length; from += MARKED) {
      const names = ids.slice(from, from + MARKED).map(topicKey);
      const marked = await this.#commit.write(() => {
        const grace = state.erasesAtOnce ? 0 : this.#limits.graceMs;
        if (!state.gone) this.#frames.packs.setDue(state.n, names, this.#clock.now() + grace);
        return ok();
      }, true);
      if (!marked.ok) return marked;
    }
    return ok();
  }

  async usage(topic: Topic, pace: Pace = UNPACED): Promise<Usage> {
    const state = stateOf(topic);
    const doomed = await this.#frames.countDoomed(state, pace);
    return {
      frames: state.frames,
      bytes: state.frameBytes,
      doomed,
      ...this.#frames.ends(state, pace),
      createdAt: state.createdAt,
      expiresAt: state.expiresAt,
      readers: this.#readers.count(state),
      blobs: state.blobs,
      blobBytes: state.blobBytes,
    };
  }

  async isReader(topic: Topic, key: Bytes): Promise<boolean> {
    return this.#readers.has(stateOf(topic), key);
  }

  async admit(topic: Topic, key: Bytes): Stored {
    const state = stateOf(topic);
    return this.#commit.write(() => {
      if (this.#readers.count(state) >= MAX_READERS && !this.#readers.has(state, key))
        return fail({ type: 'quota' });
      this.#readers.insert(state, key);
      return ok();
    });
  }

  async dismiss(topic: Topic, key: Bytes): Stored {
    const state = stateOf(topic);
    return this.#commit.write(() => {
      this.#readers.erase(state, key);
      return ok();
    });
  }

  async blobStat(
    topic: Topic,
    blob: Bytes,
    pace: Pace = UNPACED,
  ): Promise<{ total: number; have: Bytes } | null> {
    const row = this.#blobs.find(stateOf(topic), blob);
    pace.spend(LOOK_COST + ENTRY_COST * (row?.chunks ?? 0));
    return row ? { total: row.total, have: this.#blobs.have(row) } : null;
  }

  async putChunk(topic: Topic, { blob, index, total, bytes }: BlobChunk): Stored {
    const state = stateOf(topic);
    return this.#commit.write((undo) => {
      const now = this.#clock.now();
      if (!state.isAlive(now)) return fail({ type: 'unknown-topic' });
      const present = this.#blobs.find(state, blob);
      if (present && present.total !== total) return fail({ type: 'conflict' });
      const there = present ? this.#blobs.chunk(present, index) : null;
      if (there && !equal(there, bytes)) return fail({ type: 'conflict' });
      const added = there ? 0 : bytes.length;
      if (!this.#hasRoom(state, added)) return fail({ type: 'quota' });
      if (!present && state.blobs >= this.#limits.topicBlobs) return fail({ type: 'quota' });

      const row = present ?? this.#blobs.insert(state, blob, total);
      if (!there) this.#blobs.insertChunk(row, index, bytes);
      const complete = row.chunks + (there ? 0 : 1) === total;
      this.#blobs.grow(row, there ? 0 : 1, added, complete ? 0 : now + this.#limits.unfinishedMs);
      this.#erasing.count(state, { blobs: present ? 0 : 1, blobBytes: added }, undo);
      return ok();
    });
  }

  async getChunk(topic: Topic, blob: Bytes, index: number, pace: Pace = UNPACED): Promise<Bytes | null> {
    const row = this.#blobs.find(stateOf(topic), blob);
    const chunk = row ? this.#blobs.chunk(row, index) : null;
    pace.spend(LOOK_COST + costOfBytes(chunk?.length ?? 0));
    return chunk;
  }

  async deleteBlob(topic: Topic, blob: Bytes): Stored {
    const state = stateOf(topic);
    return this.#commit.write(() => {
      const row = this.#blobs.find(state, blob);
      if (row) this.#blobs.expire(row, this.#clock.now() + this.#limits.graceMs);
      return ok();
    }, true);
  }

  async sweep(): Stored<Swept> {
    this.#topics.forgetUnheld();
    return this.#commit.write((undo) => ok(this.#erasing.sweep(this.#clock.now(), undo)), true);
  }

  readonly close = once(async () => {
    await this.#commit.close();
    this.#db.close();
    this.#journal?.close();
  });

  #hasRoom(topic: TopicState, bytes: number): boolean {
    return topic.frameBytes + topic.blobBytes + bytes <= this.#limits.topicBytes;
  }

  #putAgain(topic: TopicState, name: string, { cursor, doomed }: { cursor: number; doomed: boolean }): Put {
    return { cursor, fresh: doomed, stored: doomed ? this.#rescue(topic, name) : STORED };
  }

  async #rescue(topic: TopicState, name: string): Promise<StoreFailure | null> {
    const done = await this.#commit.write(() => {
      this.#frames.packs.setDue(topic.n, [name], 0);
      return ok();
    });
    return done.ok ? null : done.error.type;
  }
}

function stateOf(topic: Topic): TopicState {
  if (topic instanceof TopicState) return topic;
  throw new TypeError('a topic of another store');
}

function hasKeys(topic: Topic, spec: TopicSpec): boolean {
  return (
    equal(topic.writeKey, spec.writeKey) &&
    sameKey(topic.deleteKey, spec.deleteKey) &&
    topic.openToReaders === spec.openToReaders &&
    topic.erasesAtOnce === (spec.erasesAtOnce ?? false)
  );
}

/** What erases at once shows nobody what is doomed. */
function shownOf({ erasesAtOnce }: Topic, range: Range): Range {
  return erasesAtOnce ? { ...range, doomed: false } : range;
}

function sameKey(a: Bytes | null, b: Bytes | null): boolean {
  return a && b ? equal(a, b) : a === b;
}

function refused(failure: StoreFailure): Put {
  return { cursor: 0, fresh: false, stored: Promise.resolve(failure) };
}
