/**
 * A frame: the unit that a space is made of and that the relay keeps. Sealed under the frame key of an epoch, padded,
 * committing (committing.ts). What is inside is signed, but that is the concern of keys/signed.ts.
 *
 *   frame   0x01 suite | salt[24] | commit[32] | XChaCha20-Poly1305(K, nonce = salt, AAD, pad(inner))
 *   AAD     0x01 suite | space[32] | u32 epoch | u8 kind
 *   id      SHA-256(frame)
 *
 * The kind is not on the wire: the opener finds it by trying which commitment fits. `openFrame` answers null for every
 * frame that is not exactly one of ours, and never says why.
 */
import { concat, type Bytes } from '#lib/bytes/bytes.ts';
import { Writer } from '#lib/bytes/writer.ts';
import { COMMITTING_OVERHEAD, context, sealIn, trial, type Context } from './committing.ts';
import { sha256 } from './hash.ts';
import { pad, paddedLength, unpad } from './padding.ts';
import type { Random } from './random.ts';
import { admitsSuite, LABELS, SUITE } from './suite.ts';

/** What frames are for, the most frequent first; `AAD` carries the code. */
const KIND_CODES = { update: 1, snapshot: 2, control: 3, heads: 4, delete: 5 } as const;

export type FrameKind = keyof typeof KIND_CODES;
export const FRAME_KINDS: readonly FrameKind[] = ['update', 'snapshot', 'control', 'heads', 'delete'];

/** The byte that stands for a kind. */
export function kindCode(kind: FrameKind): number {
  return KIND_CODES[kind];
}

/** No frame is longer, on the wire. */
export const MAX_FRAME = 1024 * 1024;

/** No inner part is longer: 63 × 16 384 is the largest size class that still fits a frame. */
export const MAX_INNER = 63 * 16_384 - 4;

/** What a frame is bound to besides its key. */
export interface FrameAad {
  readonly space: Bytes;
  readonly epoch: number;
  readonly kind: FrameKind;
}

/** The frame key of one epoch of one space, with everything ready that all its frames share. Made by `frameKey`. */
export interface FrameKey {
  readonly space: Bytes;
  readonly epoch: number;
  readonly secret: Bytes;
  readonly contexts: Readonly<Record<FrameKind, Context>>;
}

export interface OpenedFrame {
  readonly aad: FrameAad;
  readonly inner: Bytes;
  readonly key: FrameKey;
}

export function frameKey(space: Bytes, epoch: number, secret: Bytes): FrameKey {
  if (secret.length !== 32) throw new RangeError('a frame key has 32 bytes');
  const of = (kind: FrameKind) => context(LABELS.frame, encodeAad({ space, epoch, kind }));
  const contexts = {
    update: of('update'),
    snapshot: of('snapshot'),
    control: of('control'),
    heads: of('heads'),
    delete: of('delete'),
  };
  return { space, epoch, secret, contexts };
}

/** The 38 bytes that a frame's ciphertext, key and signature are bound to. */
export function encodeAad({ space, epoch, kind }: FrameAad): Bytes {
  if (space.length !== 32) throw new RangeError('a space id has 32 bytes');
  return new Writer(38).u8(SUITE).bytes(space).u32(epoch).u8(KIND_CODES[kind]).finish();
}

export function sealFrame(key: FrameKey, kind: FrameKind, inner: Bytes, random: Random): Bytes {
  if (inner.length > MAX_INNER) throw new RangeError('too long for a frame');
  return concat(VERSION, sealIn(key.contexts[kind], key.secret, pad(inner), random));
}

/** The inner part, as a view, with the key and the kind that fit; null when none of the keys opens it. */
export function openFrame(keys: readonly FrameKey[], frame: Bytes): OpenedFrame | null {
  if (frame.length > MAX_FRAME || !admitsSuite(frame[0])) return null;
  const sealed = frame.subarray(1);
  for (const key of keys) {
    const attempt = trial(key.secret, sealed);
    if (attempt === null) return null;
    for (const kind of FRAME_KINDS) {
      const padded = attempt.open(key.contexts[kind]);
      const inner = padded && unpad(padded);
      if (inner) return { aad: { space: key.space, epoch: key.epoch, kind }, inner, key };
    }
  }
  return null;
}

/** The length on the wire of a frame around `innerLength` bytes. */
export function frameLength(innerLength: number): number {
  return VERSION.length + COMMITTING_OVERHEAD + paddedLength(innerLength);
}

/** Recomputed by everybody, the relay included: an id that a frame does not hash to names nothing. */
export function frameId(frame: Bytes): Bytes {
  return sha256(frame);
}

const VERSION = Uint8Array.of(SUITE);
