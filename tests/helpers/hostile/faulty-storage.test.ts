import { expect, test } from 'vitest';
import { ordinal, type Durability } from '#lib/storage/storage.ts';
import { storageConformance } from '../../conformance/storage.ts';
import { faultyDisk } from './faulty-storage.ts';
import { seededRandom } from '../tools/random.ts';

const put = (key: string, ...values: number[]) =>
  ({ type: 'put', key: [key], value: new Uint8Array(values) }) as const;

storageConformance('faulty disk without a fault', async () => faultyDisk().open());

test('a process that dies in a call never hears of it, and the next one finds the effect or not', async () => {
  for (const effect of ['lost', 'done'] as const) {
    const disk = faultyDisk();
    const storage = disk.open();
    const died = disk.crashInCall(1, effect);
    let wentOn = false;
    const journey = async () => {
      await storage.write([put('a')], 'strict');
      await storage.write([put('b')], 'strict');
      wentOn = true;
    };
    await Promise.race([journey(), died]);
    expect(wentOn).toBe(false);
    expect(await disk.open().keys([])).toEqual(effect === 'done' ? [['a'], ['b']] : [['a']]);
  }
});

test('damage changes one stored value and only that', async () => {
  const disk = faultyDisk();
  await disk.open().write([put('a', 1, 2, 3), put('b', 4)], 'relaxed');
  await disk.damage(['a'], 'flip', seededRandom(3));
  const [a, b] = await disk.content();
  expect(a?.value).toHaveLength(3);
  expect(a?.value).not.toEqual(new Uint8Array([1, 2, 3]));
  expect(b?.value).toEqual(new Uint8Array([4]));
  await disk.damage(['a'], 'remove', seededRandom(3));
  expect(await disk.open().keys([])).toEqual([['b']]);
});

test('a power loss takes relaxed writes only, newest first, and never one that a strict write followed', async () => {
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

test('what was handed to the disk before the loss never answers to the process that died', async () => {
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
