/**
 * Frames of the SQLite store. Those on their way to the database are in `pending`, above all that it holds; a reader
 * does not see the seam.
 */
import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import type { Bytes } from '#lib/bytes/bytes.ts';
import { PAGE_BYTES } from '#lib/protocol/limits.ts';
import { SAMPLE_LENGTH } from '#lib/protocol/relay.ts';
import { topicKey, type FrameRow, type IndexRow, type Page, type Range } from '../store.ts';
import { numberOf } from './schema.ts';
import { bytesOf, type PendingFrame, type TopicState } from './topics.ts';

type Row = Record<string, SQLOutputValue>;

export class Frames {
  readonly #insert: StatementSync;
  readonly #find: StatementSync;
  readonly #body: StatementSync;
  readonly #page: StatementSync;
  readonly #index: StatementSync;
  readonly #doom: StatementSync;
  readonly #rescue: StatementSync;
  readonly #countDoomed: StatementSync;
  readonly #first: StatementSync;
  readonly #newest: StatementSync;
  readonly #due: StatementSync;
  readonly #erase: StatementSync;

  constructor(db: DatabaseSync) {
    this.#insert = db.prepare(
      `INSERT INTO frame (topic, cursor, id, at, doomed, size, body) VALUES (?, ?, ?, ?, 0, ?, ?)
       ON CONFLICT DO NOTHING`,
    );
    this.#find = db.prepare('SELECT cursor, doomed FROM frame WHERE topic = ? AND id = ?');
    this.#body = db.prepare('SELECT cursor, doomed, body FROM frame WHERE topic = ? AND id = ?');
    const range = 'FROM frame WHERE topic = ? AND cursor > ? AND (doomed = 0 OR ?) ORDER BY cursor LIMIT ?';
    this.#page = db.prepare(`SELECT cursor, doomed, body ${range}`);
    this.#index = db.prepare(`SELECT cursor, doomed, id, size ${range}`);
    this.#doom = db.prepare('UPDATE frame SET doomed = ? WHERE topic = ? AND id = ? AND doomed = 0');
    this.#rescue = db.prepare('UPDATE frame SET doomed = 0 WHERE topic = ? AND id = ?');
    this.#countDoomed = db.prepare('SELECT count(*) AS count FROM frame WHERE topic = ? AND doomed > 0');
    this.#first = db.prepare('SELECT at FROM frame WHERE topic = ? ORDER BY cursor LIMIT 1');
    this.#newest = db.prepare(
      `SELECT at, substr(body, 1, ${SAMPLE_LENGTH}) AS sample FROM frame WHERE topic = ? ORDER BY cursor DESC LIMIT 1`,
    );
    this.#due = db.prepare(
      `SELECT frame.n, frame.size, topic.id FROM frame JOIN topic ON topic.n = frame.topic
       WHERE doomed > 0 AND doomed <= ? LIMIT ?`,
    );
    this.#erase = db.prepare('DELETE FROM frame WHERE n = ?');
  }

  /** The cursor of a frame in the database, negative when it is doomed; 0 when it is not there. */
  cursorOf(topic: TopicState, id: Bytes): number {
    const row = this.#find.get(topic.n, id);
    if (!row) return 0;
    const cursor = numberOf(row['cursor']);
    return row['doomed'] === 0 ? cursor : -cursor;
  }

  insert(topic: number, cursor: number, id: Bytes, at: number, frame: Uint8Array): boolean {
    return this.#insert.run(topic, cursor, id, at, frame.length, frame).changes === 1;
  }

  insertPending(topic: TopicState): void {
    if (!topic.pending) return;
    for (const [id, { cursor, at, frame }] of topic.pending) {
      this.insert(topic.n, cursor, Buffer.from(id, 'latin1'), at, frame);
    }
  }

  list(topic: TopicState, range: Range): Page<FrameRow> {
    const rows = this.#page.iterate(topic.n, range.since, range.doomed ? 1 : 0, range.limit + 1);
    return gather(
      rows,
      toFrameRow,
      pendingAbove(topic, range.since),
      toPendingRow,
      range.limit,
      (entry) => entry.frame.length,
    );
  }

  index(topic: TopicState, range: Range): Page<IndexRow> {
    const rows = this.#index.iterate(topic.n, range.since, range.doomed ? 1 : 0, range.limit + 1);
    return gather(rows, toIndexRow, pendingAbove(topic, range.since), toPendingIndex, range.limit, () => 0);
  }

  get(topic: TopicState, ids: readonly Bytes[]): FrameRow[] {
    const found: FrameRow[] = [];
    let bytes = 0;
    for (const id of ids) {
      const frame = this.#one(topic, id);
      if (!frame) continue;
      found.push(frame);
      bytes += frame.frame.length;
      if (bytes >= PAGE_BYTES) break;
    }
    return found;
  }

  #one(topic: TopicState, id: Bytes): FrameRow | null {
    const pending = topic.pending?.get(topicKey(id));
    if (pending) return toPendingRow(pending);
    const row = this.#body.get(topic.n, id);
    return row ? toFrameRow(row) : null;
  }

  doom(topic: TopicState, id: Bytes, at: number): void {
    this.#doom.run(at, topic.n, id);
  }

  rescue(topic: TopicState, id: Bytes): void {
    this.#rescue.run(topic.n, id);
  }

  countDoomed(topic: TopicState): number {
    return numberOf(this.#countDoomed.get(topic.n)?.['count']);
  }

  /** When the oldest and the newest frame came, and how the newest begins. */
  ends(topic: TopicState): { firstAt: number; lastAt: number; sample: Bytes } {
    const pending = [...(topic.pending?.values() ?? [])];
    const newestRow = this.#newest.get(topic.n);
    const newest = pending.at(-1);
    return {
      firstAt: numberOf(this.#first.get(topic.n)?.['at']) || (pending[0]?.at ?? 0),
      lastAt: newest?.at ?? numberOf(newestRow?.['at']),
      sample:
        newest?.frame.subarray(0, SAMPLE_LENGTH) ??
        (newestRow ? bytesOf(newestRow['sample']) : new Uint8Array()),
    };
  }

  /** Erases frames whose grace is over: the topic and size of each. */
  eraseDue(now: number, limit: number): { topic: Bytes; size: number }[] {
    return this.#due.all(now, limit).map((row) => {
      this.#erase.run(numberOf(row['n']));
      return { topic: bytesOf(row['id']), size: numberOf(row['size']) };
    });
  }
}

