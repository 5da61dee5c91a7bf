/**
 * Reads a byte format from front to back. Big-endian. The only thing it ever throws is `MalformedBytes`, so that a
 * decoder is one try around straight-line code.
 * `bytes(n)` gives a view over the input: copy it (`toOwned`) where it must outlive or leave the input's buffer.
 */
import type { Bytes } from './bytes.ts';

export class MalformedBytes extends Error {
  override readonly name = 'MalformedBytes';
}

export class Reader {
  readonly #source: Bytes;
  #offset = 0;

  constructor(source: Bytes) {
    this.#source = source;
  }

  /** How many bytes have been read. */
  get offset(): number {
    return this.#offset;
  }

  get remaining(): number {
    return this.#source.length - this.#offset;
  }

  u8(): number {
    return this.#at(this.#advance(1));
  }

  u16(): number {
    const at = this.#advance(2);
    return (this.#at(at) << 8) | this.#at(at + 1);
  }

  u32(): number {
    return this.#get32(this.#advance(4));
  }

  /** A 64-bit number, refused above 2^53 - 1 where numbers stop being exact. */
  u64(): number {
    const at = this.#advance(8);
    const value = this.#get32(at) * 2 ** 32 + this.#get32(at + 4);
    // What is above rounds to 2^53 or more.
    if (value > Number.MAX_SAFE_INTEGER) throw new MalformedBytes('number too large');
    return value;
  }

  u64big(): bigint {
    const at = this.#advance(8);
    return (BigInt(this.#get32(at)) << 32n) | BigInt(this.#get32(at + 4));
  }

  /** LEB128 of at most 2^53 - 1; the shortest form only, so that a number has one spelling. */
  varint(): number {
    let value = 0;
    let factor = 1;
    for (let count = 0; count < 8; count++) {
      const byte = this.u8();
      value += (byte & 0x7f) * factor;
      factor *= 128;
      if (byte >= 0x80) continue;
      if ((byte === 0 && count > 0) || value > Number.MAX_SAFE_INTEGER) break;
      return value;
    }
    throw new MalformedBytes('bad varint');
  }

  /** The next `length` bytes, as a view. */
  bytes(length: number): Bytes {
    const start = this.#advance(length);
    return this.#source.subarray(start, start + length);
  }

  /** u32 length, then that many bytes; refused above `max`. */
  lengthPrefixed(max: number): Bytes {
    const length = this.u32();
    if (length > max) throw new MalformedBytes('too long');
    return this.bytes(length);
  }

  /** All that is left, as a view. */
  rest(): Bytes {
    return this.bytes(this.remaining);
  }

  /** Refuses trailing bytes. */
  end(): void {
    if (this.remaining !== 0) throw new MalformedBytes('trailing bytes');
  }

  #at(offset: number): number {
    return this.#source[offset] ?? 0;
  }

  /** Index by index: a DataView would cost more than reading a small message. */
  #get32(at: number): number {
    const high = (this.#at(at) << 8) | this.#at(at + 1);
    return high * 2 ** 16 + ((this.#at(at + 2) << 8) | this.#at(at + 3));
  }

  #advance(length: number): number {
    if (!Number.isSafeInteger(length) || length < 0 || length > this.remaining) {
      throw new MalformedBytes('truncated');
    }
    const start = this.#offset;
    this.#offset += length;
    return start;
  }
}

/** What `read` makes of the bytes, all of them; null when they are malformed or some are left over. */
export function decodeWith<T>(source: Bytes, read: (reader: Reader) => T): T | null {
  try {
    const reader = new Reader(source);
    const value = read(reader);
    reader.end();
    return value;
  } catch (error) {
    if (error instanceof MalformedBytes) return null;
    throw error;
  }
}
