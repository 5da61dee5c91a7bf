/**
 * What chain and roster have in common: verified control frames and their way into the causal graph.
 *
 * The dependencies of a control frame are control frames of the same space (the heads of what counts), and its seq and
 * prev count control frames alone: the graph is complete without the data frames between.
 */
import { hex, toOwned } from '#lib/bytes/bytes.ts';
import { MalformedBytes, type Reader } from '#lib/bytes/reader.ts';
import type { Operation } from './history.ts';
import { ID_LENGTH, type FrameId } from './ids.ts';
import type { FrameInner } from './inner.ts';

/** A control frame whose signature was verified with the key of its author, once, on receipt. */
export interface VerifiedControl {
  readonly id: FrameId;
  readonly inner: FrameInner;
}

/** The first byte of every control body. */
export const CONTROL_VERSION = 1;

export function operationOf<B>({ id, inner }: VerifiedControl, body: B): Operation<B> {
  return { id: hex(id), author: hex(inner.author), seq: inner.seq, deps: inner.deps.map(hex), body };
}

/** Reads a control body's head and hands the type to `read`. */
export function readControl<T>(reader: Reader, read: (type: number) => T): T {
  if (reader.u8() !== CONTROL_VERSION) throw new MalformedBytes('unknown version');
  return read(reader.u8());
}

export const ownedId = (reader: Reader): FrameId => toOwned(reader.bytes(ID_LENGTH));
