/**
 * R05 with a whole vault over IndexedDB: the power goes right after an answer, and with it every transaction that was not
 * flushed. What was answered is there, keys and statements first of all, and no number is given twice.
 */
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { IDBKeyRange } from 'fake-indexeddb';
import { openDexieStorage } from '#lib/storage/dexie.ts';
import type { Key } from '#lib/storage/storage.ts';
import { KEYS, searchKey, viewKey } from '#lib/vault/disk/layout.ts';
import { evilRelay, type EvilRelay } from '../helpers/hostile/evil-relay.ts';
import { lossyDisk, type LossyDisk } from '../helpers/hostile/lossy-indexeddb.ts';
import { numbersGiven, spacesOf } from '../helpers/people/vault-keys.ts';
import {
  activate,
  ALICE,
  allergies,
  allergy,
  eventually,
  good,
  link,
  settled,
  vaultWorld,
  type TestDevice,
  type VaultWorld,
} from '../helpers/worlds/vault-world.ts';

vi.mock('#lib/crypto/kdf.ts', async (original) =>
  (await import('../helpers/tools/cheap-kdf.ts')).cheapKdf(await original()),
);
vi.mock('../../relay/authority/primitives.ts', async (original) =>
  (await import('../helpers/tools/cheap-kdf.ts')).cheapPrimitives(await original()),
);

const pdf = new Blob([`%PDF-1.7\n${'bilan '.repeat(20_000)}\n%%EOF\n`]);
const document = { file: pdf, fileName: 'a.pdf', name: 'Bilan', category: 'biology', date: '2024-03' };

/** What is made again from the rest: the only values that may be lost with the power. */
const MAY_BE_LOST: readonly Key[] = [viewKey('moi'), searchKey('moi')];

let world: VaultWorld;
let evil: EvilRelay;
let laptop: TestDevice;
let disk: LossyDisk;
let person = 0;

beforeAll(async () => {
  world = await vaultWorld();
}, 60_000);
afterAll(() => world?.close());

beforeEach(async () => {
  evil = evilRelay();
  disk = await lossyDisk('carnet');
  laptop = world.device({ line: evil.line('laptop'), openStorage: () => opened() });
  await activate(laptop, world.credentials(person++));
}, 60_000);

const opened = () => openDexieStorage('carnet', { indexedDB: disk.indexedDB, IDBKeyRange });

async function powerGoes(): Promise<number> {
  const lost = disk.unflushed();
  laptop.kill();
  disk = await disk.losePower();
  await laptop.reopen(ALICE);
  return lost;
}

async function shows(names: readonly string[]): Promise<void> {
  await eventually(
    async () => good(await laptop.vault.record('moi')).editable,
    (editable) => editable,
  );
  expect(await allergies(laptop)).toEqual(names.toSorted());
}

test('R05: after activation and after each thing that was answered, offline and online, the power goes: all is there, the document too; what is unsent goes out, and no number is given twice', async () => {
  await powerGoes();
  expect(good(await laptop.vault.status())).toEqual({ type: 'unlocked' });
  const names: string[] = [];
  for (const name of ['Arachide', 'Latex', 'Pollen', 'Soja']) {
    laptop.setOnline(names.length % 2 === 0);
    good(await laptop.vault.edit('moi', [allergy(name)]));
    names.push(name);
    await powerGoes();
    await shows(names);
  }
  const id = good(await laptop.vault.addDocument('moi', document));
  await powerGoes();
  await shows(names);
  expect(await good(await laptop.vault.openDocument('moi', id)).blob.text()).toBe(await pdf.text());
  laptop.setOnline(true);
  good(await laptop.vault.retry());
  await settled(laptop);
  const storage = await opened();
  if (!storage.ok) throw new Error(storage.error.type);
  const spaces = await spacesOf({ open: () => storage.value }, ALICE);
  const given = numbersGiven(
    spaces,
    evil.frames().map(({ frame }) => frame),
  );
  await spaces.close();
  expect(given.length).toBeGreaterThan(names.length);
  expect(new Set(given).size).toBe(given.length);
}, 60_000);

test('R05: keys, statements of the chain and of rosters, heads, frames and what is unsent are flushed in every single write, over linking and a revocation too', async () => {
  const phone = world.device();
  await link(laptop, phone);
  good(await laptop.vault.edit('moi', [allergy('Arachide')]));
  good(await laptop.vault.addDocument('moi', document));
  good(await laptop.vault.search('moi', 'arachide'));
  const other = good(await laptop.vault.devices()).find(({ thisDevice }) => !thisDevice);
  good(await laptop.vault.revokeDevice(other!.id));
  await settled(laptop);
  await laptop.vault.lock();
  const isOneOf = (keys: readonly Key[], key: Key): boolean => keys.some((one) => one.join() === key.join());
  const written = disk.writes.map(({ key, strict }) => ({ strict, place: key.join(' '), key }));
  const unflushed = written.filter(({ strict, key }) => !strict && !isOneOf(MAY_BE_LOST, key));
  expect(unflushed.map(({ place }) => place)).toEqual([]);
  for (const key of [...KEYS.slot, ...KEYS.identity])
    expect(written.filter(({ place }) => place === key.join(' ')).length).toBeGreaterThan(0);
  for (const kind of ['head', 'frame', 'outbox'])
    expect(
      written.filter(({ place }) => new RegExp(`^space \\S+ .*\\b${kind}\\b`).test(place)).length,
    ).toBeGreaterThan(0);
  expect(written.some(({ strict }) => !strict)).toBe(true);
}, 60_000);

test('R05: the disk of this file loses what was not flushed, and nothing else', async () => {
  await laptop.vault.lock(); // nobody else writes
  const storage = await opened();
  if (!storage.ok) throw new Error(storage.error.type);
  const value = Uint8Array.of(1);
  await storage.value.write([{ type: 'put', key: ['x', 'strict'], value }], 'strict');
  await storage.value.write([{ type: 'put', key: ['x', 'carried'], value }], 'relaxed');
  await storage.value.write([{ type: 'put', key: ['x', 'strict too'], value }], 'strict');
  await storage.value.write([{ type: 'delete', key: ['x', 'strict'] }], 'relaxed');
  await storage.value.write([{ type: 'put', key: ['x', 'lost'], value }], 'relaxed');
  expect((await storage.value.keys(['x'])).map(([, name]) => name)).toEqual([
    'carried',
    'lost',
    'strict too',
  ]);
  disk = await disk.losePower();
  const after = await opened();
  if (!after.ok) throw new Error(after.error.type);
  expect((await after.value.keys(['x'])).map(([, name]) => name)).toEqual([
    'carried',
    'strict',
    'strict too',
  ]);
}, 60_000);
