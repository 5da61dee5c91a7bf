/**
 * What every Storage must do. A backend's test is one call: `storageConformance('memory', async () => memoryStorage())`.
 */
import { describe, expect, test } from 'vitest';
import type { Bytes } from '#lib/bytes/bytes.ts';
import { ordinal, type Key, type Storage } from '#lib/storage/storage.ts';
import { seededRandom } from '../helpers/tools/random.ts';

const bytes = (...values: number[]): Bytes => new Uint8Array(values);
const put = (key: Key, ...values: number[]) => ({ type: 'put', key, value: bytes(...values) }) as const;
const joined = (keys: readonly Key[]) => keys.map((key) => key.join('/'));

export function storageConformance(name: string, open: () => Promise<Storage>): void {
  describe(`storage: ${name}`, () => {
    test('gives back what was put, and undefined for what was not', async () => {
      const storage = await open();
      expect(await storage.write([put(['a', 'b'], 1, 2), put(['empty'])], 'strict')).toMatchObject({
        ok: true,
      });
      expect(await storage.get(['a', 'b'])).toEqual(bytes(1, 2));
      expect(await storage.get(['empty'])).toEqual(bytes());
      expect(await storage.get(['a'])).toBeUndefined();
      expect(await storage.get(['a', 'b', 'c'])).toBeUndefined();
    });

    test('a later value replaces an earlier one', async () => {
      const storage = await open();
      await storage.write([put(['k'], 1)], 'relaxed');
      await storage.write([put(['k'], 2)], 'relaxed');
      expect(await storage.get(['k'])).toEqual(bytes(2));
      expect(await storage.list([])).toHaveLength(1);
    });

    test('the prefix ["a"] holds ["a"] and ["a","x"] but not ["ab"]', async () => {
      const storage = await open();
      const keys = [['a'], ['a', 'x'], ['a', ''], ['a', '\uffff'], ['ab'], ['ab', 'x'], ['b'], ['A'], ['']];
      await storage.write(
        keys.map((key, i) => put(key, i)),
        'strict',
      );
      expect(joined(await storage.keys(['a']))).toEqual(['a', 'a/', 'a/x', 'a/\uffff']);
      expect((await storage.list(['a'])).map(({ value }) => value[0])).toEqual([0, 2, 1, 3]);
      await storage.write([{ type: 'deletePrefix', prefix: ['a'] }], 'strict');
      expect(joined(await storage.keys([]))).toEqual(['', 'A', 'ab', 'ab/x', 'b']);
      await storage.write([{ type: 'deletePrefix', prefix: [] }, put(['new'], 1)], 'strict');
      expect(joined(await storage.keys([]))).toEqual(['new']);
    });

    test('lists keys in order, element by element', async () => {
      const storage = await open();
      const ordered = [
        ['a'],
        ['a', 'b'],
        ['a', 'b', 'c'],
        ['a', 'bb'],
        ['a b'],
        ['a-'],
        ['aa'],
        ['é'],
        ['日'],
        ['😀'],
        ['\uffee'],
      ];
      await storage.write(
        seededRandom(1)
          .shuffle(ordered)
          .map((key) => put(key)),
        'strict',
      );
      expect(await storage.keys([])).toEqual(ordered);
      expect((await storage.list([])).map(({ key }) => key)).toEqual(ordered);
    });

    test('counters written by ordinal list in the order of their numbers', async () => {
      const storage = await open();
      const numbers = [0, 1, 9, 10, 35, 36, 99, 1000, 2 ** 32, Number.MAX_SAFE_INTEGER];
      await storage.write(
        seededRandom(2)
          .shuffle(numbers)
          .map((n) => put(['n', ordinal(n)], n % 251)),
        'strict',
      );
      expect((await storage.list(['n'])).map(({ value }) => value[0])).toEqual(numbers.map((n) => n % 251));
    });

    test('pages through a prefix without repeating or skipping', async () => {
      const storage = await open();
      const keys = Array.from({ length: 23 }, (_, i) => ['p', ordinal(i)]);
      await storage.write([put(['o']), put(['q']), ...keys.map((key) => put(key))], 'strict');
      const seen: Key[] = [];
      for (let after: Key | undefined; ; after = seen.at(-1)) {
        const page = await storage.list(['p'], after ? { limit: 5, after } : { limit: 5 });
        seen.push(...page.map(({ key }) => key));
        if (page.length < 5) break;
      }
      expect(seen).toEqual(keys);
      expect(await storage.list(['p'], { limit: 0 })).toEqual([]);
      expect(await storage.list(['p'], { after: ['p', 'zz'] })).toEqual([]);
      expect(await storage.list(['p'], { after: ['a'], limit: 1 })).toMatchObject([{ key: keys[0] }]);
    });

    test('a batch applies in its order', async () => {
      const storage = await open();
      await storage.write([put(['x', '1'], 1)], 'strict');
      const moved = [
        { type: 'deletePrefix', prefix: ['x'] } as const,
        put(['x', '2'], 2),
        put(['x', '3'], 3),
      ];
      await storage.write([...moved, { type: 'delete', key: ['x', '3'] }], 'strict');
      expect(joined(await storage.keys([]))).toEqual(['x/2']);
    });

    test('deleting what is not there changes nothing, and an empty batch succeeds', async () => {
      const storage = await open();
      await storage.write([put(['k'])], 'strict');
      const nothing = [
        { type: 'delete', key: ['z'] } as const,
        { type: 'deletePrefix', prefix: ['k', 'z'] } as const,
      ];
      expect(await storage.write(nothing, 'strict')).toMatchObject({ ok: true });
      expect(await storage.write([], 'relaxed')).toMatchObject({ ok: true });
      expect(joined(await storage.keys([]))).toEqual(['k']);
    });

    test('writes that are not awaited land in the order of their calls, each whole', async () => {
      const storage = await open();
      const writes = Array.from({ length: 20 }, (_, i) =>
        storage.write([put(['a'], i), put(['b'], i)], i % 2 === 0 ? 'strict' : 'relaxed'),
      );
      const seen = await Promise.all([storage.list([]), storage.list([])]);
      for (const page of seen) expect(page[0]?.value).toEqual(page[1]?.value);
      expect((await Promise.all(writes)).every(({ ok }) => ok)).toBe(true);
      expect(await storage.get(['a'])).toEqual(bytes(19));
    });

    test('bytes are copied in and out', async () => {
      const storage = await open();
      const mine = bytes(1, 2, 3);
      const written = storage.write([{ type: 'put', key: ['k'], value: mine }], 'strict');
      mine.fill(9);
      await written;
      const first = await storage.get(['k']);
      expect(first).toEqual(bytes(1, 2, 3));
      first?.fill(7);
      (await storage.list(['k']))[0]?.value.fill(8);
      expect(await storage.get(['k'])).toEqual(bytes(1, 2, 3));
    });

    test('a view stores its own bytes, never the buffer around them', async () => {
      const storage = await open();
      const around = new Uint8Array(1000).fill(0x55);
      await storage.write([{ type: 'put', key: ['k'], value: around.subarray(10, 14) }], 'strict');
      const value = await storage.get(['k']);
      expect(value).toEqual(bytes(0x55, 0x55, 0x55, 0x55));
      expect(value?.buffer.byteLength).toBe(4);
    });

    test('after close every call fails as closed, and what was being written is written', async () => {
      const storage = await open();
      const written = storage.write([put(['k'])], 'strict');
      await storage.close();
      expect(await written).toMatchObject({ ok: true });
      expect(await storage.write([put(['z'])], 'strict')).toEqual({ ok: false, error: { type: 'closed' } });
      const closed = { name: 'StorageFailure', error: { type: 'closed' } };
      await expect(storage.get(['k'])).rejects.toMatchObject(closed);
      await expect(storage.list([])).rejects.toMatchObject(closed);
      await expect(storage.keys([])).rejects.toMatchObject(closed);
      await storage.close();
    });
  });
}
