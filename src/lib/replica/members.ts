/**
 * Who may do what in a space, as the replica needs to know it. Computed by a `Policy` (ports.ts) from the verified
 * control frames; the replica asks nothing else about roles.
 */
import type { Bytes } from '#lib/bytes/bytes.ts';
import type { FrameKind } from '#lib/crypto/frame.ts';
import type { Hex } from '#lib/keys/ids.ts';

/** A device id as text: what maps are keyed by. */
export type DeviceHex = Hex;

export interface Author {
  readonly signing: Bytes;
  /** The Yjs client whose structs this device alone may write: 1 … 2^53 - 1, never shared. Absent: it cannot write. */
  readonly clientId?: number;
  /** Where a removal or revocation cut its chain: the frame up to which what it ever might do counts. */
  readonly pin?: { readonly seq: number; readonly id: Hex };
}

export interface Members {
  /** A device whose keys are known; it need not have a place here. */
  author(device: DeviceHex): Author | undefined;
  /** Whether this data frame of it may count. */
  admits(frame: {
    readonly device: DeviceHex;
    readonly seq: number;
    readonly id: Hex;
    readonly kind: FrameKind;
  }): boolean;
  /** The rotation that began the epoch writers use now; undefined where epochs do not change. */
  readonly epoch?: Hex;
  /** The control frames that the next one builds on. */
  readonly heads: readonly Hex[];
}

/** Before any control has come. */
export const NO_MEMBERS: Members = { author: () => undefined, admits: () => false, heads: [] };
