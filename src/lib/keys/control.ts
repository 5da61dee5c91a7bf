/**
 * What chain and roster have in common: verified control statements and their way into the causal graph.
 *
 * The dependencies of a control statement are control statements of the same space (the heads of what counts), and its seq
 * and `before` count control statements alone: the graph is complete without the data frames between.
 */
import { hex, toOwned, type Bytes } from '#lib/bytes/bytes.ts';
import { MalformedBytes, type Reader } from '#lib/bytes/reader.ts';
import type { Operation } from './history.ts';
import { ID_LENGTH, type Saying, type SpaceId } from './ids.ts';
import { decodeInner, sayingOf, verifySigned, type FrameInner } from './signed.ts';

/** A control statement whose signature was verified with the key of its author, once, on receipt. */
export interface VerifiedControl {
  /** Its saying. */
  readonly id: Saying;
  readonly inner: FrameInner;
  /** The number of the epoch that it was signed under. */
  readonly epoch: number;
  /** Inner with signature, to be carried in other frames. */
  readonly statement: Bytes;
}

/** A control statement as read, its signature not verified yet. */
export interface ClaimedControl {
  readonly claimed: VerifiedControl;
  /** Whether the author, whose key this is, has signed it. */
  readonly isSignedBy: (signing: Bytes) => Promise<boolean>;
}

/** The first byte of every control body. */
export const CONTROL_VERSION = 2;

/** A control statement that travels as it is, inside another frame or as a frame's inside; null when malformed. */
export function decodeControl(space: SpaceId, epoch: number, statement: Bytes): ClaimedControl | null {
  const decoded = decodeInner(statement);
  if (decoded === null) return null;
  const id = sayingOf(space, 'control', decoded.signed);
  const claimed = { id, inner: decoded.inner, epoch, statement: toOwned(statement) };
  return {
    claimed,
    isSignedBy: (signing) => verifySigned({ space, epoch, kind: 'control' }, decoded, signing),
  };
}

export function operationOf<B>({ id, inner }: VerifiedControl, body: B): Operation<B> {
  const deps = new Set([...inner.deps, ...inner.before].map(hex));
  return { id: hex(id), author: hex(inner.author), deps: [...deps], body };
}

/** Reads a control body's head and hands the type to `read`. */
export function readControl<T>(reader: Reader, read: (type: number) => T): T {
  if (reader.u8() !== CONTROL_VERSION) throw new MalformedBytes('unknown version');
  return read(reader.u8());
}

export const ownedId = (reader: Reader): Bytes => toOwned(reader.bytes(ID_LENGTH));
