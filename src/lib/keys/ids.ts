/**
 * The names of things in a space: 32-byte hashes. As keys of maps and in the causal graph they are lower-case hex.
 */
import type { Bytes } from '#lib/bytes/bytes.ts';

export const ID_LENGTH = 32;

/** Hash of a device's bundle (device.ts). */
export type DeviceId = Bytes;

/** SHA-256 of a frame. */
export type FrameId = Bytes;

/** What a statement is known by, whatever frame it is in (signed.ts). */
export type Saying = Bytes;

/** Hash of a space's genesis (roster.ts), or for the account chain of the address (chain.ts). */
export type SpaceId = Bytes;

/** An id in lower-case hex. */
export type Hex = string;

/** What stands where there is no id: before the first frame of an author, and for the first epoch of a space. */
export function zeroId(): Bytes {
  return new Uint8Array(ID_LENGTH);
}
