/** What leaves the SQLite store, and the counters that follow. Everything here runs inside a transaction of the commit. */
import type { Bytes } from '#lib/bytes/bytes.ts';
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
  readonly blobBytes?: number;
}

export interface ErasingParts {
  readonly topics: Topics;
  readonly frames: Frames;
  readonly blobs: Blobs;
  readonly commit: GroupCommit;
}

/** How much one sweep erases at most, so that nobody waits for it. */
const SWEEP_LIMIT = 500;

export class Erasing {
  readonly #parts: ErasingParts;

  constructor(parts: ErasingParts) {
    this.#parts = parts;
  }

  /** Erases what is due by now, a bounded part of it. */
  sweep(now: number, undo: Undo): Swept {
    const { topics, frames, blobs } = this.#parts;
    const expired = topics.expired(now, SWEEP_LIMIT);
    for (const topic of expired) this.topic(topic, undo);
    const packs = frames.packs.eraseDue(now, SWEEP_LIMIT);
    for (const pack of packs) {
      this.#discount(pack.topic, { frames: -pack.frames, frameBytes: -pack.bytes }, undo);
    }
    const dueBlobs = blobs.eraseDue(now, SWEEP_LIMIT);
    for (const { topic, size } of dueBlobs) this.#discount(topic, { blobBytes: -size }, undo);
    return {
      topics: expired.length,
      frames: packs.reduce((sum, pack) => sum + pack.frames, 0),
      blobs: dueBlobs.length,
    };
  }

  topic(topic: TopicState, undo: Undo): void {
    const { topics, frames, blobs, commit } = this.#parts;
    commit.drop(topic);
    frames.packs.eraseAll(topic.n);
    blobs.eraseAll(topic);
    topics.erase(topic);
    topic.gone = true;
    undo.push(() => {
      topic.gone = false;
    });
  }

  /** Counts in what was added, or out what was erased. */
  count(topic: TopicState, change: CounterChange, undo: Undo): void {
    const add = (sign: 1 | -1) => {
      topic.frames += sign * (change.frames ?? 0);
      topic.frameBytes += sign * (change.frameBytes ?? 0);
      topic.blobBytes += sign * (change.blobBytes ?? 0);
    };
    add(1);
    undo.push(() => {
      add(-1);
    });
    this.#parts.commit.touch(topic);
  }

  #discount(id: Bytes, change: CounterChange, undo: Undo): void {
    const topic = this.#parts.topics.find(id);
    if (topic) this.count(topic, change, undo);
  }
}
