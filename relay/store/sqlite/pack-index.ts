/**
 * What is known of the frames of a pack without reading them. One blob for all, in the order of their cursors:
 *
 *   index   id[32]…  then as many  cursor u64 ‖ time u48 (ms) ‖ due u48 (ms, when it is erased; 0 = never) ‖ length u32
 */
import type { SQLOutputValue } from 'node:sqlite';
import type { Bytes } from '#lib/bytes/bytes.ts';

export interface PlacedFrame {
  readonly cursor: number;
  readonly at: number;
  /** The id, as a string of one-byte characters. */
  readonly name: string;
  readonly length: number;
}

const ID = 32;
const PLACE = 24;

export class PackIndex {
  readonly bytes: Buffer<ArrayBuffer>;

  /** @param bytes what the database holds: changed in place by `setDue` */
  constructor(bytes: Buffer<ArrayBuffer>) {
    this.bytes = bytes;
  }

  static of(frames: readonly PlacedFrame[]): PackIndex {
    const index = new PackIndex(Buffer.alloc((ID + PLACE) * frames.length));
    for (const [i, { cursor, at, name, length }] of frames.entries()) {
      index.bytes.write(name, ID * i, 'latin1');
      const place = index.#place(i);
      index.bytes.writeUInt32BE(Math.floor(cursor / 2 ** 32), place);
      index.bytes.writeUInt32BE(cursor >>> 0, place + 4);
      index.bytes.writeUIntBE(at, place + 8, 6);
      index.bytes.writeUInt32BE(length, place + 20);
    }
    return index;
  }

  /** All of this one's, then all of the other's. */
  followedBy(other: PackIndex): PackIndex {
    const [own, ids] = [ID * this.count, ID * other.count];
    const parts = [this.bytes.subarray(0, own), other.bytes.subarray(0, ids)];
    return new PackIndex(Buffer.concat([...parts, this.bytes.subarray(own), other.bytes.subarray(ids)]));
  }

  get count(): number {
    return this.bytes.length / (ID + PLACE);
  }

  cursor(i: number): number {
    const place = this.#place(i);
    return this.bytes.readUInt32BE(place) * 2 ** 32 + this.bytes.readUInt32BE(place + 4);
  }

  at(i: number): number {
    return this.bytes.readUIntBE(this.#place(i) + 8, 6);
  }

  due(i: number): number {
    return this.bytes.readUIntBE(this.#place(i) + 14, 6);
  }

  isDoomed(i: number): boolean {
    return this.due(i) > 0;
  }

  setDue(i: number, due: number): void {
    this.bytes.writeUIntBE(due, this.#place(i) + 14, 6);
  }

  length(i: number): number {
    return this.bytes.readUInt32BE(this.#place(i) + 20);
  }

  name(i: number): string {
    return this.bytes.toString('latin1', ID * i, ID * (i + 1));
  }

  /** A view. */
  id(i: number): Bytes {
    return new Uint8Array(this.bytes.buffer, this.bytes.byteOffset + ID * i, ID);
  }

  /** Where the frame of this id stands; -1 when it is not here. */
  indexOf(name: string): number {
    const end = ID * this.count;
    for (let at = this.bytes.indexOf(name, 0, 'latin1'); at >= 0 && at < end;) {
      if (at % ID === 0) return at / ID;
      at = this.bytes.indexOf(name, at + 1, 'latin1');
    }
    return -1;
  }

  /** Where the first frame above a cursor stands. */
  firstAbove(cursor: number): number {
    let [low, high] = [0, this.count];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.cursor(middle) > cursor) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** When the first of its frames is erased (0 = never), and how many stay. */
  summary(): { due: number; kept: number } {
    let [due, kept] = [0, 0];
    for (let i = 0; i < this.count; i++) {
      const own = this.due(i);
      if (own === 0) kept++;
      else if (due === 0 || own < due) due = own;
    }
    return { due, kept };
  }

  /** Where each frame begins in the body, and where the last ends. */
  offsets(): number[] {
    const offsets = [0];
    for (let i = 0; i < this.count; i++) offsets.push((offsets[i] ?? 0) + this.length(i));
    return offsets;
  }

  /** Those of the frames that `stays` says, with their dates. */
  keeping(stays: (i: number) => boolean): PackIndex {
    const places = Array.from({ length: this.count }, (_, i) => i).filter(stays);
    const part = (from: number, size: number) =>
      places.map((i) => this.bytes.subarray(from + size * i, from + size * (i + 1)));
    return new PackIndex(Buffer.concat([...part(0, ID), ...part(ID * this.count, PLACE)]));
  }

  #place(i: number): number {
    return ID * this.count + PLACE * i;
  }
}

export function bufferOf(value: SQLOutputValue | undefined): Buffer<ArrayBuffer> {
  if (value instanceof Uint8Array && value.buffer instanceof ArrayBuffer) {
    return Buffer.from(value.buffer, value.byteOffset, value.length);
  }
  throw new TypeError('the database holds no bytes where bytes belong');
}
