/**
 * R03 with a whole vault: each value on the device rots, one after the other. The app opens, shows the whole record, opens every
 * document (what is damaged is fetched again), and goes on writing.
 */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Stored } from '#lib/storage/storage.ts';
import { faultyDisk, type Damage } from '../helpers/hostile/faulty-storage.ts';
import { seededRandom } from '../helpers/tools/random.ts';
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
  type VaultWorld,
} from '../helpers/worlds/vault-world.ts';

vi.mock('#lib/crypto/kdf.ts', async (original) =>
  (await import('../helpers/tools/cheap-kdf.ts')).cheapKdf(await original()),
);
vi.mock('../../relay/authority/primitives.ts', async (original) =>
  (await import('../helpers/tools/cheap-kdf.ts')).cheapPrimitives(await original()),
);

const pdf = `%PDF-1.7\n${'bilan '.repeat(20_000)}\n%%EOF\n`;
const NAMES = ['Arachide', 'Latex', 'Pollen'];
let world: VaultWorld;
let content: Stored[];

beforeAll(async () => {
  world = await vaultWorld();
  const laptop = world.device();
  await activate(laptop, world.credentials(0));
  for (const name of NAMES) good(await laptop.vault.edit('moi', [allergy(name)]));
  const document = { fileName: 'a.pdf', name: 'Bilan', category: 'biology', date: '2024-03' };
  good(await laptop.vault.addDocument('moi', { file: new Blob([pdf]), ...document }));
  await settled(laptop);
  await laptop.vault.lock();
  content = await laptop.disk.content();
}, 60_000);
afterAll(() => world?.close());

const HOWS: readonly Damage[] = ['flip', 'truncate', 'remove'];

test('R03: whichever value rots, the app opens whole, its document too, and writes on', async () => {
  const random = seededRandom('R03 vault');
  // One disk, which lives on: the same device may not be brought back to what it was.
  const disk = faultyDisk();
  await disk.open().write(
    content.map(({ key, value }) => ({ type: 'put', key, value })),
    'strict',
  );
  for (const [i, { key }] of content.entries()) {
    const where = key.join('/');
    await disk.damage(key, HOWS[i % HOWS.length]!, random);
    const device = testDevice(world.carnet.url, { disk });
    const vault = await device.reopen(ALICE);
    await eventually(
      () => allergies(device),
      (names) => NAMES.every((name) => names.includes(name)),
    ).catch((cause: unknown) => {
      throw new Error(`${where} has rotted`, { cause });
    });
    const { documents } = good(await vault.record('moi'));
    expect(documents, where).toHaveLength(1);
    // A chunk that has rotted is fetched again as soon as the relay is there.
    const file = await eventually(
      () => vault.openDocument('moi', documents[0]!.id),
      ({ ok }) => ok,
    );
    expect(await good(file).blob.text(), where).toBe(pdf);
    const name = `Après ${i}`;
    // What cannot be made again from what is left comes back from the relay; until then nothing new is said.
    await eventually(
      () => vault.edit('moi', [allergy(name)]),
      (answer) => {
        if (!answer.ok) expect(['relay-unreachable', 'record-damaged'], where).toContain(answer.error.type);
        return answer.ok;
      },
    );
    await settled(device);
    expect(await allergies(device), where).toContain(name);
    // A gap that rot has made is told like one that the relay makes; nobody is accused of anything else.
    const told = good(await vault.notices()).map(({ type }) => type);
    expect(['gap', 'frame-refused'], where).toEqual(expect.arrayContaining(told));
    await vault.lock();
  }
}, 120_000);
