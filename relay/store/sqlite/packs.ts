/**
 * Frames in the database lie in packs: consecutive frames of one topic that entered together. A row per frame with its two
 * indexes cost the relay 5.6 µs of CPU, a pack less than one per frame; and a page is read in a few rows. Packs of a topic
 * do not overlap.
 *
 * What is asked without the frames themselves is answered from the pack's index (pack-index.ts), which lies apart from its
 * body: the frames, one after another. Where a frame lies is known from its id (places.ts).
 */
import { hash } from 'node:crypto';
import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import type { Bytes } from '#lib/bytes/bytes.ts';
import { bufferOf, PackIndex } from './pack-index.ts';
import { Places } from './places.ts';
import { numberOf } from './schema.ts';

export interface PackedFrame {
  readonly cursor: number;
  readonly at: number;
  /** The id, as a string of one-byte characters. */
  readonly name: string;
  readonly frame: Bytes;
}

/** A pack without its frames. */
export interface Pack {
  readonly n: number;
  readonly last: number;
  readonly index: PackIndex;
}

/** Where a frame lies. */
export interface Place {
  readonly pack: Pack;
  readonly i: number;
}

/** A pack closes when it reaches either. */
const PACK_FRAMES = 256;
const PACK_BYTES = 262_144;

/** A topic's newest pack takes in more as long as it is smaller than this. */
const SMALL_BYTES = 16_384;

export class Packs {
  readonly places: Places;
  readonly #insert: StatementSync;
  readonly #insertBody: StatementSync;
  readonly #update: StatementSync;
  readonly #updateBody: StatementSync;
  readonly #delete: StatementSync;
  readonly #deleteBody: StatementSync;
  readonly #read: StatementSync;
  readonly #readBody: StatementSync;
  readonly #newest: StatementSync;
  readonly #next: StatementSync;
  readonly #nextKept: StatementSync;
  readonly #doomed: StatementSync;
  readonly #due: StatementSync;
  readonly #ofTopic: StatementSync;

