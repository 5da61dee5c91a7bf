/**
 * Remembers roughly which frames a topic holds, so that a new frame costs no look into the database: a Bloom filter of
 * 16 bits per frame and four positions, which the id itself, being a hash, provides. It answers "perhaps" wrongly once
 * in a few thousand times, and "no" never wrongly.
 */
import type { PackIndex } from './pack-index.ts';

const BITS_PER_ID = 16;
const POSITIONS = 4;
const SMALLEST = 1_024;

export class Seen {
  readonly #words: Uint32Array;
  readonly #mask: number;
  #room: number;

  /** Room for twice the ids that are there. */
  constructor(ids: number) {
    this.#room = Math.max(SMALLEST, 2 * ids);
    const bits = 2 ** Math.ceil(Math.log2(this.#room * BITS_PER_ID));
    this.#words = new Uint32Array(bits / 32);
    this.#mask = bits - 1;
  }

  /** Whether it has been told of so many ids that it answers "perhaps" too often. */
  get isFull(): boolean {
    return this.#room <= 0;
  }

  addAll(index: PackIndex): void {
    this.#room -= index.count;
    for (let i = 0; i < index.count; i++) {
      const id = index.id(i);
      const words = new DataView(id.buffer, id.byteOffset, 4 * POSITIONS);
      for (let at = 0; at < POSITIONS; at++) this.#mark(words.getInt32(4 * at, true));
    }
  }

  add(name: string): void {
    this.#room--;
    for (let i = 0; i < POSITIONS; i++) this.#mark(positionIn(name, i));
  }

  mayHave(name: string): boolean {
    for (let i = 0; i < POSITIONS; i++) {
      const bit = positionIn(name, i) & this.#mask;
      if (((this.#words[bit >>> 5] ?? 0) & (1 << (bit & 31))) === 0) return false;
    }
    return true;
  }

  #mark(position: number): void {
    const bit = position & this.#mask;
    const word = bit >>> 5;
    this.#words[word] = (this.#words[word] ?? 0) | (1 << (bit & 31));
  }
}

function positionIn(name: string, i: number): number {
  const at = 4 * i;
  return (
    name.charCodeAt(at) |
    (name.charCodeAt(at + 1) << 8) |
    (name.charCodeAt(at + 2) << 16) |
    (name.charCodeAt(at + 3) << 24)
  );
}