/** Rows of the database, then pending ones, until the limit or the size of a page is reached. */
function gather<T>(
  rows: Iterable<Row>,
  fromRow: (row: Row) => T,
  pending: Iterable<PendingFrame>,
  fromPending: (pending: PendingFrame) => T,
  limit: number,
  sizeOf: (entry: T) => number,
): Page<T> {
  const entries: T[] = [];
  let bytes = 0;
  const isFull = () => entries.length >= limit || bytes >= PAGE_BYTES;
  for (const row of rows) {
    if (isFull()) return { entries, more: true };
    const entry = fromRow(row);
    entries.push(entry);
    bytes += sizeOf(entry);
  }
  for (const frame of pending) {
    if (isFull()) return { entries, more: true };
    const entry = fromPending(frame);
    entries.push(entry);
    bytes += sizeOf(entry);
  }
  return { entries, more: false };
}

function* pendingAbove(topic: TopicState, since: number): Generator<PendingFrame> {
  if (!topic.pending) return;
  for (const frame of topic.pending.values()) if (frame.cursor > since) yield frame;
}

function toFrameRow(row: Row): FrameRow {
  return { cursor: numberOf(row['cursor']), doomed: row['doomed'] !== 0, frame: bytesOf(row['body']) };
}

function toPendingRow({ cursor, frame }: PendingFrame): FrameRow {
  return { cursor, doomed: false, frame };
}

function toIndexRow(row: Row): IndexRow {
  return {
    cursor: numberOf(row['cursor']),
    doomed: row['doomed'] !== 0,
    id: bytesOf(row['id']),
    size: numberOf(row['size']),
  };
}

function toPendingIndex({ cursor, id, frame }: PendingFrame): IndexRow {
  return { cursor, doomed: false, id: new Uint8Array(Buffer.from(id, 'latin1')), size: frame.length };
}
