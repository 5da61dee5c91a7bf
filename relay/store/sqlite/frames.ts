/**
 * Frames of a topic as one: those in the database and those on their way there, which stand above. A reader does not see
 * the seam, and reads pack by pack: between two packs others may be served, and frames may enter the database.
 */
import type { DatabaseSync } from 'node:sqlite';
import type { Bytes } from '#lib/bytes/bytes.ts';
import { PAGE_BYTES } from '#lib/protocol/limits.ts';
import { SAMPLE_LENGTH } from '#lib/protocol/relay.ts';
import { costOfBytes, ENTRY_COST, LOOK_COST, type Pace } from '../pace.ts';
import { topicKey, type FrameRow, type IndexRow, type Page, type Range } from '../store.ts';
import { frameIn, Packs, type Pack, type Place } from './packs.ts';
import { Seen } from './seen.ts';
import type { PendingFrame, TopicState } from './topics.ts';

/** A topic with more frames than this has no filter: they are looked up one by one. */
const MAX_FILTERED = 32_768;

/** What a `get` reads at most beyond its first find, for frames that lie scattered. */
const MAX_SCATTERED = 4 * 1024 * 1024;

/** Packs whose doomed frames are counted in one piece. */
const COUNTED = 1_000;

/** What is taken from one pack for a page: where it stands there, and whether the page is full. */
interface Portion {
  readonly chosen: readonly number[];
  readonly isFull: boolean;
}

export class Frames {
  readonly packs: Packs;

  constructor(db: DatabaseSync) {
    this.packs = new Packs(db);
  }

  /** The frame of this id in the database. */
  find(topic: TopicState, name: string): Place | null {
    return this.#seenOf(topic)?.mayHave(name) === false ? null : this.packs.find(topic.n, name);
  }

  /** Says that the topic will hold a frame of this id. */
  expect(topic: TopicState, name: string): void {
    topic.seen?.add(name);
  }

  enter(topic: TopicState): void {
    if (!topic.pending) return;
    this.packs.append(topic.n, [...topic.pending.values()]);
  }

  async list(topic: TopicState, range: Range, pace: Pace): Promise<Page<FrameRow>> {
    const page = new FilledPage<FrameRow>(range.limit);
    const add = (pack: Pack, { chosen }: Portion) => {
      if (chosen.length === 0) return;
      const [body, offsets] = [this.packs.body(pack), pack.index.offsets()];
      pace.spend(costOfBytes(body.length));
      for (const i of chosen) {
        const frame = frameIn(body, offsets, i);
        page.add({ cursor: pack.index.cursor(i), doomed: pack.index.isDoomed(i), frame }, frame.length);
      }
    };
    const toRow = ({ cursor, frame }: PendingFrame) => ({ cursor, doomed: false, frame });
    return this.#fill(topic, range, page, add, toRow, PAGE_BYTES, pace);
  }

  async index(topic: TopicState, range: Range, pace: Pace): Promise<Page<IndexRow>> {
    const page = new FilledPage<IndexRow>(range.limit);
    const add = ({ index }: Pack, { chosen }: Portion) => {
      for (const i of chosen) {
        const row = {
          cursor: index.cursor(i),
          doomed: index.isDoomed(i),
          id: index.id(i),
          size: index.length(i),
        };
        page.add(row, 0);
      }
    };
    const toRow = ({ cursor, name, frame }: PendingFrame) => ({
      ...{ cursor, doomed: false, size: frame.length },
      id: new Uint8Array(Buffer.from(name, 'latin1')),
    });
    return this.#fill(topic, range, page, add, toRow, Infinity, pace);
  }

  async get(topic: TopicState, ids: readonly Bytes[], pace: Pace): Promise<FrameRow[]> {
    const page = new FilledPage<FrameRow>(ids.length);
    let read = 0;
    const bodies = new Map<number, { body: Buffer<ArrayBuffer>; offsets: number[] }>();
    for (const name of new Set(ids.map(topicKey))) {
      const rest = pace.rest();
      if (rest) await rest;
      const pending = topic.pending?.get(name);
      const place = pending ? null : this.packs.find(topic.n, name);
      pace.spend(LOOK_COST + (place ? costOfBytes(place.pack.index.bytes.length) : 0));
      const length = pending?.frame.length ?? place?.pack.index.length(place.i);
      if (length === undefined) continue;
      if (!page.hasRoomFor(length, PAGE_BYTES) || (read > MAX_SCATTERED && page.entries.length > 0)) break;
      if (pending) page.add({ cursor: pending.cursor, doomed: false, frame: pending.frame }, length);
      if (!place) continue;
      let known = bodies.get(place.pack.n);
      if (!known) {
        known = { body: this.packs.body(place.pack), offsets: place.pack.index.offsets() };
        bodies.set(place.pack.n, known);
        read += known.body.length;
        pace.spend(costOfBytes(known.body.length));
      }
      page.add({ ...placed(place), frame: frameIn(known.body, known.offsets, place.i) }, length);
    }
    return page.entries;
  }

