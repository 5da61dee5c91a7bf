/**
 * What a relay keeps, behind one interface: per topic an append-only map from id to frame, reader keys, and blobs in
 * chunks. One file per engine implements it; tests/conformance/relay-store.ts is its definition.
 *
 * Guarantees: what a method answered survives a kill of the process and of the machine. A failure changed nothing.
 * A frame can be listed as soon as `put` has returned, before it is durable.
 * Reads are done in pieces, none of which holds others up, and each says what it has cost (pace.ts).
 * Leaves out: who may do what (session.ts), and any look into a frame.
 *
 * Reads throw when the engine cannot be reached; the caller answers 'unavailable'.
 */
import type { Bytes } from '#lib/bytes/bytes.ts';
import type { Result } from '#lib/bytes/result.ts';
import type { ErrorCode, Usage } from '#lib/protocol/relay.ts';
import type { Pace } from './pace.ts';

/** A topic that exists. Hold it as long as you use it: there is one per topic in a process. */
export interface Topic {
  readonly id: Bytes;
  /** The id as a string of one-byte characters: what maps are keyed by. */
  readonly key: string;
  readonly writeKey: Bytes;
  /** Null for a topic from which nothing is ever erased. */
  readonly deleteKey: Bytes | null;
  readonly openToReaders: boolean;
  /** A proposed deletion knows no grace, and what is doomed is shown to nobody. */
  readonly erasesAtOnce: boolean;
  readonly createdAt: number;
  /** Milliseconds since 1970; 0 = never. */
  readonly expiresAt: number;
}

export function topicKey(id: Bytes): string {
  return Buffer.from(id.buffer, id.byteOffset, id.length).toString('latin1');
}

export interface TopicSpec {
  readonly id: Bytes;
  readonly writeKey: Bytes;
  readonly deleteKey: Bytes | null;
  readonly openToReaders: boolean;
  readonly erasesAtOnce?: boolean;
  readonly expiresAt: number;
}

/** Why nothing was stored. */
export type StoreFailure = Extract<
  ErrorCode,
  'storage-full' | 'unavailable' | 'quota' | 'unknown-topic' | 'topic-taken' | 'conflict' | 'not-found'
>;

export type Stored<T = undefined> = Promise<Result<T, { readonly type: StoreFailure }>>;

/** A frame on its way to the disk. */
export interface Put {
  /** 0 while the engine does not know it; known at the latest when `stored` resolves to null. */
  readonly cursor: number;
  /** False when the topic held the frame already. */
  readonly fresh: boolean;
  /** Resolves to null when the frame is durable. Puts that share a commit share the promise. */
  readonly stored: Promise<StoreFailure | null>;
}

export interface FrameRow {
  readonly cursor: number;
  readonly doomed: boolean;
  readonly frame: Bytes;
}

export interface IndexRow {
  readonly cursor: number;
  readonly doomed: boolean;
  readonly id: Bytes;
  readonly size: number;
}

export interface Page<Row> {
  readonly entries: readonly Row[];
  /** Whether there is more behind the last entry. */
  readonly more: boolean;
}

/** Frames above `since`, in the order of their cursors. */
export interface Range {
  readonly since: number;
  readonly limit: number;
  readonly doomed: boolean;
}

export interface BlobChunk {
  readonly blob: Bytes;
  readonly index: number;
  readonly total: number;
  readonly bytes: Bytes;
}

export interface Swept {
  readonly topics: number;
  readonly frames: number;
  readonly blobs: number;
  /** There is more to erase. */
  readonly more: boolean;
}

export interface Store {
  findTopic(id: Bytes): Promise<Topic | null>;
  /** First come, first served; asking again with the same keys is the same answer, and keeps the first expiry. */
  createTopic(spec: TopicSpec): Stored<Topic>;
  /** The highest cursor given in this topic; 0 when none. */
  last(topic: Topic): Promise<number>;

  /** Keeps the frame under its id, SHA-256, unless it is there. Takes back a proposed deletion of it. */
  put(topic: Topic, frame: Bytes): Put;
  /** A page ends also before it would grow beyond PAGE_BYTES, but never before its first entry. */
  list(topic: Topic, range: Range, pace?: Pace): Promise<Page<FrameRow>>;
  /** Reads no frame. */
  index(topic: Topic, range: Range, pace?: Pace): Promise<Page<IndexRow>>;
  /**
   * Those of the ids that are here, in any order, doomed ones too. The answer ends early, but never empty while one of
   * them is here, when it would grow beyond PAGE_BYTES or has cost much to find.
   */
  get(topic: Topic, ids: readonly Bytes[], pace?: Pace): Promise<FrameRow[]>;
  /**
   * The frames vanish when the grace is over, at once where the topic says so. Unknown ids are passed over; a doomed frame keeps its date. A failure may
   * have marked some of them: asking again does no harm.
   */
  proposeDelete(topic: Topic, ids: readonly Bytes[]): Stored;
  usage(topic: Topic, pace?: Pace): Promise<Usage>;

  isReader(topic: Topic, key: Bytes): Promise<boolean>;
  admit(topic: Topic, key: Bytes): Stored;
  dismiss(topic: Topic, key: Bytes): Stored;

  /** Null when not a chunk of the blob is here. `have` holds one bit per chunk. */
  blobStat(
    topic: Topic,
    blob: Bytes,
    pace?: Pace,
  ): Promise<{ readonly total: number; readonly have: Bytes } | null>;
  /** Keeps the chunk unless it is there: 'conflict' when it is there with other bytes. Takes back a deletion. */
  putChunk(topic: Topic, chunk: BlobChunk): Stored;
  getChunk(topic: Topic, blob: Bytes, index: number, pace?: Pace): Promise<Bytes | null>;
  /** The blob vanishes when the grace is over. */
  deleteBlob(topic: Topic, blob: Bytes): Stored;

  /** Erases what has expired, a bounded part at a time: call it again while there is more. */
  sweep(): Stored<Swept>;
  /**
   * Takes nothing more ('unavailable'), makes everything durable, then lets go. Closing again waits for the same.
   */
  close(): Promise<void>;
}
