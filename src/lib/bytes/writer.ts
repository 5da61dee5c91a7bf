/**
 * Writes a byte format from front to back; the mirror of reader.ts. Big-endian. Every verb returns the writer.
 * A number that does not fit its field is a defect of the caller and throws a RangeError.
 */
import type { Bytes } from './bytes.ts';

export class Writer {
  #buffer: Bytes;
  #length = 0;

  constructor(expectedLength = 256) {
    this.#buffer = new Uint8Array(expectedLength);
  }

  /** How many bytes have been written. */
  get length(): number {
    return this.#length;
  }

  u8(value: number): this {
    const at = this.#room(1);
    this.#buffer[at] = within(value, 0xff);
    return this;
  }

  u16(value: number): this {
    const at = this.#room(2);
    within(value, 0xffff);
    this.#buffer[at] = value >>> 8;
    this.#buffer[at + 1] = value;
    return this;
  }

  u32(value: number): this {
    this.#set32(this.#room(4), within(value, 0xffff_ffff));
    return this;
  }

  u64(value: number): this {
    const at = this.#room(8);
    this.#set32(at, Math.floor(within(value, Number.MAX_SAFE_INTEGER) / 2 ** 32));
    this.#set32(at + 4, value);
    return this;
  }

  u64big(value: bigint): this {
    if (value < 0n || value > 0xffff_ffff_ffff_ffffn) throw new RangeError('number does not fit');
    const at = this.#room(8);
    this.#set32(at, Number(value >> 32n));
    this.#set32(at + 4, Number(value & 0xffff_ffffn));
    return this;
  }

  varint(value: number): this {
    let rest = within(value, Number.MAX_SAFE_INTEGER);
    while (rest >= 0x80) {
      this.u8((rest % 128) | 0x80);
      rest = Math.floor(rest / 128);
    }
    return this.u8(rest);
  }

  bytes(bytes: Uint8Array): this {
    const at = this.#room(bytes.length);
    this.#buffer.set(bytes, at);
    return this;
  }

  /** u32 length, then the bytes. */
  lengthPrefixed(bytes: Uint8Array): this {
    return this.u32(bytes.length).bytes(bytes);
  }

  /** What was written, in memory of its own; without a copy when the expected length was right. Write no more after it. */
  finish(): Bytes {
    return this.#length === this.#buffer.length ? this.#buffer : this.#buffer.slice(0, this.#length);
  }

  /** Where the next `count` bytes go. It may replace the buffer: take the place first, then write. */
  #room(count: number): number {
    const start = this.#length;
    this.#length += count;
    if (this.#length > this.#buffer.length) this.#grow();
    return start;
  }

  #grow(): void {
    const larger = new Uint8Array(Math.max(this.#length, this.#buffer.length * 2));
    larger.set(this.#buffer);
    this.#buffer = larger;
  }

  /** The lowest 32 bits. Index by index: a DataView would cost more than all else that a small message needs. */
  #set32(at: number, value: number): void {
    this.#buffer[at] = value >>> 24;
    this.#buffer[at + 1] = value >>> 16;
    this.#buffer[at + 2] = value >>> 8;
    this.#buffer[at + 3] = value;
  }
}

function within(value: number, max: number): number {
  if (!Number.isSafeInteger(value) || value < 0 || value > max) throw new RangeError('number does not fit');
  return value;
}
