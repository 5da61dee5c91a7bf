/** What leaves the SQLite store, and the counters that follow. Everything here runs inside a transaction of the commit. */
import type { Swept } from '../store.ts';
import type { Blobs } from './blobs.ts';
import type { GroupCommit } from './commit.ts';
import type { Frames } from './frames.ts';
import type { Topics, TopicState } from './topics.ts';

/** The way back, for when the transaction fails. */
export type Undo = (() => void)[];

export interface CounterChange {
  readonly frames?: number;
  readonly frameBytes?: number;
  readonly blobs?: number;
  readonly blobBytes?: number;
}

export interface ErasingParts {
  readonly topics: Topics;
  readonly frames: Frames;
  readonly blobs: Blobs;
  readonly commit: GroupCommit;
}

/** How much one sweep erases at most, so that nobody waits for it. */
const SWEPT_TOPICS = 100;
const SWEPT_BYTES = 4 * 1024 * 1024;
const SWEPT_ROWS = 2_000;

/** An erasure counts for at least this many bytes. */
const ERASURE_BYTES = 16_384;

export class Erasing {
  readonly #parts: ErasingParts;

  constructor(parts: ErasingParts) {
    this.#parts = parts;
  }

  /** Erases what is due by now, a bounded part of it. */
  sweep(now: number, undo: Undo): Swept {
    const expired = this.#parts.topics.expired(now, SWEPT_TOPICS);
    for (const topic of expired) this.topic(topic, undo);
    const swept = { topics: expired.length, frames: 0, blobs: 0 };
    let room = SWEPT_BYTES;
    while (room > 0) {
      const pack = this.#parts.frames.packs.eraseDue(now);
      if (!pack) break;
      this.#discount(pack.topic, { frames: -pack.frames, frameBytes: -pack.bytes }, undo);
      swept.frames += pack.frames;
      room -= Math.max(ERASURE_BYTES, pack.bytes, (pack.frames / SWEPT_ROWS) * SWEPT_BYTES);
    }
    while (room > 0) {
      const blob = this.#parts.blobs.eraseDue(now);
      if (!blob) break;
      this.#discount(blob.topic, { blobs: -1, blobBytes: -blob.size }, undo);
      swept.blobs++;
      room -= Math.max(ERASURE_BYTES, blob.size);
    }
    const isAllCleared = this.#clear(room);
    return { ...swept, more: room <= 0 || !isAllCleared || expired.length === SWEPT_TOPICS };
  }

  /** From now on nobody finds it. What it held is cleared away sweep by sweep: it may be much. */
  topic(topic: TopicState, undo: Undo): void {
    this.#parts.commit.drop(topic);
    this.#parts.topics.erase(topic);
    topic.gone = true;
    undo.push(() => {
      topic.gone = false;
    });
  }

  /** Clears away what is left of topics, within so many bytes; whether that was all. */
  #clear(bytes: number): boolean {
    const { topics, frames, blobs } = this.#parts;
    let room = bytes;
    for (let n = topics.leftover(); n !== null; n = topics.leftover()) {
      if (room <= 0) return false;
      const rows = frames.packs.places.deleteSome(n, SWEPT_ROWS);
      const size = rows < SWEPT_ROWS ? (frames.packs.eraseOne(n) ?? blobs.eraseOneOf(n)) : 0;
      if (size === null) topics.cleared(n);
      room -= Math.max(ERASURE_BYTES, size ?? 0, (rows / SWEPT_ROWS) * SWEPT_BYTES);
    }
    return true;
  }

  /** Counts in what was added, or out what was erased. */
  count(topic: TopicState, change: CounterChange, undo: Undo): void {
    const add = (sign: 1 | -1) => {
      topic.frames += sign * (change.frames ?? 0);
      topic.frameBytes += sign * (change.frameBytes ?? 0);
      topic.blobs += sign * (change.blobs ?? 0);
      topic.blobBytes += sign * (change.blobBytes ?? 0);
    };
    add(1);
    undo.push(() => {
      add(-1);
    });
    this.#parts.commit.touch(topic);
  }

  #discount(n: number, change: CounterChange, undo: Undo): void {
    const topic = this.#parts.topics.numbered(n);
    if (topic) this.count(topic, change, undo);
  }
}
