/** Blobs of the SQLite store: one row per chunk, under a number made of the blob's and the chunk's place. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Bytes } from '#lib/bytes/bytes.ts';
import { MAX_BLOB_CHUNKS } from '#lib/protocol/limits.ts';
import { numberOf } from './schema.ts';
import { bytesOf, type TopicState } from './topics.ts';

export interface BlobRow {
  readonly n: number;
  readonly total: number;
  readonly chunks: number;
  readonly bytes: number;
}

export class Blobs {
  readonly #find: StatementSync;
  readonly #insert: StatementSync;
  readonly #grow: StatementSync;
  readonly #expire: StatementSync;
  readonly #places: StatementSync;
  readonly #chunk: StatementSync;
  readonly #insertChunk: StatementSync;
  readonly #due: StatementSync;
  readonly #ofTopic: StatementSync;
  readonly #erase: StatementSync;
  readonly #eraseChunks: StatementSync;

  constructor(db: DatabaseSync) {
    this.#find = db.prepare('SELECT n, total, chunks, bytes FROM blob WHERE topic = ? AND id = ?');
    this.#insert = db.prepare(
      'INSERT INTO blob (topic, id, total, chunks, bytes, expires_at, doomed) VALUES (?, ?, ?, 0, 0, 0, 0)',
    );
    this.#grow = db.prepare(
      'UPDATE blob SET chunks = chunks + ?, bytes = bytes + ?, expires_at = ?, doomed = 0 WHERE n = ?',
    );
    this.#expire = db.prepare('UPDATE blob SET expires_at = ?, doomed = 1 WHERE n = ? AND doomed = 0');
    this.#places = db.prepare('SELECT n FROM chunk WHERE n >= ? AND n < ?');
    this.#chunk = db.prepare('SELECT body FROM chunk WHERE n = ?');
    this.#insertChunk = db.prepare('INSERT INTO chunk (n, body) VALUES (?, ?)');
    this.#due = db.prepare(
      'SELECT n, bytes, topic FROM blob WHERE expires_at > 0 AND expires_at <= ? LIMIT 1',
    );
    this.#ofTopic = db.prepare('SELECT n, bytes FROM blob WHERE topic = ? LIMIT 1');
    this.#erase = db.prepare('DELETE FROM blob WHERE n = ?');
    this.#eraseChunks = db.prepare('DELETE FROM chunk WHERE n >= ? AND n < ?');
  }

  find(topic: TopicState, id: Bytes): BlobRow | null {
    const row = this.#find.get(topic.n, id);
    if (!row) return null;
    return {
      n: numberOf(row['n']),
      total: numberOf(row['total']),
      chunks: numberOf(row['chunks']),
      bytes: numberOf(row['bytes']),
    };
  }

  insert(topic: TopicState, id: Bytes, total: number): BlobRow {
    const { lastInsertRowid } = this.#insert.run(topic.n, id, total);
    return { n: Number(lastInsertRowid), total, chunks: 0, bytes: 0 };
  }

  /** One bit per chunk that is here. */
  have(blob: BlobRow): Bytes {
    const bits = new Uint8Array(Math.ceil(blob.total / 8));
    const base = blob.n * MAX_BLOB_CHUNKS;
    for (const row of this.#places.all(base, base + MAX_BLOB_CHUNKS)) {
      const index = numberOf(row['n']) - base;
      bits[index >> 3] = (bits[index >> 3] ?? 0) | (1 << (index & 7));
    }
    return bits;
  }

  chunk(blob: BlobRow, index: number): Bytes | null {
    const row = this.#chunk.get(blob.n * MAX_BLOB_CHUNKS + index);
    return row ? bytesOf(row['body']) : null;
  }

  insertChunk(blob: BlobRow, index: number, bytes: Bytes): void {
    this.#insertChunk.run(blob.n * MAX_BLOB_CHUNKS + index, bytes);
  }

  /** Counts in what was added, takes back a deletion, and sets when the blob is erased (0 = never). */
  grow(blob: BlobRow, chunks: number, bytes: number, expiresAt: number): void {
    this.#grow.run(chunks, bytes, expiresAt, blob.n);
  }

  expire(blob: BlobRow, at: number): void {
    this.#expire.run(at, blob.n);
  }

  /** Erases a blob that is due: the number of its topic, and its size; null when none is. */
  eraseDue(now: number): { topic: number; size: number } | null {
    const row = this.#due.get(now);
    if (!row) return null;
    this.#eraseOne(numberOf(row['n']));
    return { topic: numberOf(row['topic']), size: numberOf(row['bytes']) };
  }

  /** Erases one blob of a topic that is no more; answers its size, null when there is none left. */
  eraseOneOf(topic: number): number | null {
    const row = this.#ofTopic.get(topic);
    if (!row) return null;
    this.#eraseOne(numberOf(row['n']));
    return numberOf(row['bytes']);
  }

  #eraseOne(n: number): void {
    this.#eraseChunks.run(n * MAX_BLOB_CHUNKS, (n + 1) * MAX_BLOB_CHUNKS);
    this.#erase.run(n);
  }
}
