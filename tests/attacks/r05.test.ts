/**
 * R05, at the storage: the power goes and takes the last relaxed writes with it.
 */
import { expect, test } from 'vitest';
import { ordinal, type Durability } from '#lib/storage/storage.ts';
import { faultyDisk } from '../helpers/hostile/faulty-storage.ts';
import { seededRandom } from '../helpers/tools/random.ts';

test('R05: a power loss takes relaxed writes only, newest first, and never one that a strict write followed', async () => {
  for (let seed = 0; seed < 200; seed++) {
    const random = seededRandom(seed);
    const disk = faultyDisk();
    const storage = disk.open();
    const writes: Durability[] = Array.from({ length: 12 }, () =>
      random.pick(['strict', 'relaxed', 'relaxed']),
    );
    for (const [n, durability] of writes.entries()) {
      await storage.write([{ type: 'put', key: [ordinal(n)], value: new Uint8Array([n]) }], durability);
    }
    const lost = await disk.losePower(random.int(15));
    const left = (await disk.open().list([])).map(({ value }) => value[0]);
    expect(left).toEqual(writes.slice(0, writes.length - lost).map((_, n) => n));
    expect(writes.slice(writes.length - lost)).not.toContain('strict');
  }
});

test('R05: what was handed to the disk before the loss never answers to the process that died', async () => {
  const disk = faultyDisk();
  const storage = disk.open();
  await disk.losePower(1);
  const answered = await Promise.race([
    storage.get(['k']).then(() => true),
    disk
      .open()
      .get(['k'])
      .then(() => false),
  ]);
  expect(answered).toBe(false);
});
