/**
 * What chain and roster have in common: verified control frames, their way into the causal graph, and pins.
 *
 *   pins   u16 n | n × (device[32] | u64 seq | frame id[32]), ascending by device, each once
 */
import { compare, fromHex, hex, toOwned } from '#lib/bytes/bytes.ts';
import { MalformedBytes, type Reader } from '#lib/bytes/reader.ts';
import type { Writer } from '#lib/bytes/writer.ts';
import type { Operation } from './history.ts';
import { ID_LENGTH, type FrameId } from './ids.ts';
import type { FrameInner } from './inner.ts';
import type { Pin } from './membership.ts';

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

export function writePins(writer: Writer, pins: readonly Pin[]): Writer {
  const sorted = [...pins].sort((a, b) => (a.device < b.device ? -1 : 1));
  writer.u16(sorted.length);
  for (const { device, seq, id } of sorted) writer.bytes(fromHex(device)).u64(seq).bytes(fromHex(id));
  return writer;
}

/** Throws MalformedBytes. */
export function readPins(reader: Reader): Pin[] {
  const pins = Array.from({ length: reader.u16() }, () => readPin(reader));
  if (pins.some((pin, i) => i > 0 && pins[i - 1]!.device >= pin.device))
    throw new MalformedBytes('pins out of order');
  return pins;
}

export function readPin(reader: Reader): Pin {
  return { device: hex(reader.bytes(ID_LENGTH)), seq: reader.u64(), id: hex(reader.bytes(ID_LENGTH)) };
}

/** The order of VerifiedControls does not matter; this one is for storing and hashing them. */
export function byFrameId(a: VerifiedControl, b: VerifiedControl): number {
  return compare(a.id, b.id);
}

/** Reads a control body's head and hands the type to `read`. */
export function readControl<T>(reader: Reader, read: (type: number) => T): T {
  if (reader.u8() !== CONTROL_VERSION) throw new MalformedBytes('unknown version');
  return read(reader.u8());
}

export const ownedId = (reader: Reader): FrameId => toOwned(reader.bytes(ID_LENGTH));
