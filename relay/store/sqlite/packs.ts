/**
 * Frames in the database lie in packs: a row of consecutive frames of one topic, that entered together. A row per frame
 * with its two indexes cost the relay 5.6 µs of CPU, a pack less than one per frame; and a page is read in a few rows.
 *
 *   ids    id[32]…
 *   body   (cursor u64 ‖ time u48 (ms) ‖ length u32 ‖ frame)…        as many, in the same order, by cursor
 *
 * A pack is kept (due = 0) or doomed (due = when it is erased). Proposing the deletion of some of its frames, and taking
 * that back, splits it. So packs of a topic may overlap; `frames` gives their frames in the order of the cursors.
 */
import { hash } from 'node:crypto';
import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import type { Bytes } from '#lib/bytes/bytes.ts';
import { numberOf } from './schema.ts';

export interface PackedFrame {
  readonly cursor: number;
  readonly at: number;
  /** The id, as a string of one-byte characters. */
  readonly name: string;
  readonly frame: Bytes;
}

export interface StoredFrame extends PackedFrame {
  readonly doomed: boolean;
}

export interface PackFilter {
  readonly since: number;
  readonly doomed: boolean;
}

const ID = 32;
const HEADER = 18;

/** A pack closes when it reaches either. */
const PACK_FRAMES = 256;
const PACK_BYTES = 262_144;

/** A topic's newest pack takes in more as long as it is smaller than this. */
const SMALL_BYTES = 16_384;

export class Packs {
  readonly #insert: StatementSync;
  readonly #delete: StatementSync;
  readonly #deleteAll: StatementSync;
  readonly #read: StatementSync;
  readonly #newest: StatementSync;
  readonly #places: StatementSync;
  readonly #ids: StatementSync;
  readonly #setDue: StatementSync;
  readonly #countDoomed: StatementSync;
  readonly #due: StatementSync;

  constructor(db: DatabaseSync) {
    this.#insert = db.prepare(
      'INSERT INTO pack (topic, first, last, due, count, size, ids, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    );
    this.#delete = db.prepare('DELETE FROM pack WHERE n = ?');
    this.#deleteAll = db.prepare('DELETE FROM pack WHERE topic = ?');
    this.#read = db.prepare('SELECT topic, due, ids, body FROM pack WHERE n = ?');
    this.#newest = db.prepare(
      'SELECT n, last, due, count, size FROM pack WHERE topic = ? ORDER BY last DESC LIMIT 1',
    );
    this.#places = db.prepare(
      'SELECT n, first FROM pack WHERE topic = ? AND last > ? AND (due = 0 OR ?) ORDER BY first',
    );
    this.#ids = db.prepare('SELECT n, due, ids FROM pack WHERE topic = ?');
    this.#setDue = db.prepare('UPDATE pack SET due = ? WHERE n = ?');
    this.#countDoomed = db.prepare('SELECT sum(count) AS count FROM pack WHERE topic = ? AND due > 0');
    this.#due = db.prepare(
      `SELECT pack.n, pack.count, pack.size, topic.id FROM pack JOIN topic ON topic.n = pack.topic
       WHERE pack.due > 0 AND pack.due <= ? LIMIT ?`,
    );
  }

  /** Adds frames whose cursors are above all that the topic holds. */
  append(topic: number, frames: readonly PackedFrame[]): void {
    let pack = this.#takeSmall(topic);
    let size = sizeOf(pack);
    for (const frame of frames) {
      if (pack.length >= PACK_FRAMES || (pack.length > 0 && size + frame.frame.length > PACK_BYTES)) {
        this.#write(topic, pack, 0);
        pack = [];
        size = 0;
      }
      pack.push(frame);
      size += frame.frame.length;
    }
    this.#write(topic, pack, 0);
  }

  /** The highest cursor here; 0 when there is none. */
  highest(topic: number): number {
    return numberOf(this.#newest.get(topic)?.['last']);
  }

  /** Frames above a cursor, in order. Read the database no further than they are taken. */
  *frames(topic: number, { since, doomed }: PackFilter): Generator<StoredFrame> {
    let ready: StoredFrame[] = [];
    for (const place of this.#places.all(topic, since, doomed ? 1 : 0)) {
      const first = numberOf(place['first']);
      const later: StoredFrame[] = [];
      for (const frame of ready) {
        if (frame.cursor < first) yield frame;
        else later.push(frame);
      }
      const added = this.#readPack(numberOf(place['n'])).filter(({ cursor }) => cursor > since);
      ready = later.length === 0 ? added : [...later, ...added].sort((a, b) => a.cursor - b.cursor);
    }
    yield* ready;
  }

  /** Those of the frames that are here, by id. */
  find(topic: number, wanted: ReadonlySet<string>): StoredFrame[] {
    const found: StoredFrame[] = [];
    for (const { n } of this.#packsWith(topic, wanted)) {
      found.push(...this.#readPack(n).filter(({ name }) => wanted.has(name)));
    }
    return found;
  }

  /** Dooms frames that are kept (due > 0), or keeps frames that are doomed (due = 0). */
  setDue(topic: number, wanted: ReadonlySet<string>, due: number): void {
    for (const pack of this.#packsWith(topic, wanted)) {
      if (pack.isDoomed === due > 0) continue;
      const frames = this.#readPack(pack.n);
      const moving = frames.filter(({ name }) => wanted.has(name));
      if (moving.length === frames.length) {
        this.#setDue.run(due, pack.n);
        continue;
      }
      this.#delete.run(pack.n);
      this.#write(
        topic,
        frames.filter((frame) => !moving.includes(frame)),
        pack.due,
      );
      this.#write(topic, moving, due);
    }
  }

  countDoomed(topic: number): number {
    return numberOf(this.#countDoomed.get(topic)?.['count']);
  }

  /** The ids of all that the topic holds, one after another, pack by pack. */
  *idLists(topic: number): Generator<Buffer<ArrayBuffer>> {
    for (const row of this.#ids.iterate(topic)) yield bufferOf(row['ids']);
  }

  /** Erases packs whose grace is over: the topic, the number and the size of the frames of each. */
  eraseDue(now: number, limit: number): { topic: Bytes; frames: number; bytes: number }[] {
    return this.#due.all(now, limit).map((row) => {
      this.#delete.run(numberOf(row['n']));
      return {
        topic: new Uint8Array(bufferOf(row['id'])),
        frames: numberOf(row['count']),
        bytes: numberOf(row['size']),
      };
    });
  }

  eraseAll(topic: number): void {
    this.#deleteAll.run(topic);
  }

  #takeSmall(topic: number): PackedFrame[] {
    const newest = this.#newest.get(topic);
    if (newest?.['due'] !== 0) return [];
    if (numberOf(newest['size']) >= SMALL_BYTES || numberOf(newest['count']) >= PACK_FRAMES) return [];
    const n = numberOf(newest['n']);
    const frames = this.#readPack(n);
    this.#delete.run(n);
    return frames;
  }

  #packsWith(topic: number, wanted: ReadonlySet<string>): { n: number; due: number; isDoomed: boolean }[] {
    const found: { n: number; due: number; isDoomed: boolean }[] = [];
    for (const row of this.#ids.iterate(topic)) {
      const ids = bufferOf(row['ids']);
      const due = numberOf(row['due']);
      for (let at = 0; at < ids.length; at += ID) {
        if (!wanted.has(ids.toString('latin1', at, at + ID))) continue;
        found.push({ n: numberOf(row['n']), due, isDoomed: due > 0 });
        break;
      }
    }
    return found;
  }

  #readPack(n: number): StoredFrame[] {
    const row = this.#read.get(n);
    return row ? unpack(bufferOf(row['ids']), bufferOf(row['body']), row['due'] !== 0) : [];
  }

  #write(topic: number, frames: readonly PackedFrame[], due: number): void {
    const [first, last] = [frames[0], frames.at(-1)];
    if (!first || !last) return;
    const { ids, body } = pack(frames);
    this.#insert.run(topic, first.cursor, last.cursor, due, frames.length, sizeOf(frames), ids, body);
  }
}

