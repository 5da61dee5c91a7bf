/**
 * Seeded randomness: the same seed gives the same bytes, choices and orders on every machine.
 *
 * It is callable like `Random` of the product, so that a seed drives keys, nonces and faults alike. xoshiro128** over a
 * splitmix32 seed: good statistics, no secrecy whatsoever.
 *
 * A test that fails says which seeds were last in use (print-seeds.ts).
 */
export interface SeededRandom {
  (length: number): Uint8Array<ArrayBuffer>;
  /** A whole number in [0, below). */
  int(below: number): number;
  /** A number in [0, 1). */
  fraction(): number;
  /** True with the given probability. */
  chance(probability: number): boolean;
  pick<T>(items: readonly T[]): T;
  /** A new array in a random order. */
  shuffle<T>(items: readonly T[]): T[];
  /** An independent stream that does not disturb this one: one per actor keeps a trace stable when another changes. */
  fork(label: string): SeededRandom;
}

const SEEDS_KEPT = 24;
const lastSeeds: string[] = [];

/** The seeds that streams were last begun with, newest last; forks of a stream follow from its own. */
export function seedsInUse(): readonly string[] {
  return lastSeeds;
}

/** Another test file begins. */
export function forgetSeeds(): void {
  lastSeeds.length = 0;
}

export function seededRandom(seed: number | string): SeededRandom {
  const name = String(seed);
  if (!lastSeeds.includes(name)) lastSeeds.push(name);
  if (lastSeeds.length > SEEDS_KEPT) lastSeeds.shift();
  return streamOf(seed);
}

function streamOf(seed: number | string): SeededRandom {
  const next = generator(typeof seed === 'number' ? seed >>> 0 : hash(seed));
  const fraction = () => next() / 2 ** 32;
  const int = (below: number) => Math.floor(fraction() * below);

  const bytes = (length: number): Uint8Array<ArrayBuffer> => {
    const out = new Uint8Array(length);
    for (let i = 0; i < length; i++) out[i] = next() >>> 24;
    return out;
  };

  return Object.assign(bytes, {
    int,
    fraction,
    chance: (probability: number) => fraction() < probability,
    pick<T>(items: readonly T[]): T {
      if (items.length === 0) throw new Error('nothing to pick from');
      return items[int(items.length)] as T;
    },
    shuffle<T>(items: readonly T[]): T[] {
      const out = [...items];
      for (let i = out.length - 1; i > 0; i--) {
        const j = int(i + 1);
        [out[i], out[j]] = [out[j] as T, out[i] as T];
      }
      return out;
    },
    fork: (label: string) => streamOf(`${seed}/${label}`),
  });
}

function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h >>> 0;
}

/** xoshiro128** 1.1 (Blackman, Vigna), 32 bits at a time. */
function generator(seed: number): () => number {
  let mixed = seed;
  const splitmix = () => {
    mixed = (mixed + 0x9e3779b9) | 0;
    let z = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return z ^ (z >>> 15);
  };
  let a = splitmix();
  let b = splitmix();
  let c = splitmix();
  let d = splitmix();
  return () => {
    const product = Math.imul(b, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return result;
  };
}
