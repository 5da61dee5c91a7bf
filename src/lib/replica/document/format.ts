/**
 * A whole lane as one value, for the disk and for snapshots: what its frames said, of values under keys alone, in columns.
 * It is opened several times faster than Yjs takes such an update in, and deflates better. What was replaced is gone; its
 * place is kept, since later values may be set after it.
 *
 *   folded    0x02 version | ten columns, each u32 length | …
 *   shorts    per frame: short id[16]
 *   frames    per frame: varint values it set | zigzag time, from the one before | varint counter
 *   sections  JSON [[section, name], …]                  what keys are made of:
 *   entries   JSON [entry[22], …]                        key = entry | name
 *   tags      u8 per value, clocks ascending, of these bits
 *               1 replaced: what it was is gone          4 a number below 2^50
 *               2 set in the place of an earlier value   8 over values of other lanes
 *   places    per value: under a new key                 varint index in sections | zigzag index in entries, from the one before
 *                        in the place of an earlier one  zigzag how far back that is, from how far it was before
 *   numbers   zigzag, from the one before
 *   others    JSON [value, …]: a string, a number, a boolean, null, or a list of strings
 *   lists     n × (varint shorts | shorts × [16])        what values are over, each list once
 *   overs     varint index in lists, per value with bit 8
 *
 * One lane has one spelling: two replicas that hold the same of it fold to the same bytes.
 */

import type { Hex } from '#lib/keys/ids.ts';

/** Bytes, and values: 10 years of a record are a tenth of them. */
export const MAX_STATE = 24 * 1024 * 1024;
export const MAX_STATE_VALUES = 4_000_000;

export const VERSION = 2;
export const REPLACED = 1;
export const AFTER = 2;
export const NUMBER = 4;
export const OVER = 8;
const MAX_NUMBER = 2 ** 50;
export const ENTRY_LENGTH = 22;
/** Bytes of a short id. */
export const SHORT_LENGTH = 16;

/** Of the frame that set values: the first bits of its saying, and when it was said. */
export interface Mark {
  /** 32 digits. */
  readonly short: Hex;
  readonly time: number;
  readonly counter: number;
}

/** A frame of a lane; `clock`: how many values were set with it. */
export interface LaneFrame extends Mark {
  readonly clock: number;
}

/** Whether a value stands among the numbers. */
export function isCounted(value: unknown): value is number {
  return (
    Number.isSafeInteger(value) &&
    !Object.is(value, -0) &&
    (value as number) >= 0 &&
    (value as number) < MAX_NUMBER
  );
}

export function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value;
}

export function unzigzag(value: number): number {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}
