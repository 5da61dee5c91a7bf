/**
 * R01 and R05 with a whole vault: each write of a journey fails once, and the power goes after each step of it. The caller
 * sees the failure, the next try succeeds, and what is there after a reload is exactly what was answered with yes.
 */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Stored } from '#lib/storage/storage.ts';
import type { HostedVault } from '#lib/vault/tabs/serving.ts';
import { evilRelay } from '../helpers/hostile/evil-relay.ts';
import { faultyDisk, type FaultyDisk } from '../helpers/hostile/faulty-storage.ts';
import { numbersGiven, spacesOf } from '../helpers/people/vault-keys.ts';
import {
  activate,
  ALICE,
  allergies,
  allergy,
  eventually,
  good,
  settled,
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

const ID = (letter: string): string => `${letter}${'A'.repeat(21)}`;

beforeAll(async () => {
  world = await vaultWorld();
  const laptop = world.device();
  await activate(laptop, world.credentials(0));
  good(await laptop.vault.edit('moi', [allergy('Arachide', ID('a'))]));
  await settled(laptop);
  await laptop.vault.lock();
  start = await laptop.disk.content();
}, 60_000);
afterAll(() => world?.close());

async function diskAtStart(): Promise<FaultyDisk> {
  const disk = faultyDisk();
  await disk.open().write(
    start.map(({ key, value }) => ({ type: 'put', key, value })),
    'strict',
  );
  return disk;
}

function offline(disk: FaultyDisk): TestDevice {
  const device = testDevice(world.carnet.url, { disk });
  device.online = false;
  return device;
}

const pdf = new Blob([`%PDF-1.7\n${'bilan '.repeat(20_000)}\n%%EOF\n`]);

const STEPS: readonly ((vault: HostedVault) => Promise<{ ok: boolean }>)[] = [
  (vault) => vault.edit('moi', [allergy('Pollen', ID('b'))]),
  (vault) => vault.edit('moi', [allergy('Latex', ID('c'))]),
  (vault) => vault.edit('moi', [allergy('Iode', ID('b'))]),
  (vault) => vault.edit('moi', [{ type: 'delete', section: 'allergies', id: ID('a') }]),
  (vault) =>
    vault.addDocument('moi', {
      file: pdf,
      fileName: 'a.pdf',
      name: 'Bilan',
      category: 'biology',
      date: '2024-03',
    }),
];
const AFTER = [
  ['Arachide', 'Pollen'],
  ['Arachide', 'Latex', 'Pollen'],
  ['Arachide', 'Iode', 'Latex'],
  ['Iode', 'Latex'],
];

async function shown(device: TestDevice): Promise<{ names: string[]; documents: string[] }> {
  const { documents } = await eventually(
    async () => good(await device.vault.record('moi')),
    ({ editable }) => editable, // until then it is what was shown last
  );
  for (const { id } of documents)
    expect(good(await device.vault.openDocument('moi', id)).blob.size).toBe(pdf.size);
  return { names: await allergies(device), documents: documents.map(({ name }) => name) };
}

test('R01: at each write of a journey that fails, the caller is told, the next try succeeds, and a reload shows exactly what was acknowledged', async () => {
  const calm = offline(await diskAtStart());
  await calm.reopen(ALICE);
  const before = calm.disk.writes;
  for (const step of STEPS) good((await step(calm.vault)) as never);
  const writes = calm.disk.writes - before;
  const whole = await shown(calm);
  expect(whole).toEqual({ names: AFTER.at(-1), documents: ['Bilan'] });
  expect(writes).toBeGreaterThanOrEqual(STEPS.length);
  await calm.vault.lock();

  let failures = 0;
  // What a busy machine writes beside the steps may take the place of one of theirs.
  for (let n = 0; n < writes + 3; n++) {
    const device = offline(await diskAtStart());
    const vault = await device.reopen(ALICE);
    good(await vault.record('moi'));
    device.disk.failWrite(n, 'aborted');
    for (const [i, step] of STEPS.entries()) {
      const first = await step(vault);
      if (first.ok) continue;
      failures++;
      expect(JSON.stringify(first), `write ${n} of ${writes}`).toContain('"storage-');
      const { names } = await shown(device);
      expect(names).toEqual(AFTER[i - 1] ?? (i === 0 ? ['Arachide'] : AFTER.at(-1)));
      good((await step(vault)) as never);
    }
    expect(await shown(device)).toEqual(whole);
    await device.reopen(ALICE);
    expect(await shown(device), `write ${n} of ${writes}`).toEqual(whole);
    expect(good(await device.vault.notices())).toEqual([]);
    await device.vault.lock();
  }
  expect(failures).toBeGreaterThanOrEqual(STEPS.length);
}, 120_000);

test('R05: the power goes after each step, with every write that was not flushed: nothing answered is lost, all is sent, and no number is given twice', async () => {
  const evil = evilRelay();
  const disk = await diskAtStart();
  const laptop = testDevice(world.carnet.url, { disk, line: evil.line('laptop') });
  laptop.online = false;
  for (const [i, step] of STEPS.entries()) {
    await laptop.reopen(ALICE);
    good((await step(laptop.vault)) as never);
    laptop.kill();
    await disk.losePower(1_000);
    await laptop.reopen(ALICE);
    expect((await shown(laptop)).names).toEqual(AFTER[i] ?? AFTER.at(-1));
  }
  expect((await shown(laptop)).documents).toEqual(['Bilan']);
  expect(good(await laptop.vault.sync('moi')).unsent).toBeGreaterThanOrEqual(STEPS.length);
  laptop.setOnline(true);
  good(await laptop.vault.retry());
  await settled(laptop);
  const spaces = await spacesOf(disk, ALICE);
  const given = numbersGiven(
    spaces,
    evil.frames().map(({ frame }) => frame),
  );
  expect(given.length).toBeGreaterThanOrEqual(STEPS.length);
  expect(new Set(given).size).toBe(given.length);
  expect(good(await laptop.vault.notices())).toEqual([]);
  await laptop.vault.lock();
});
