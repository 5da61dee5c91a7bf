/**
 * Frames of a topic as one: those in the database and those on their way there, which stand above. A reader does not see
 * the seam.
 */
import type { DatabaseSync } from 'node:sqlite';
import type { Bytes } from '#lib/bytes/bytes.ts';
import { PAGE_BYTES } from '#lib/protocol/limits.ts';
import { SAMPLE_LENGTH } from '#lib/protocol/relay.ts';
import { topicKey, type FrameRow, type IndexRow, type Page, type Range } from '../store.ts';
import { Packs, type PackedFrame, type StoredFrame } from './packs.ts';
import { Seen } from './seen.ts';
import type { TopicState } from './topics.ts';

const ID = 32;

export class Frames {
  readonly packs: Packs;

  constructor(db: DatabaseSync) {
    this.packs = new Packs(db);
  }

  /** The frame of this id in the database. */
  find(topic: TopicState, name: string): StoredFrame | null {
    const seen = this.#seenOf(topic);
    if (!seen.mayHave(name)) return null;
    return this.packs.find(topic.n, new Set([name]))[0] ?? null;
  }

  /** Says that the topic will hold a frame of this id. */
  expect(topic: TopicState, name: string): void {
    this.#seenOf(topic).add(name);
  }

  enter(topic: TopicState): void {
    if (!topic.pending) return;
    this.packs.append(topic.n, [...topic.pending.values()]);
  }

  list(topic: TopicState, range: Range): Page<FrameRow> {
    return this.#page(topic, range, ({ cursor, doomed, frame }) => ({ cursor, doomed, frame }), PAGE_BYTES);
  }

  index(topic: TopicState, range: Range): Page<IndexRow> {
    const toRow = ({ cursor, doomed, name, frame }: StoredFrame) => ({
      cursor,
      doomed,
      id: new Uint8Array(Buffer.from(name, 'latin1')),
      size: frame.length,
    });
    return this.#page(topic, range, toRow, Infinity);
  }

  get(topic: TopicState, ids: readonly Bytes[]): FrameRow[] {
    const wanted = new Set(ids.map(topicKey));
    const pending = [...wanted].flatMap((id) => topic.pending?.get(id) ?? []).map(toStored);
    const found: FrameRow[] = [];
    let bytes = 0;
    for (const { cursor, doomed, frame } of [...pending, ...this.packs.find(topic.n, wanted)]) {
      if (bytes >= PAGE_BYTES) break;
      found.push({ cursor, doomed, frame });
      bytes += frame.length;
    }
    return found;
  }

  /** When the oldest and the newest frame came, and how the newest begins. */
  ends(topic: TopicState): { firstAt: number; lastAt: number; sample: Bytes } {
    const all = { since: 0, doomed: true };
    let [first] = this.#frames(topic, all).take(1);
    let newest: PackedFrame | undefined = [...(topic.pending?.values() ?? [])].at(-1);
    const highest = this.packs.highest(topic.n);
    if (!newest && highest > 0) [newest] = this.packs.frames(topic.n, { since: highest - 1, doomed: true });
    first ??= newest && toStored(newest);
    return {
      firstAt: first?.at ?? 0,
      lastAt: newest?.at ?? 0,
      sample: newest?.frame.subarray(0, SAMPLE_LENGTH) ?? new Uint8Array(),
    };
  }

  *#frames(topic: TopicState, { since, doomed }: Pick<Range, 'since' | 'doomed'>): Generator<StoredFrame> {
    yield* this.packs.frames(topic.n, { since, doomed });
    if (!topic.pending) return;
    for (const frame of topic.pending.values()) if (frame.cursor > since) yield toStored(frame);
  }

  #page<Row>(
    topic: TopicState,
    range: Range,
    toRow: (frame: StoredFrame) => Row,
    maxBytes: number,
  ): Page<Row> {
    const entries: Row[] = [];
    let bytes = 0;
    for (const frame of this.#frames(topic, range)) {
      if (entries.length >= range.limit || bytes >= maxBytes) return { entries, more: true };
      entries.push(toRow(frame));
      bytes += frame.frame.length;
    }
    return { entries, more: false };
  }

  #seenOf(topic: TopicState): Seen {
    if (topic.seen && !topic.seen.isFull) return topic.seen;
    topic.seen = new Seen(topic.frames);
    for (const ids of this.packs.idLists(topic.n)) {
      for (let at = 0; at < ids.length; at += ID) topic.seen.add(ids.toString('latin1', at, at + ID));
    }
    for (const { name } of topic.pending?.values() ?? []) topic.seen.add(name);
    return topic.seen;
  }
}

function toStored({ cursor, at, name, frame }: PackedFrame): StoredFrame {
  return { cursor, at, name, frame, doomed: false };
}
