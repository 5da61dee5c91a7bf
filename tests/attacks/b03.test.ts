import { afterEach, describe, expect, test, vi } from 'vitest';
import { equal, type Bytes } from '#lib/bytes/bytes.ts';
import { Writer } from '#lib/bytes/writer.ts';
import { openBlob, sealBlob } from '#lib/crypto/blob.ts';
import { labelledHash, sha256 } from '#lib/crypto/hash.ts';
import { systemRandom } from '#lib/crypto/random.ts';
import { LABELS } from '#lib/crypto/suite.ts';
import { seededRandom } from '../helpers/tools/random.ts';

// The relay holds Alice's X-ray in 80 chunks and hands them out as it pleases.

const random = seededRandom('B03');
const key = random(32);
const file = systemRandom(5_000_000);
const blob = await sealBlob(key, file, random);
const count = blob.chunks.length;

type Chunks = readonly Bytes[];
const swapped = (i: number, j: number) => (chunks: Chunks) =>
  chunks.map((chunk, at) => (at === i ? chunks[j]! : at === j ? chunks[i]! : chunk));
type Attack = [string, (chunks: Chunks) => Chunks];
const ATTACKS: Attack[] = [
  ['swaps the first two chunks', swapped(0, 1)],
  ['swaps two in the middle', swapped(20, 21)],
  ['swaps the last two', swapped(count - 2, count - 1)],
  ['reverses all of them', (chunks) => chunks.toReversed()],
  ['shuffles all of them', (chunks) => random.shuffle(chunks)],
  ['rotates them by one', (chunks) => [...chunks.slice(1), chunks[0]!]],
  ['drops the first', (chunks) => chunks.slice(1)],
  ['drops one in the middle', (chunks) => chunks.toSpliced(30, 1)],
  ['drops the last', (chunks) => chunks.slice(0, -1)],
  ['keeps only the first', (chunks) => chunks.slice(0, 1)],
  ['keeps only the first half', (chunks) => chunks.slice(0, count >> 1)],
  ['gives one twice, in place of the next', (chunks) => chunks.with(11, chunks[10]!)],
  ['gives one twice and pushes the rest along', (chunks) => chunks.toSpliced(10, 0, chunks[10]!)],
  ['gives none', () => []],
  ['cuts the last one short', (chunks) => chunks.with(-1, chunks.at(-1)!.slice(0, -1))],
  ['cuts the last one to nothing', (chunks) => chunks.with(-1, new Uint8Array(0))],
  ['cuts one in the middle', (chunks) => chunks.with(40, chunks[40]!.slice(0, 30_000))],
  ['moves a byte from one chunk to the next', (chunks) => moveByte(chunks)],
];

/** Under the honest manifest nobody asks for the chunk that is too many. */
const APPENDED: Attack = ['gives the last one twice', (chunks) => [...chunks, chunks.at(-1)!]];

afterEach(() => {
  vi.restoreAllMocks();
});

describe('B03: the relay tampers with the chunks of Alice’s 5 MB file', () => {
  test('untouched, the file comes back', async () => {
    expect(count).toBe(80);
    const opened = await openBlob(key, manifestOf(blob.root, count), async (i) => blob.chunks[i] ?? null);
    expect(opened && equal(opened, file)).toBe(true);
  });

  test.each(ATTACKS)('it %s: refused before any byte is decrypted', async (_, attack) => {
    const decrypt = vi.spyOn(crypto.subtle, 'decrypt');
    const chunks = attack(blob.chunks);
    expect(await openBlob(key, manifestOf(blob.root, count), async (i) => chunks[i] ?? null)).toBeNull();
    expect(decrypt).not.toHaveBeenCalled();
  });

  test.each([...ATTACKS, APPENDED])(
    'it %s, with a manifest forged to match: refused by the chunks themselves',
    async (_, attack) => {
      const chunks = attack(blob.chunks);
      const read = async (i: number): Promise<Bytes | null> => chunks[i] ?? null;
      const root = await rootOf(chunks);
      expect(await openBlob(key, manifestOf(root, chunks.length), read)).toBeNull();
      const fitting = { root, chunks: chunks.length, length: lengthFor(chunks.length) };
      expect(await openBlob(key, fitting, read)).toBeNull();
    },
  );

  test('it hands out a chunk of another of Alice’s files under the same key: refused', async () => {
    const other = await sealBlob(key, systemRandom(5_000_000), random);
    const chunks = blob.chunks.with(12, other.chunks[12]!);
    const root = await rootOf(chunks);
    expect(await openBlob(key, manifestOf(root, count), async (i) => chunks[i] ?? null)).toBeNull();
  });
});

function manifestOf(root: Bytes, chunks: number) {
  return { root, chunks, length: file.length };
}

async function rootOf(chunks: Chunks): Promise<Bytes> {
  const hashes = chunks.map((chunk) => sha256(chunk));
  return labelledHash(LABELS.blobRoot, new Writer().u32(chunks.length).finish(), ...hashes);
}

/** A length that is sealed in about so many chunks. */
function lengthFor(chunks: number): number {
  return Math.max(0, (chunks - 1) * 64_496);
}

function moveByte(chunks: Chunks): Chunks {
  const [from, to] = [chunks[count - 2]!, chunks[count - 1]!];
  const longer = new Uint8Array([...from.slice(-1), ...to]);
  return chunks.with(count - 2, from.slice(0, -1)).with(count - 1, longer);
}
