/** Sets of small numbers as bits: what is asked of a history is asked of all of it at once. */
export type Bits = Uint32Array;

export function emptyBits(size: number): Bits {
  return new Uint32Array(Math.ceil(size / 32));
}

export function hasBit(bits: Bits, index: number): boolean {
  return (bits[index >>> 5]! & (1 << (index & 31))) !== 0;
}

export function setBit(bits: Bits, index: number): void {
  bits[index >>> 5]! |= 1 << (index & 31);
}

/** Puts all of `other` into `bits`. */
export function addBits(bits: Bits, other: Bits): void {
  for (let word = 0; word < bits.length; word++) bits[word]! |= other[word]!;
}

export function without(bits: Bits, other: Bits): Bits {
  return bits.map((word, i) => word & ~other[i]!);
}

export function common(bits: Bits, other: Bits): Bits {
  return bits.map((word, i) => word & other[i]!);
}

export function isEmpty(bits: Bits): boolean {
  return bits.every((word) => word === 0);
}

export function isWithin(bits: Bits, other: Bits): boolean {
  return bits.every((word, i) => (word & ~other[i]!) === 0);
}

/** How many there are. */
export function weigh(bits: Bits): number {
  let count = 0;
  for (let word of bits) for (; word !== 0; word &= word - 1) count++;
  return count;
}
