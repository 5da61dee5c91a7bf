/**
 * Who may do what in a space, as the replica needs to know it. Computed by a `Policy` (ports.ts) from the verified
 * control frames and the chains of the people concerned; the replica asks nothing else about them.
 */
import type { Bytes } from '#lib/bytes/bytes.ts';
import type { Address } from '#lib/keys/address.ts';
import type { Name } from '#lib/keys/grounds.ts';
import type { Hex } from '#lib/keys/ids.ts';

/** A device id as text: what maps are keyed by. */
export type DeviceHex = Hex;

export interface Author {
  readonly signing: Bytes;
  /** The Yjs client of its lanes: 1 … 2^53 - 1, never shared. Absent: it has no words here. */
  readonly clientId?: number;
}

export interface Members {
  /** A device whose keys are known; it need not have a place here. */
  author(device: DeviceHex): Author | undefined;
  /** An active device of a present owner: its words count. */
  stands(device: DeviceHex): boolean;
  /** A device of somebody who is, was or was to be an owner: its words are kept, and are late unless they count. */
  isKnown(device: DeviceHex): boolean;
  /** Revoked in its chain; it may stand for counting all the same (rule 7). */
  isRevoked(device: DeviceHex): boolean;
  /** What each device that revoked this one had of its words: the last of each lane. None where nobody did who stands. */
  seen(device: DeviceHex): readonly (readonly Hex[])[];
  /** What controls that count name: counted with what stands before it (docs/protocol.md, rule 8). */
  readonly anchors: readonly Name[];
  /** Whoever is an owner, then whoever was one, each in causal order. */
  readonly owners: readonly Address[];
  /** The tips of the chains that this follows from, what does not count among them; none where chains have no say. */
  readonly judgedBy: ReadonlyMap<Address, readonly Hex[]>;
  /** The epoch that writers use; undefined where epochs do not change. */
  readonly epoch?: Hex;
  /** Somebody was let out whom the keys in use still reach: nothing that says anything is sent before a rotation (rule 27). */
  readonly rotationDue: boolean;
  /** Every epoch that counts. */
  readonly epochs: readonly Hex[];
  /** Every epoch that a known device began, void ones among them. */
  readonly begun: readonly Hex[];
  /** The control frames that the next one builds on. */
  readonly heads: readonly Hex[];
}

/** Before any control has come. */
export const NO_MEMBERS: Members = {
  author: () => undefined,
  stands: () => false,
  isKnown: () => false,
  isRevoked: () => false,
  seen: () => [],
  owners: [],
  judgedBy: new Map(),
  rotationDue: false,
  anchors: [],
  epochs: [],
  begun: [],
  heads: [],
};

/** Devices that somebody else may have had, and since when, by their clocks. */
export interface Doubt {
  readonly devices: ReadonlySet<Hex>;
  readonly since: number;
}
