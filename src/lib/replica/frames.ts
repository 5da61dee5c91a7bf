/**
 * Frames between the wire and the log: opened, decoded, verified; and made.
 * Guarantees: a `Frame` is well formed. Whether its signature is good is for `verifyOpened` to say; whether it counts,
 * for log.ts.
 */
import { fromHex, hex, type Bytes } from '#lib/bytes/bytes.ts';
import { Writer } from '#lib/bytes/writer.ts';
import {
  FRAME_KINDS,
  frameId,
  openFrame,
  sealFrame,
  type FrameAad,
  type FrameKind,
} from '#lib/crypto/frame.ts';
import type { Random } from '#lib/crypto/random.ts';
import { labelledHash } from '#lib/crypto/hash.ts';
import { LABELS } from '#lib/crypto/suite.ts';
import type { Signer } from '#lib/crypto/signature.ts';
import type { EpochKeys } from '#lib/keys/epoch.ts';
import type { Hex } from '#lib/keys/ids.ts';
import {
  decodeInner,
  signInner,
  verifySigned,
  type FrameInner,
  type Hlc,
  type SignedInner,
} from '#lib/keys/inner.ts';
import { decodeBody, encodeBody, sortDependencies, type Dependency, type Lane } from './bodies.ts';

export interface Frame {
  readonly id: Hex;
  readonly topic: Bytes;
  readonly epoch: number;
  readonly kind: FrameKind;
  readonly author: Hex;
  readonly seq: number;
  /** What it says ([Note: sayings] in bodies.ts); of a control frame, its id. */
  readonly saying: Hex;
  /** The saying before it in its author's chain, zeros for the first; of a control frame, the frame before. */
  readonly before: Hex;
  /** A frame that the saying before it was in, if the author knew one. */
  readonly prev: Hex;
  /** Of the data lane; empty for control frames, whose graph is the policy's. */
  readonly deps: readonly Dependency[];
  /** The control frames a data frame builds on. */
  readonly rules: readonly Dependency[];
  readonly clock: Hlc;
  /** The body behind its header; of a control frame, the whole body. */
  readonly content: Bytes;
  readonly inner: FrameInner;
  /** As it travels. */
  readonly bytes: Bytes;
}

/** Opened, not verified. */
export interface OpenedFrame {
  readonly frame: Frame;
  readonly aad: FrameAad;
  readonly signed: SignedInner;
}

export const ZERO_ID: Hex = '00'.repeat(32);

export function laneOf(kind: FrameKind): Lane {
  return kind === 'control' ? 'control' : 'data';
}

/** What opening gives: the frame, or why there is none. */
export function openReceived(
  bytes: Bytes,
  id: Bytes,
  keys: EpochKeys,
): OpenedFrame | 'unreadable' | 'malformed' {
  const opened = openFrame([keys.frameKey], bytes);
  if (!opened) return 'unreadable';
  const signed = decodeInner(opened.inner);
  if (!signed) return 'malformed';
  const frame = frameOf(bytes, hex(id), keys.topic, opened.aad, signed.inner);
  return frame ? { frame, aad: opened.aad, signed } : 'malformed';
}

export function verifyOpened({ aad, signed }: OpenedFrame, signing: Bytes): Promise<boolean> {
  return verifySigned(aad, signed, signing);
}

export interface Draft {
  readonly kind: FrameKind;
  readonly author: Hex;
  readonly seq: number;
  readonly before: Hex;
  readonly prev: Hex;
  readonly clock: Hlc;
  readonly content: Bytes;
  readonly deps: readonly Dependency[];
  readonly rules: readonly Dependency[];
}

/** The dependencies of a control frame, which its body does not describe: ids alone. */
export type ControlDraft = Omit<Draft, 'kind' | 'before' | 'deps' | 'rules'> & {
  readonly kind: 'control';
  readonly heads: readonly Hex[];
};

/** Signs and seals; the same draft gives another id at every call, by its salt. */
export async function makeFrame(
  draft: Draft | ControlDraft,
  keys: EpochKeys,
  signer: Signer,
  random: Random,
): Promise<Frame> {
  const { kind, author, seq, prev, clock, content } = draft;
  const deps =
    'heads' in draft ? draft.heads.map(fromHex) : sortDependencies(draft.deps).map(({ id }) => fromHex(id));
  const body = 'heads' in draft ? content : encodeBody(draft, content);
  const inner = { author: fromHex(author), seq, prev: fromHex(prev), deps, clock, body };
  const aad: FrameAad = { space: keys.space, epoch: keys.epoch, kind };
  const bytes = sealFrame(keys.frameKey, kind, await signInner(aad, inner, signer), random);
  return frameOf(bytes, hex(frameId(bytes)), keys.topic, aad, inner)!;
}

function frameOf(bytes: Bytes, id: Hex, topic: Bytes, aad: FrameAad, inner: FrameInner): Frame | null {
  const { kind, epoch } = aad;
  const { author, seq, clock } = inner;
  const prev = hex(inner.prev);
  const rest = { id, topic, epoch, kind, author: hex(author), seq, prev, clock, inner, bytes };
  if (kind === 'control')
    return { ...rest, saying: id, before: prev, deps: [], rules: [], content: inner.body };
  const body = decodeBody(inner.body, inner.deps);
  if (!body || (seq === 1) !== (body.before === ZERO_ID)) return null;
  return { ...rest, ...body, saying: sayingOf(kind, inner) };
}

function sayingOf(kind: FrameKind, { author, seq, clock, body }: FrameInner): Hex {
  const head = new Writer(64).bytes(author).u64(seq).u64(clock.time).u16(clock.counter);
  return hex(labelledHash(LABELS.saying, head.u8(FRAME_KINDS.indexOf(kind)).finish(), body));
}
