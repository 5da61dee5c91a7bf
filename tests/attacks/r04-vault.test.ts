/**
 * R04 with a whole vault: the tab dies at each call of a short journey to the disk, the effect of that call done or lost.
 * Opened again, the vault has every edit that was answered with yes, and none that was never made.
 */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Stored } from '#lib/storage/storage.ts';
import { faultyDisk, type FaultyDisk } from '../helpers/hostile/faulty-storage.ts';
import {
  activate,
  ALICE,
  allergies,
  allergy,
  eventually,
  good,
  testDevice,
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

let world: VaultWorld;
let start: Stored[];

beforeAll(async () => {
  world = await vaultWorld();
  const laptop = world.device();
  await activate(laptop, world.credentials(0));
  good(await laptop.vault.edit('moi', [allergy('Arachide', ID.a)]));
  await laptop.vault.lock();
  start = await laptop.disk.content();
}, 60_000);
afterAll(() => world?.close());

/** A disk with what was on it at the start of the journey. */
async function diskAtStart(): Promise<FaultyDisk> {
  const disk = faultyDisk();
  await disk.open().write(
    start.map(({ key, value }) => ({ type: 'put', key, value })),
    'strict',
  );
  return disk;
}

/** Entries of the journey, by name: an id is 16 bytes in base64url. */
const ID = {
  a: `a${'A'.repeat(21)}`,
  b: `b${'A'.repeat(21)}`,
  c: `c${'A'.repeat(21)}`,
  d: `d${'A'.repeat(21)}`,
};

interface Model {
  readonly done: Set<string>;
  readonly tried: Set<string>;
}

const pdf = new Blob([`%PDF-1.7\n${'bilan '.repeat(20_000)}\n%%EOF\n`]);

/** Offline, so that every step is Alice's: two edits at once, a change, a deletion, a document. */
async function journey(device: TestDevice, { done, tried }: Model): Promise<void> {
  const vault = await device.reopen(ALICE);
  const step = async (name: string, work: () => Promise<{ ok: boolean }>) => {
    tried.add(name);
    if ((await work()).ok) done.add(name);
  };
  await Promise.all([
    step('Pollen', () => vault.edit('moi', [allergy('Pollen', ID.b)])),
    step('Latex', () => vault.edit('moi', [allergy('Latex', ID.c)])),
  ]);
  await step('Iode', () => vault.edit('moi', [allergy('Iode', ID.b)]));
  await step('deleted', () => vault.edit('moi', [{ type: 'delete', section: 'allergies', id: ID.a }]));
  const document = { fileName: 'a.pdf', name: 'Bilan', category: 'biology', date: '2024-03' };
  await step('Bilan', () => vault.addDocument('moi', { file: pdf, ...document }));
  await step('locked', () => vault.lock());
}

/** What may be seen: all that was answered, and of what was under way when the tab died either the one or the other. */
async function check(device: TestDevice, { done, tried }: Model): Promise<void> {
  const vault = await device.reopen(ALICE);
  expect(good(await vault.status())).toEqual({ type: 'unlocked' });
  await eventually(
    async () => good(await vault.record('moi')).editable,
    (editable) => editable,
  );
  const names = await allergies(device);
  const one = (name: string) => names.includes(name);
  if (done.has('Iode')) expect(one('Iode') && !one('Pollen')).toBe(true);
  else if (done.has('Pollen')) expect(one('Pollen') || (tried.has('Iode') && one('Iode'))).toBe(true);
  if (done.has('Latex')) expect(one('Latex')).toBe(true);
  if (done.has('deleted')) expect(one('Arachide')).toBe(false);
  else if (!tried.has('deleted')) expect(one('Arachide')).toBe(true);
  for (const name of names) expect(name === 'Arachide' || tried.has(name)).toBe(true);

  const { documents } = good(await vault.record('moi'));
  expect(documents.length).toBeLessThanOrEqual(tried.has('Bilan') ? 1 : 0);
  if (done.has('Bilan')) expect(documents).toHaveLength(1);
  for (const { id } of documents) expect(good(await vault.openDocument('moi', id)).blob.size).toBe(pdf.size);

  good(await vault.edit('moi', [allergy('Après', ID.d)]));
  await eventually(
    () => allergies(device),
    (after) => after.includes('Après'),
  );
  expect(good(await vault.notices())).toEqual([]);
  await vault.lock();
}

function offline(disk: FaultyDisk): TestDevice {
  const device = testDevice(world.carnet.url, { disk });
  device.online = false;
  return device;
}

test.each(['done', 'lost'] as const)(
  'R04: the tab dies in every single call to the disk, its effect %s; no edit that was answered is missing',
  async (effect) => {
    const whole = offline(await diskAtStart());
    const first = whole.disk.calls;
    const model: Model = { done: new Set(), tried: new Set() };
    await journey(whole, model);
    const calls = whole.disk.calls - first;
    expect(model.done.size).toBe(6);
    await check(whole, model);
    expect(calls).toBeGreaterThan(20);

    for (let n = 0; n < calls; n++) {
      const device = offline(await diskAtStart());
      const died = device.disk.crashInCall(n, effect);
      const now: Model = { done: new Set(), tried: new Set() };
      await Promise.race([died, journey(device, now)]);
      device.disk.repair(); // a journey that was quicker than the first one ends before its death
      await check(device, now).catch((cause: unknown) => {
        throw new Error(`killed in call ${n} of ${calls}`, { cause });
      });
    }
  },
  180_000,
);
