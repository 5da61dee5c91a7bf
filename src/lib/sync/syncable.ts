/**
 * What the sync engine knows of a space: topics to follow, frames to send, a place for frames that arrive. It sees
 * sealed bytes only; the space verifies them.
 *
 * The space keeps, durably and per topic, the *position*: the newest frame up to which it has been given everything the
 * relay holds. Only a complete answer of the relay moves it. Frames that arrive as events do not (one of them may have
 * been lost on the way), so that a restart asks again from where all was certain; duplicates are harmless.
 */
import type { Bytes } from '#lib/bytes/bytes.ts';
import type { Result } from '#lib/bytes/result.ts';
import type { Role } from '#lib/protocol/relay.ts';

/** The right to a topic, and how to prove it. */
export interface Credential {
  readonly topic: Bytes;
  readonly role: Role;
  /** Public key of that role. */
  readonly key: Bytes;
  /** Signs a statement of protocol/relay with that key's secret. */
  sign(statement: Bytes): Promise<Bytes>;
  /** With an owner: how to create the topic when the relay does not know it. */
  readonly creation?: {
    readonly writeKey: Bytes;
    readonly deleteKey: Bytes;
    /** Seconds until the relay erases the topic; 0 keeps it. */
    readonly ttl: number;
    readonly openToReaders: boolean;
  };
}

/** The relay's cursor of a frame and that frame's id. */
export interface Position {
  readonly cursor: number;
  readonly id: Bytes;
}

/** A frame that waits for the relay's acknowledgement. */
export interface Unsent {
  readonly topic: Bytes;
  readonly id: Bytes;
  readonly bytes: Bytes;
}

export interface Syncable {
  /** All topics to follow, old epochs included; asked again at every `wake`. */
  topics(): readonly Credential[];
  /** Null: nothing was taken from this topic yet. */
  position(topic: Bytes): Position | null;
  /**
   * Verifies, keeps and applies frames, in any order, duplicates included; with a position, moves it in the same write
   * (also with no frame, also backwards after the relay lost frames). A bad frame is the space's own affair; a failure
   * here means that the disk refused and nothing changed.
   */
  receive(
    topic: Bytes,
    frames: readonly Bytes[],
    position: Position | null,
  ): Promise<Result<void, { readonly type: string }>>;
  /** In the order in which they should arrive; the engine may hand them over in another. */
  outbox(): Promise<readonly Unsent[]>;
  /** These are on the relay's disk. */
  acknowledge(ids: readonly Bytes[]): Promise<Result<void, { readonly type: string }>>;
  /** Frames that others refer to and that never arrived. */
  missing(): Promise<readonly { readonly topic: Bytes; readonly id: Bytes }[]>;
  /** Ids of this topic's frames that the relay ought to have and that are kept here: all but those a snapshot covers. */
  held(topic: Bytes): Promise<readonly Bytes[]>;
  frame(id: Bytes): Promise<Bytes | undefined>;
}
