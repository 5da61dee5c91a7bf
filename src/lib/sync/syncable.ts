/**
 * What the sync engine knows of a space: topics to follow, frames to send, a place for frames that arrive. It sees
 * sealed bytes only; the space verifies them. A replica is one (by shape: this folder does not know replica/).
 */
import type { Bytes } from '#lib/bytes/bytes.ts';
import type { Result } from '#lib/bytes/result.ts';
import type { CreateClaim, Role } from '#lib/protocol/relay.ts';

/** Whatever kept the space from doing it: the disk. Nothing changed. */
export interface LocalError {
  readonly type: string;
}

/**
 * Up to where a space has been given everything that the relay holds of a topic: the relay's cursor, and the id of the
 * frame there, by which we find out later whether the relay still has it.
 */
export interface Cursor {
  readonly after: number;
  readonly frame: Bytes | null;
}

export interface Received {
  readonly topic: Bytes;
  readonly bytes: Bytes;
}

/** A frame that waits for the relay's acknowledgement. */
export interface Outgoing {
  readonly topic: Bytes;
  readonly id: Bytes;
  readonly bytes: Bytes;
}

export interface Syncable {
  /** The topics to follow, old epochs included; asked again at every `wake`. */
  topics(): readonly Bytes[];
  cursor(topic: Bytes): Cursor;
  /**
   * Verifies, keeps and applies frames, in any order, duplicates included; a bad frame is the space's own affair.
   * `upTo` sets the cursor of its topic in the same write, also without any frame, also backwards; without it no cursor
   * moves. Only a complete answer of the relay moves it: frames that come as events do not, since one before them may
   * have been lost. `upToDate`: all topics were listed to their end, and what is missing was asked for by id.
   */
  receive(
    batch: readonly Received[],
    options?: { readonly upTo?: Cursor & { readonly topic: Bytes }; readonly upToDate?: boolean },
  ): Promise<Result<unknown, LocalError>>;
  /** The oldest unsent frames, in the order in which they were made; what was acknowledged is gone from it. */
  outbox(limit?: number): Promise<readonly Outgoing[]>;
  unsent(): number;
  /** The relay has these on its disk; `newest`: where the newest of them stand there. */
  acknowledge(
    ids: readonly Bytes[],
    newest?: readonly (Cursor & { readonly topic: Bytes })[],
  ): Promise<Result<void, LocalError>>;
  /** The newest frame that the relay acknowledged, where our cursor has not followed it; for a space that keeps that. */
  acknowledged?(topic: Bytes): Cursor | null;
  /** Frames known to exist that have not come: to be asked for by id, in any topic. */
  missing(): readonly Bytes[];
  /** The whole history is wanted, what is proposed for deletion included. */
  wantsHistory(): boolean;
  /**
   * All ids that the relay lists in a topic, compared with what it must have: what it lost goes back to the outbox. The
   * answer names those that it has and we do not.
   */
  reconcile(topic: Bytes, ids: readonly Bytes[]): Promise<Result<{ wanted: readonly Bytes[] }, LocalError>>;
  /** What a verified snapshot covers, for an owner to propose for deletion; `proposed` ticks it off. */
  deletable(limit?: number): Promise<readonly { topic: Bytes; ids: readonly Bytes[] }[]>;
  proposed(ids: readonly Bytes[]): Promise<Result<void, LocalError>>;
}

/** The right to a topic, and how to prove it. */
export interface Credential {
  readonly role: Role;
  /** The public key of that role. */
  readonly key: Bytes;
  /** Signs a statement of protocol/relay with the secret of `key`. */
  readonly sign: (statement: Bytes) => Promise<Bytes>;
  /** With whoever may: how to create the topic when the relay does not know it. */
  readonly creation?: Omit<CreateClaim, 'topic'>;
}

/** A space, and the keys to its topics; null for a topic that this device may not open (any more). */
export interface Followed {
  readonly space: Syncable;
  /**
   * Nothing may be erased from its topics (an account chain): what the relay calls proposed for deletion is asked for
   * like everything else.
   */
  readonly neverErased?: boolean;
  credential(topic: Bytes): Credential | null;
}
