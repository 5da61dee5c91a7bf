/**
 * A replica: one space on one device. It takes frames in, verifies and admits them, builds the record from them, makes
 * the frames of this device, and keeps all of it on the disk, sealed.
 *
 * Guarantees:
 *   - an edit that was acknowledged is on the disk, whole, with its frame, its place in the outbox and its number; one
 *     that failed changed nothing, in memory or on the disk;
 *   - the same set of frames gives the same record on every device, whatever the order they came in;
 *   - nothing that is not authenticated, authorised and complete reaches Yjs;
 *   - `load` verifies no signature and reads no frame: what it reads was verified before it was sealed.
 *
 * Leaves out: the network (sync/ drives the `Syncable` half), keys and their distribution, what entries mean (record/).
 */
import { hex, type Bytes } from '#lib/bytes/bytes.ts';
import type { Signer } from '#lib/crypto/signature.ts';
import type { EpochKeys } from '#lib/keys/epoch.ts';
import { sectionDefinition } from '#lib/record/sections.ts';
import { MAX_TAILS } from './disk.ts';
import type { Schema } from './document/document.ts';
import type { Replica } from './interface.ts';
import { layoutOf } from './layout.ts';
import { LiveReplica } from './live-replica.ts';
import type { Members } from './members.ts';
import type { Policy, ReplicaPorts } from './ports.ts';
import { keyringOf } from './transaction.ts';

export type { SecurityEvent } from './events.ts';
export type * from './interface.ts';

export interface ReplicaOptions<M extends Members = Members> {
  readonly space: Bytes;
  /** Oldest first; the last one is what this device writes under. May be empty: then nothing can be written yet. */
  readonly epochs: readonly EpochKeys[];
  readonly self: { readonly id: Bytes; readonly signer: Signer };
  readonly policy: Policy<M>;
  readonly ports: ReplicaPorts;
  /**
   * Whoever holds this replica rotates when a rotation is due: until then what says anything waits, so that nobody who was let
   * out reads it (rule 27).
   */
  readonly rotates?: boolean;
  /** The sections that are read and written; by default those of the health record. */
  readonly schema?: Schema;
  /** Tails before they are folded; smaller in tests. */
  readonly maxTails?: number;
}

/** A replica over what stands on the disk for this space; `load` before anything else. */
export function createReplica<M extends Members>(options: ReplicaOptions<M>): Replica<M> {
  const { space, epochs, self, policy, ports, schema = sectionDefinition } = options;
  const { maxTails = MAX_TAILS, rotates = false } = options;
  const me = { id: hex(self.id), signer: self.signer };
  const keyring = keyringOf(epochs);
  const layout = layoutOf(space);
  const context = { space, self: me, policy, ports, layout, schema, maxTails, rotates, keyring };
  return new LiveReplica(context, policy);
}