/** SHA-256, as a string of one-byte characters: a buffer of its own would cost more, in time and in memory. */
export function nameOfFrame(frame: Bytes): string {
  return hash('sha256', frame, 'binary');
}

function pack(frames: readonly PackedFrame[]): { ids: Buffer; body: Buffer } {
  const ids = Buffer.allocUnsafe(ID * frames.length);
  const body = Buffer.allocUnsafe(HEADER * frames.length + sizeOf(frames));
  let offset = 0;
  for (const [i, { cursor, at, name, frame }] of frames.entries()) {
    ids.write(name, ID * i, 'latin1');
    body.writeUInt32BE(Math.floor(cursor / 2 ** 32), offset);
    body.writeUInt32BE(cursor >>> 0, offset + 4);
    body.writeUIntBE(at, offset + 8, 6);
    body.writeUInt32BE(frame.length, offset + 14);
    body.set(frame, offset + HEADER);
    offset += HEADER + frame.length;
  }
  return { ids, body };
}

function unpack(ids: Buffer<ArrayBuffer>, body: Buffer<ArrayBuffer>, doomed: boolean): StoredFrame[] {
  const frames: StoredFrame[] = [];
  for (let i = 0, offset = 0; offset < body.length; i++) {
    const start = offset + HEADER;
    const end = start + body.readUInt32BE(offset + 14);
    frames.push({
      cursor: body.readUInt32BE(offset) * 2 ** 32 + body.readUInt32BE(offset + 4),
      at: body.readUIntBE(offset + 8, 6),
      name: ids.toString('latin1', ID * i, ID * (i + 1)),
      frame: viewOf(body, start, end),
      doomed,
    });
    offset = end;
  }
  return frames;
}

function sizeOf(frames: readonly PackedFrame[]): number {
  return frames.reduce((sum, { frame }) => sum + frame.length, 0);
}

function viewOf(buffer: Buffer<ArrayBuffer>, start: number, end: number): Bytes {
  return new Uint8Array(buffer.buffer, buffer.byteOffset + start, end - start);
}

function bufferOf(value: SQLOutputValue | undefined): Buffer<ArrayBuffer> {
  if (value instanceof Uint8Array && value.buffer instanceof ArrayBuffer) {
    return Buffer.from(value.buffer, value.byteOffset, value.length);
  }
  throw new TypeError('the database holds no bytes where bytes belong');
}
