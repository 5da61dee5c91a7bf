import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { equal, type Bytes } from '#lib/bytes/bytes.ts';
import { seededRandom } from '../../../tests/helpers/tools/random.ts';
import { chunkCount, MAX_BLOB, openBlob, sealBlob, type SealedBlob } from './blob.ts';
import { systemRandom } from './random.ts';

const random = seededRandom('blob');
const key = random(32);

function open(blob: SealedBlob, withKey = key, chunks: readonly Bytes[] = blob.chunks) {
  const manifest = { root: blob.root, chunks: blob.chunks.length, length: blob.length };
  return openBlob(withKey, manifest, async (index) => chunks[index] ?? null);
}

describe('a blob', () => {
  test.each([0, 1, 252, 65_400, 65_451, 65_452, 130_000, 131_072, 1_000_003])(
    'of %i bytes comes back whole, in as many chunks as foretold',
    async (length) => {
      const file = systemRandom(length);
      const blob = await sealBlob(key, file, random);
      expect(blob.chunks.length).toBe(chunkCount(length));
      const opened = await open(blob);
      expect(opened && equal(opened, file)).toBe(true);
      for (const chunk of blob.chunks.slice(0, -1)) expect(chunk.length).toBe(64_512);
      expect(blob.chunks.at(-1)?.length).toBeLessThanOrEqual(64_512);
      expect(blob.chunks.at(-1)?.length).toBeGreaterThan(16);
    },
  );

  test('has a size on the relay that depends on the size class of the file only', async () => {
    const sizes = async (length: number) =>
      (await sealBlob(key, new Uint8Array(length), random)).chunks.map((chunk) => chunk.length);
    expect(await sizes(300_000)).toEqual(await sizes(303_000));
    expect(await sizes(300_000)).not.toEqual(await sizes(330_000));
  });

  test('does not open with another key, nor when a chunk is missing or altered', async () => {
    const blob = await sealBlob(key, systemRandom(200_000), random);
    expect(await open(blob, random(32))).toBeNull();
    expect(await open(blob, key, blob.chunks.slice(0, -1))).toBeNull();
    const indexes = fc.tuple(fc.nat(blob.chunks.length - 1), fc.nat(65_000 * 8));
    await fc.assert(
      fc.asyncProperty(indexes, async ([index, bit]) => {
        const chunks = blob.chunks.map((chunk) => chunk.slice());
        const chunk = chunks[index]!;
        chunk[(bit >> 3) % chunk.length]! ^= 1 << (bit & 7);
        expect(await open(blob, key, chunks)).toBeNull();
      }),
      { numRuns: 40 },
    );
  });

  test('with a manifest that says another length, count or root does not open', async () => {
    const blob = await sealBlob(key, systemRandom(100_000), random);
    const honest = { root: blob.root, chunks: blob.chunks.length, length: blob.length };
    const read = async (index: number) => blob.chunks[index] ?? null;
    expect(await openBlob(key, honest, read)).not.toBeNull();
    for (const change of [
      { length: 100_001 },
      { length: 99_999 },
      { length: MAX_BLOB + 1 },
      { chunks: honest.chunks + 1 },
      { chunks: 0 },
      { root: random(32) },
    ]) {
      expect(await openBlob(key, { ...honest, ...change }, read)).toBeNull();
    }
  });

  test('asks for no chunk when the manifest contradicts itself', async () => {
    const asked: number[] = [];
    const manifest = { root: random(32), chunks: 1_000_000, length: 10 };
    expect(await openBlob(key, manifest, async (index) => (asked.push(index), null))).toBeNull();
    expect(asked).toEqual([]);
  });

  test('of the same file has no chunk in common with another', async () => {
    const file = systemRandom(140_000);
    const [a, b] = [await sealBlob(key, file, random), await sealBlob(key, file, random)];
    a.chunks.forEach((chunk, i) => expect(equal(chunk, b.chunks[i]!)).toBe(false));
    expect(a.root).not.toEqual(b.root);
  });
});