  constructor(db: DatabaseSync) {
    this.places = new Places(db);
    this.#insert = db.prepare(
      'INSERT INTO pack (topic, last, due, kept, count, size, ids) VALUES (?, ?, ?, ?, ?, ?, ?)',
    );
    this.#insertBody = db.prepare('INSERT INTO body (n, body) VALUES (?, ?)');
    this.#update = db.prepare(
      'UPDATE pack SET last = ?, due = ?, kept = ?, count = ?, size = ?, ids = ? WHERE n = ?',
    );
    this.#updateBody = db.prepare('UPDATE body SET body = ? WHERE n = ?');
    this.#delete = db.prepare('DELETE FROM pack WHERE n = ?');
    this.#deleteBody = db.prepare('DELETE FROM body WHERE n = ?');
    this.#read = db.prepare('SELECT n, last, ids FROM pack WHERE n = ? AND topic = ?');
    this.#readBody = db.prepare('SELECT body FROM body WHERE n = ?');
    this.#newest = db.prepare(
      'SELECT n, last, count, size FROM pack WHERE topic = ? ORDER BY last DESC LIMIT 1',
    );
    const next = (condition: string) =>
      db.prepare(
        `SELECT n, last, ids FROM pack WHERE topic = ? AND last > ? ${condition} ORDER BY last LIMIT 1`,
      );
    this.#next = next('');
    this.#nextKept = next('AND kept > 0');
    this.#doomed = db.prepare(
      `SELECT max(n) AS n, sum(count - kept) AS doomed FROM
         (SELECT n, count, kept FROM pack WHERE topic = ? AND n > ? AND due > 0 ORDER BY n LIMIT ?)`,
    );
    this.#due = db.prepare('SELECT n, last, topic, ids FROM pack WHERE due > 0 AND due <= ? LIMIT 1');
    this.#ofTopic = db.prepare('SELECT n, size FROM pack WHERE topic = ? LIMIT 1');
  }

  /** Adds frames whose cursors are above all that the topic holds. */
  append(topic: number, frames: readonly PackedFrame[]): void {
    const small = this.#smallOf(topic);
    let { count, size } = small ?? { count: 0, size: 0 };
    let before = small?.n ?? null;
    let added: PackedFrame[] = [];
    for (const frame of frames) {
      if (count >= PACK_FRAMES || (count > 0 && size + frame.frame.length > PACK_BYTES)) {
        this.#add(topic, before, added);
        before = null;
        added = [];
        count = size = 0;
      }
      added.push(frame);
      count++;
      size += frame.frame.length;
    }
    this.#add(topic, before, added);
  }

  /** The highest cursor here; 0 when there is none. */
  highest(topic: number): number {
    return numberOf(this.#newest.get(topic)?.['last']);
  }

  newest(topic: number): Pack | null {
    const n = this.#newest.get(topic)?.['n'];
    return n === undefined ? null : this.read(topic, numberOf(n));
  }

  /** The first pack with a frame above a cursor; with `doomed` also one whose frames are all to be erased. */
  next(topic: number, since: number, doomed: boolean): Pack | null {
    return packOf((doomed ? this.#next : this.#nextKept).get(topic, since));
  }

  read(topic: number, n: number): Pack | null {
    return packOf(this.#read.get(n, topic));
  }

  body({ n }: Pack): Buffer<ArrayBuffer> {
    return bufferOf(this.#readBody.get(n)?.['body']);
  }

  find(topic: number, name: string): Place | null {
    for (const n of this.places.find(topic, name)) {
      const pack = this.read(topic, n);
      const i = pack?.index.indexOf(name) ?? -1;
      if (pack && i >= 0) return { pack, i };
    }
    return null;
  }

  /** Dooms frames that are kept (due > 0), or keeps frames that are doomed (due = 0). Others are passed over. */
  setDue(topic: number, names: readonly string[], due: number): void {
    const changed = new Map<number, Pack>();
    for (const name of names) {
      for (const n of this.places.find(topic, name)) {
        const pack = changed.get(n) ?? this.read(topic, n);
        const i = pack?.index.indexOf(name) ?? -1;
        if (!pack || i < 0 || pack.index.isDoomed(i) === due > 0) continue;
        pack.index.setDue(i, due);
        changed.set(n, pack);
      }
    }
    for (const pack of changed.values()) this.#updateIndex(pack.n, pack.index);
  }

  /** How many frames are doomed, in so many packs behind the pack `after`; and the last of these packs, null at the end. */
  countDoomed(topic: number, after: number, packs: number): { doomed: number; last: number | null } {
    const row = this.#doomed.get(topic, after, packs);
    const last = row?.['n'];
    return { doomed: numberOf(row?.['doomed']), last: typeof last === 'number' ? last : null };
  }

  /** Erases what is due of one pack; null when nothing is. */
  eraseDue(now: number): { topic: number; frames: number; bytes: number } | null {
    const row = this.#due.get(now);
    const pack = packOf(row);
    if (!row || !pack) return null;
    const topic = numberOf(row['topic']);
    const { index } = pack;
    const stays = (i: number) => index.due(i) === 0 || index.due(i) > now;
    const gone = Array.from({ length: index.count }, (_, i) => i).filter((i) => !stays(i));
    const left = index.keeping(stays);
    this.places.delete(topic, pack.n, namesOf(gone, index).filter(isNewTo(left)));
    if (left.count === 0) {
      this.#delete.run(pack.n);
      this.#deleteBody.run(pack.n);
    } else {
      const [body, offsets] = [this.body(pack), index.offsets()];
      const parts = offsets.slice(1).map((end, i) => body.subarray(offsets[i], end));
      this.#updateBody.run(Buffer.concat(parts.filter((_, i) => stays(i))), pack.n);
      this.#updateIndex(pack.n, left);
    }
    return { topic, frames: gone.length, bytes: gone.reduce((sum, i) => sum + index.length(i), 0) };
  }

  /** Erases one pack of a topic that is no more; answers its size, null when there is none left. */
  eraseOne(topic: number): number | null {
    const row = this.#ofTopic.get(topic);
    if (!row) return null;
    const n = numberOf(row['n']);
    this.#delete.run(n);
    this.#deleteBody.run(n);
    return numberOf(row['size']);
  }

  #smallOf(topic: number): { n: number; count: number; size: number } | null {
    const row = this.#newest.get(topic);
    if (!row) return null;
    const [n, count, size] = [row['n'], row['count'], row['size']].map(numberOf) as [number, number, number];
    return size < SMALL_BYTES && count < PACK_FRAMES ? { n, count, size } : null;
  }

  /** Into the pack `before`, or into a new one. */
  #add(topic: number, before: number | null, frames: readonly PackedFrame[]): void {
    if (frames.length === 0) return;
    const names = frames.map(({ name }) => name);
    const index = PackIndex.of(frames.map(({ frame, ...known }) => ({ ...known, length: frame.length })));
    const body = frames.map(({ frame }) => frame);
    const pack = before === null ? null : this.read(topic, before);
    if (pack) {
      this.#updateBody.run(Buffer.concat([this.body(pack), ...body]), pack.n);
      this.#updateIndex(pack.n, pack.index.followedBy(index));
      this.places.insert(topic, pack.n, names.filter(isNewTo(pack.index)));
      return;
    }
    const { last, size } = extentOf(index);
    const row = this.#insert.run(topic, last, 0, index.count, index.count, size, index.bytes);
    const n = Number(row.lastInsertRowid);
    this.#insertBody.run(n, Buffer.concat(body));
    this.places.insert(topic, n, names);
  }

  #updateIndex(n: number, index: PackIndex): void {
    const { last, size } = extentOf(index);
    const { due, kept } = index.summary();
    this.#update.run(last, due, kept, index.count, size, index.bytes, n);
  }
}

/** SHA-256, as a string of one-byte characters: a buffer of its own would cost more, in time and in memory. */
export function nameOfFrame(frame: Bytes): string {
  return hash('sha256', frame, 'binary');
}

/** A frame of a pack, as a view of its body. */
export function frameIn(body: Buffer<ArrayBuffer>, offsets: readonly number[], i: number): Bytes {
  const start = offsets[i] ?? 0;
  return new Uint8Array(body.buffer, body.byteOffset + start, (offsets[i + 1] ?? start) - start);
}

function packOf(row: Record<string, SQLOutputValue> | undefined): Pack | null {
  if (!row) return null;
  return { n: numberOf(row['n']), last: numberOf(row['last']), index: new PackIndex(bufferOf(row['ids'])) };
}

function namesOf(places: readonly number[], index: PackIndex): string[] {
  return places.map((i) => index.name(i));
}

/** Whether none of the pack's ids begins as this one does: then its place has to be written. */
function isNewTo(index: PackIndex): (name: string) => boolean {
  const known = new Set(namesOf([...Array(index.count).keys()], index).map((name) => name.slice(0, 6)));
  return (name) => !known.has(name.slice(0, 6));
}

function extentOf(index: PackIndex): { last: number; size: number } {
  return { last: index.count > 0 ? index.cursor(index.count - 1) : 0, size: index.offsets().at(-1) ?? 0 };
}
