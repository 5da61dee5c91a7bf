/**
 * The topics of the SQLite store in memory. There is one object per topic as long as anybody holds it, so that its
 * counters are right without a look into the database; nobody holding it, it is forgotten.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Bytes } from '#lib/bytes/bytes.ts';
import { topicKey, type Put, type StoreFailure, type Topic, type TopicSpec } from '../store.ts';
import { numberOf } from './schema.ts';
import type { Seen } from './seen.ts';

/** A frame that the database does not hold yet. */
export interface PendingFrame extends Put {
  readonly name: string;
  readonly at: number;
  /** A view of the journal's batch, once that is written: what came from a socket keeps a buffer of its own alive. */
  frame: Bytes;
  readonly topic: TopicState;
  readonly stored: Promise<StoreFailure | null>;
}

export class TopicState implements Topic {
  readonly n: number;
  /** The id, the write key and, where there is one, the delete key: three arrays of their own would double what an idle connection costs. */
  readonly #keys: Buffer;
  readonly key: string;
  readonly openToReaders: boolean;
  readonly erasesAtOnce: boolean;
  readonly createdAt: number;
  readonly expiresAt: number;
  last: number;
  frames: number;
  frameBytes: number;
  blobs: number;
  blobBytes: number;
  /** By name, in the order of their cursors; all above those in the database. */
  pending: Map<string, PendingFrame> | null = null;
  /** Which frames it may hold; built when first needed. */
  seen: Seen | null = null;
  gone = false;

  constructor(row: Record<string, unknown>) {
    this.n = numberOf(row['n']);
    // A copy in the pool that small buffers share.
    const names = ['id', 'write_key', 'delete_key'].filter((name) => row[name] !== null);
    this.#keys = Buffer.concat(names.map((name) => bytesOf(row[name])));
    this.key = topicKey(this.id);
    this.openToReaders = row['open_to_readers'] === 1;
    this.erasesAtOnce = row['erases_at_once'] === 1;
    this.createdAt = numberOf(row['created_at']);
    this.expiresAt = numberOf(row['expires_at']);
    this.last = numberOf(row['last']);
    this.frames = numberOf(row['frames']);
    this.frameBytes = numberOf(row['frame_bytes']);
    this.blobs = numberOf(row['blobs']);
    this.blobBytes = numberOf(row['blob_bytes']);
  }

  get id(): Bytes {
    return part(this.#keys, 0);
  }

  get writeKey(): Bytes {
    return part(this.#keys, 1);
  }

  get deleteKey(): Bytes | null {
    return this.#keys.length > 2 * KEY_LENGTH ? part(this.#keys, 2) : null;
  }

  isAlive(now: number): boolean {
    return !this.gone && (this.expiresAt === 0 || now < this.expiresAt);
  }
}

export class Topics {
  readonly #held = new Map<string, WeakRef<TopicState>>();
  readonly #find: StatementSync;
  readonly #insert: StatementSync;
  readonly #count: StatementSync;
  readonly #expired: StatementSync;
  readonly #byNumber: StatementSync;
  readonly #erase: readonly StatementSync[];
  readonly #leftover: StatementSync;
  readonly #cleared: StatementSync;

  constructor(db: DatabaseSync) {
    this.#find = db.prepare('SELECT * FROM topic WHERE id = ?');
    this.#insert = db.prepare(
      `INSERT INTO topic (id, write_key, delete_key, open_to_readers, erases_at_once, created_at, expires_at,
         last, frames, frame_bytes, blobs, blob_bytes)
       VALUES (?, ?, ?, ?, ?, ?, ?, 0, 0, 0, 0, 0)`,
    );
    this.#count = db.prepare(
      'UPDATE topic SET last = ?, frames = ?, frame_bytes = ?, blobs = ?, blob_bytes = ? WHERE n = ?',
    );
    this.#expired = db.prepare('SELECT id FROM topic WHERE expires_at > 0 AND expires_at <= ? LIMIT ?');
    this.#byNumber = db.prepare('SELECT id FROM topic WHERE n = ?');
    this.#erase = [
      'DELETE FROM reader WHERE topic = ?',
      'DELETE FROM topic WHERE n = ?',
      'INSERT INTO leftover (topic) VALUES (?)',
    ].map((sql) => db.prepare(sql));
    this.#leftover = db.prepare('SELECT topic FROM leftover LIMIT 1');
    this.#cleared = db.prepare('DELETE FROM leftover WHERE topic = ?');
  }

  /** The topic, expired or not; null when there is none. */
  find(id: Bytes): TopicState | null {
    const held = this.#held.get(topicKey(id))?.deref();
    if (held) return held.gone ? null : held;
    const row = this.#find.get(id);
    return row ? this.#hold(new TopicState(row)) : null;
  }

  insert(spec: TopicSpec, now: number): TopicState {
    const flags = [spec.openToReaders, spec.erasesAtOnce].map((is) => (is ? 1 : 0));
    this.#insert.run(spec.id, spec.writeKey, spec.deleteKey, ...flags, now, spec.expiresAt);
    return this.#hold(new TopicState(this.#find.get(spec.id) ?? {}));
  }

  /** Writes what the database holds of the topic: without its pending frames, unless they were entered before. */
  writeCounters(topic: TopicState, isEntered: boolean): void {
    const pending = isEntered ? [] : [...(topic.pending?.values() ?? [])];
    const bytes = pending.reduce((sum, { frame }) => sum + frame.length, 0);
    const { last, frames, frameBytes, blobs, blobBytes, n } = topic;
    this.#count.run(last, frames - pending.length, frameBytes - bytes, blobs, blobBytes, n);
  }

  expired(now: number, limit: number): TopicState[] {
    return this.#expired
      .all(now, limit)
      .map((row) => this.find(bytesOf(row['id'])))
      .filter((topic) => topic !== null);
  }

  /** The topic of a number, expired or not; null when it was erased. */
  numbered(n: number): TopicState | null {
    const row = this.#byNumber.get(n);
    return row ? this.find(bytesOf(row['id'])) : null;
  }

  /** The number of a topic that was erased, and of which something is left; null when there is none. */
  leftover(): number | null {
    const row = this.#leftover.get();
    return row ? numberOf(row['topic']) : null;
  }

  /** Nothing is left of it. */
  cleared(n: number): void {
    this.#cleared.run(n);
  }

  /** Erases the topic with its readers; its frames and blobs are left over, to be erased piece by piece. */
  erase(topic: TopicState): void {
    for (const statement of this.#erase) statement.run(topic.n);
  }

  /** Lets go of the names of topics that nobody holds any more. */
  forgetUnheld(): void {
    for (const [key, topic] of this.#held) if (!topic.deref()) this.#held.delete(key);
  }

  #hold(topic: TopicState): TopicState {
    this.#held.set(topic.key, new WeakRef(topic));
    return topic;
  }
}

const KEY_LENGTH = 32;

function part(keys: Buffer, index: number): Bytes {
  return new Uint8Array(keys.buffer as ArrayBuffer, keys.byteOffset + KEY_LENGTH * index, KEY_LENGTH);
}

export function bytesOf(value: unknown): Bytes {
  if (value instanceof Uint8Array && value.buffer instanceof ArrayBuffer) return value as Bytes;
  throw new TypeError('the database holds no bytes where bytes belong');
}
