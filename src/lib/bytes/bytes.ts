/**
 * The few operations on bytes that everything else is written with.
 * Guarantees: every result owns its memory (no view over a caller's buffer); `equal` takes time by length only.
 * Leaves out: parsing and writing of formats, which are reader.ts and writer.ts.
 */
export type Bytes = Uint8Array<ArrayBuffer>;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** One new array that holds the parts one after another. */
export function concat(...parts: readonly Uint8Array[]): Bytes {
  let length = 0;
  for (const part of parts) length += part.length;
  const joined = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

/** Whether both hold the same bytes; the time taken depends on the lengths, never on the content. */
export function equal(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= a[i]! ^ b[i]!;
  return difference === 0;
}

/** Whether every byte is zero; the time taken depends on the length only. */
export function isZero(bytes: Uint8Array): boolean {
  let any = 0;
  for (let i = 0; i < bytes.length; i++) any |= bytes[i]!;
  return any === 0;
}

/** Lexicographic order, a prefix before what it begins: negative, zero or positive as for `Array.sort`. */
export function compare(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const difference = a[i]! - b[i]!;
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** A copy in memory of its own: for a view over a larger buffer, or over memory that is shared. */
export function toOwned(bytes: Uint8Array): Bytes {
  return new Uint8Array(bytes);
}

export function utf8(text: string): Bytes {
  return encoder.encode(text);
}

/** The text of well-formed UTF-8; throws a TypeError on anything else. */
export function fromUtf8(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** What each character is worth as a digit, by its code. */
const DIGITS: readonly (number | undefined)[] = Array.from({ length: 103 }, (_, code) => {
  const value = parseInt(String.fromCharCode(code), 16);
  return Number.isNaN(value) ? undefined : value;
});

export function hex(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i++) text += HEX[bytes[i]!]!;
  return text;
}

/** The bytes of an even number of hexadecimal digits of either case; throws a TypeError on anything else. */
export function fromHex(text: string): Bytes {
  if (text.length % 2 !== 0) throw new TypeError('not hexadecimal');
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) {
    const high = DIGITS[text.charCodeAt(2 * i)];
    const low = DIGITS[text.charCodeAt(2 * i + 1)];
    if (high === undefined || low === undefined) throw new TypeError('not hexadecimal');
    bytes[i] = high * 16 + low;
  }
  return bytes;
}
