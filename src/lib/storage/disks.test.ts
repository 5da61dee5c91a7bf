import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { expect, test } from 'vitest';
import { browserDisks, type Disks } from './disks.ts';

const NAMES = ['carnet', 'carnet-2', 'carnet-3'];

async function write(disks: Disks, name: string): Promise<void> {
  const opened = await disks.open(name, () => {});
  if (!opened.ok) throw new Error(opened.error.type);
  await opened.value.write([{ type: 'put', key: ['a'], value: Uint8Array.of(7) }], 'strict');
  await opened.value.close();
}

/** A browser that does not list its databases. */
function secretive(factory: IDBFactory): IDBFactory {
  return new Proxy(factory, {
    get(target, name) {
      if (name === 'databases') return undefined;
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]): unknown => Reflect.apply(member, target, args);
    },
  });
}

test.each([
  ['that lists its databases', (factory: IDBFactory) => factory],
  ['that does not', secretive],
])('a browser %s is asked which disks there are, and none is made by asking', async (_name, seen) => {
  const factory = new IDBFactory();
  const disks = browserDisks({ indexedDB: seen(factory), IDBKeyRange });
  expect(await disks.existing(NAMES)).toEqual([]);
  await write(disks, 'carnet-3');
  await write(disks, 'carnet');
  expect(await disks.existing(NAMES)).toEqual(['carnet', 'carnet-3']);
  expect((await factory.databases()).map(({ name }) => name).sort()).toEqual(['carnet', 'carnet-3']);
});

test('an erased disk is gone with what was on it, and the others stay', async () => {
  const disks = browserDisks({ indexedDB: new IDBFactory(), IDBKeyRange });
  await write(disks, 'carnet');
  await write(disks, 'carnet-2');
  expect(await disks.erase('carnet')).toEqual({ ok: true, value: undefined });
  expect(await disks.existing(NAMES)).toEqual(['carnet-2']);
  const again = await disks.open('carnet', () => {});
  expect(again.ok && (await again.value.keys([]))).toEqual([]);
});

test('a browser that refuses to erase is told of', async () => {
  const factory = new IDBFactory();
  factory.deleteDatabase = () => {
    throw new DOMException('no', 'InvalidStateError');
  };
  const disks = browserDisks({ indexedDB: factory, IDBKeyRange });
  await write(disks, 'carnet');
  expect(await disks.erase('carnet')).toMatchObject({ ok: false });
});