  async countDoomed(topic: TopicState, pace: Pace): Promise<number> {
    let doomed = 0;
    for (let after: number | null = 0; after !== null;) {
      const counted: { doomed: number; last: number | null } = this.packs.countDoomed(
        topic.n,
        after,
        COUNTED,
      );
      doomed += counted.doomed;
      after = counted.last;
      pace.spend(LOOK_COST + COUNTED * ENTRY_COST);
      const rest = pace.rest();
      if (rest) await rest;
    }
    return doomed;
  }

  /** When the oldest and the newest frame came, and how the newest begins. */
  ends(topic: TopicState, pace: Pace): { firstAt: number; lastAt: number; sample: Bytes } {
    const oldest = this.packs.next(topic.n, 0, true);
    const pending = [...(topic.pending?.values() ?? [])];
    const latest = pending.at(-1);
    const firstAt = oldest?.index.at(0) ?? pending[0]?.at ?? 0;
    if (latest) return { firstAt, lastAt: latest.at, sample: latest.frame.subarray(0, SAMPLE_LENGTH) };
    const newest = this.packs.newest(topic.n);
    if (!newest) return { firstAt, lastAt: 0, sample: new Uint8Array() };
    const body = this.packs.body(newest);
    pace.spend(costOfBytes(body.length));
    const { index } = newest;
    const last = index.count - 1;
    const sample = frameIn(body, index.offsets(), last).slice(0, SAMPLE_LENGTH);
    return { firstAt, lastAt: index.at(last), sample };
  }

  /** Pack by pack, then what is on its way: a pack is looked at as it stands when its turn comes. */
  async #fill<Row>(
    topic: TopicState,
    { since, doomed }: Range,
    page: FilledPage<Row>,
    add: (pack: Pack, portion: Portion) => void,
    toRow: (frame: PendingFrame) => Row,
    maxBytes: number,
    pace: Pace,
  ): Promise<Page<Row>> {
    let after = since;
    for (let pack = this.packs.next(topic.n, after, doomed); pack;) {
      const portion = page.portionOf(pack, after, doomed, maxBytes);
      add(pack, portion);
      pace.spend(LOOK_COST + costOfBytes(pack.index.bytes.length) + ENTRY_COST * pack.index.count);
      if (portion.isFull) return { entries: page.entries, more: true };
      after = pack.last;
      const rest = pace.rest();
      if (rest) await rest;
      pack = this.packs.next(topic.n, after, doomed);
    }
    for (const frame of topic.pending?.values() ?? []) {
      if (frame.cursor <= after) continue;
      const size = maxBytes === Infinity ? 0 : frame.frame.length;
      if (!page.hasRoomFor(size, maxBytes)) return { entries: page.entries, more: true };
      page.add(toRow(frame), size);
      pace.spend(ENTRY_COST + costOfBytes(size));
    }
    return { entries: page.entries, more: false };
  }

  /** Null for a topic with too many frames. */
  #seenOf(topic: TopicState): Seen | null {
    if (topic.seen && !topic.seen.isFull) return topic.seen;
    topic.seen = null;
    if (topic.frames > MAX_FILTERED) return null;
    topic.seen = new Seen(topic.frames);
    for (let pack = this.packs.next(topic.n, 0, true); pack; pack = this.packs.next(topic.n, pack.last, true))
      topic.seen.addAll(pack.index);
    for (const { name } of topic.pending?.values() ?? []) topic.seen.add(name);
    return topic.seen;
  }
}

/** Entries of an answer, until there are enough. */
class FilledPage<Row> {
  readonly entries: Row[] = [];
  readonly #limit: number;
  #bytes = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** There is always room for the first. */
  hasRoomFor(size: number, maxBytes: number): boolean {
    if (this.entries.length === 0) return true;
    return this.entries.length < this.#limit && this.#bytes + size <= maxBytes;
  }

  add(row: Row, size: number): void {
    this.entries.push(row);
    this.#bytes += size;
  }

  /** Which frames of a pack go in. */
  portionOf({ index }: Pack, since: number, doomed: boolean, maxBytes: number): Portion {
    const chosen: number[] = [];
    let bytes = this.#bytes;
    for (let i = index.firstAbove(since); i < index.count; i++) {
      if (!doomed && index.isDoomed(i)) continue;
      const taken = this.entries.length + chosen.length;
      const size = maxBytes === Infinity ? 0 : index.length(i);
      if (taken >= this.#limit || (taken > 0 && bytes + size > maxBytes)) return { chosen, isFull: true };
      chosen.push(i);
      bytes += size;
    }
    return { chosen, isFull: false };
  }
}

export function placed({ pack, i }: Place): { cursor: number; doomed: boolean } {
  return { cursor: pack.index.cursor(i), doomed: pack.index.isDoomed(i) };
}
