/**
 * Frames between the wire and the log: opened, decoded, verified; and made.
 * Guarantees: a `Frame` is well formed. Whether its signature is good is for `verifyOpened` to say; whether it counts,
 * for count.ts.
 */
import { fromHex, hex, type Bytes } from '#lib/bytes/bytes.ts';
import { frameId, openFrame, sealFrame, type FrameAad, type FrameKind } from '#lib/crypto/frame.ts';
import type { Random } from '#lib/crypto/random.ts';
import type { Signer } from '#lib/crypto/signature.ts';
import type { VerifiedControl } from '#lib/keys/control.ts';
import type { EpochKeys } from '#lib/keys/epoch.ts';
import { decodeGrounds, encodeGrounds, type Grounds } from '#lib/keys/grounds.ts';
import type { Hex } from '#lib/keys/ids.ts';
import {
  decodeInner,
  sayingOf,
  signInner,
  verifySigned,
  type FrameInner,
  type Hlc,
  type SignedInner,
} from '#lib/keys/signed.ts';

export interface Frame extends Grounds {
  readonly id: Hex;
  readonly topic: Bytes;
  readonly epoch: number;
  readonly kind: FrameKind;
  readonly author: Hex;
  readonly seq: number;
  /** What it says, whatever it is sealed in. */
  readonly saying: Hex;
  /** The author's sayings just before; the first is the one it goes on from. */
  readonly before: readonly Hex[];
  /** Controls that it builds on. */
  readonly deps: readonly Hex[];
  readonly clock: Hlc;
  /** The body behind its grounds. */
  readonly content: Bytes;
  readonly inner: FrameInner;
  /** The inner with its signature, to be carried by other frames. */
  readonly statement: Bytes;
  /** As it travels. */
  readonly bytes: Bytes;
}

/** Opened, not verified. */
export interface OpenedFrame {
  readonly frame: Frame;
  readonly aad: FrameAad;
  readonly signed: SignedInner;
}

const NOTHING: Grounds = { names: [], chains: [] };

/** What opening gives: the frame, or why there is none. */
export function openReceived(
  bytes: Bytes,
  id: Bytes,
  keys: EpochKeys,
  hasGrounds: boolean,
): OpenedFrame | 'unreadable' | 'malformed' {
  const opened = openFrame([keys.frameKey], bytes);
  if (!opened) return 'unreadable';
  const signed = decodeInner(opened.inner);
  if (!signed) return 'malformed';
  const sealed = { id: hex(id), topic: keys.topic, statement: opened.inner.slice(), bytes };
  const frame = frameOf(sealed, opened.aad, signed, hasGrounds);
  return frame ? { frame, aad: opened.aad, signed } : 'malformed';
}

export function verifyOpened({ aad, signed }: OpenedFrame, signing: Bytes): Promise<boolean> {
  return verifySigned(aad, signed, signing);
}

export interface Draft extends Grounds {
  readonly kind: FrameKind;
  readonly author: Hex;
  readonly seq: number;
  readonly before: readonly Hex[];
  readonly deps: readonly Hex[];
  readonly clock: Hlc;
  readonly content: Bytes;
}

/** Signs and seals; the same draft gives another id at every call, by its salt, and one saying. */
export async function makeFrame(
  draft: Draft,
  keys: EpochKeys,
  signer: Signer,
  random: Random,
  hasGrounds = true,
): Promise<Frame> {
  const { kind, author, seq, before, deps, clock, content } = draft;
  const body = hasGrounds ? encodeGrounds(draft, content) : content;
  const inner = {
    author: fromHex(author),
    seq,
    before: before.map(fromHex),
    deps: deps.map(fromHex),
    clock,
    body,
  };
  return sealStatement(await signInner(aadOf(keys, kind), inner, signer), kind, keys, random, hasGrounds);
}

/** A statement sealed for its space: who holds one can put it again, since its signature stands inside. */
export function sealStatement(
  statement: Bytes,
  kind: FrameKind,
  keys: EpochKeys,
  random: Random,
  hasGrounds: boolean,
): Frame {
  const bytes = sealFrame(keys.frameKey, kind, statement, random);
  const signed = decodeInner(statement);
  const sealed = { id: hex(frameId(bytes)), topic: keys.topic, statement, bytes };
  const frame = signed && frameOf(sealed, aadOf(keys, kind), signed, hasGrounds);
  if (!frame) throw new Error('not a statement');
  return frame;
}

export function controlOf({ saying, inner, epoch, statement }: Frame): VerifiedControl {
  return { id: fromHex(saying), inner, epoch, statement };
}

function aadOf({ space, epoch }: EpochKeys, kind: FrameKind): FrameAad {
  return { space, epoch, kind };
}

function frameOf(
  sealed: Pick<Frame, 'id' | 'topic' | 'statement' | 'bytes'>,
  { space, kind, epoch }: FrameAad,
  { inner, signed }: SignedInner,
  hasGrounds: boolean,
): Frame | null {
  const body = hasGrounds ? decodeGrounds(inner.body) : { ...NOTHING, content: inner.body };
  if (!body) return null;
  return {
    ...sealed,
    ...body,
    epoch,
    kind,
    author: hex(inner.author),
    seq: inner.seq,
    saying: hex(sayingOf(space, kind, signed)),
    before: inner.before.map(hex),
    deps: inner.deps.map(hex),
    clock: inner.clock,
    inner,
  };
}
