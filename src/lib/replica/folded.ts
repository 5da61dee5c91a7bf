/**
 * A whole document as one value, for the disk and for snapshots: what a Yjs update of everything says, said of values
 * under keys alone, in columns. It is opened several times faster than Yjs takes such an update in, and deflates better.
 *
 *   folded    0x01 version | seven columns, each u32 length | …
 *   clients   n × (varint client | varint values)        client ascending; its values have the clocks 0, 1, 2 …
 *   sections  JSON [[section, name], …]                  what keys are made of:
 *   entries   JSON [entry, …]                            key = entry[22] | name, or a shorter entry and no name
 *   tags      u8 per value, clients and clocks ascending, of these bits
 *               1 replaced: what it was is gone          4 of a value of another client
 *               2 set in the place of another value      8 a number below 2^50
 *   places    per value: in an empty place               varint index in sections | zigzag index in entries, from the one before
 *                        in the place of its own client's zigzag how far back that is, from how far it was before
 *                        in the place of another client's varint index in clients | varint clock
 *   numbers   zigzag, from the one before
 *   others    JSON [value, …]: a string, a number, a boolean, null, a list of strings, or {"any": base64url of lib0 any}
 *
 * One document has one spelling: two replicas that hold the same fold to the same bytes.
 */

/** Bytes, and values: 10 years of a record are a tenth of them. */
export const MAX_STATE = 24 * 1024 * 1024;
export const MAX_STATE_VALUES = 4_000_000;

export const VERSION = 1;
export const REPLACED = 1;
export const AFTER = 2;
export const OF_ANOTHER = 4;
export const NUMBER = 8;
const MAX_NUMBER = 2 ** 50;
/** Keys begin with an entry id (document.ts); a key cut elsewhere comes back all the same. */
export const ENTRY_LENGTH = 22;

/** Whether a value stands among the numbers. */
export function isCounted(value: unknown): value is number {
  return (
    Number.isSafeInteger(value) &&
    !Object.is(value, -0) &&
    (value as number) >= 0 &&
    (value as number) < MAX_NUMBER
  );
}

/** What JSON gives back as it was. */
export function isPlain(value: unknown): boolean {
  if (Array.isArray(value)) return value.every((item) => typeof item === 'string');
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0);
  return value === null || typeof value === 'string' || typeof value === 'boolean';
}

export function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value;
}

export function unzigzag(value: number): number {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}
