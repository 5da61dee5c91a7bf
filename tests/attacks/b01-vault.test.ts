/**
 * B01 on the disk: somebody who can write to Alice's disk, and has Bob's too, exchanges stored values: slots, identities,
 * views, folded states and tails, frames, chunks. What then opens is what was there before; the rest does not open.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Stored } from '#lib/storage/storage.ts';
import type { RecordView } from '#lib/vault/door/door.ts';
import { KEYS } from '#lib/vault/disk/layout.ts';
import { faultyDisk } from '../helpers/hostile/faulty-storage.ts';
import { times } from '../helpers/tools/depth.ts';
import {
  activate,
  ALICE,
  allergy,
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

const pdfOf = (text: string): Blob => new Blob([`%PDF-1.7\n${text.repeat(20_000)}\n%%EOF\n`]);

let world: VaultWorld;
let alice: { disk: Stored[]; record: RecordView };
let bob: { disk: Stored[]; record: RecordView };

beforeAll(async () => {
  world = await vaultWorld();
  const [hers, his] = [await lived(0, 'Arachide'), await lived(1, 'Latex')];
  alice = { ...hers };
  bob = his;
}, 60_000);
afterAll(() => world?.close());

async function lived(person: number, name: string) {
  const device = world.device();
  await activate(device, world.credentials(person));
  for (let i = 0; i < 3; i++) good(await device.vault.edit('moi', [allergy(`${name} ${i}`)]));
  for (const title of ['Bilan', 'Radio'])
    good(
      await device.vault.addDocument('moi', {
        file: pdfOf(`${name} ${title} `),
        fileName: 'a.pdf',
        name: `${title} ${name}`,
        category: 'biology',
        date: '2024-03',
      }),
    );
  await settled(device);
  device.online = false; // what is unsent is on the disk as well
  device.setOnline(false);
  good(await device.vault.edit('moi', [allergy(`${name} hors ligne`)]));
  const record = good(await device.vault.record('moi'));
  await device.vault.lock();
  return { disk: await device.disk.content(), record };
}

/** Under Alice's key, whatever is on the disk: the slots are hers. */
async function opened(content: readonly Stored[]): Promise<TestDevice> {
  const disk = faultyDisk();
  const isSlot = ({ key }: Stored): boolean => KEYS.slot.some((slot) => slot.join() === key.join());
  await disk.open().write(
    [...content.filter((one) => !isSlot(one)), ...alice.disk.filter(isSlot)].map(({ key, value }) => ({
      type: 'put',
      key,
      value,
    })),
    'strict',
  );
  const device = testDevice(world.carnet.url, { disk });
  device.online = false;
  await (await device.reopen()).unlock(ALICE); // stays locked where the identity is not hers
  return device;
}

/** Everything that is shown was shown before, to Alice, word for word; every document that opens is the one it was. */
async function expectHers(device: TestDevice): Promise<void> {
  const answer = await device.vault.record('moi');
  if (!answer.ok) return;
  const { owner, entries, documents } = answer.value;
  expect(owner).toEqual(alice.record.owner);
  for (const [section, shown] of Object.entries(entries))
    for (const entry of shown) expect(alice.record.entries[section]).toContainEqual(entry);
  for (const { id, name } of documents) {
    expect(alice.record.documents.map((document) => document.name)).toContain(name);
    const file = await device.vault.openDocument('moi', id);
    if (!file.ok) continue;
    const [title] = name.split(' ');
    expect(await file.value.blob.text(), name).toBe(await pdfOf(`Arachide ${title} `).text());
  }
  await device.vault.lock();
}

test('B01: untouched, all of it opens', async () => {
  const device = await opened(alice.disk);
  const { entries, documents } = good(await device.vault.record('moi'));
  expect(entries['allergies']).toHaveLength(4);
  expect(documents).toHaveLength(2);
  expect(bob.record.owner).not.toEqual(alice.record.owner);
  await expectHers(device);
});

test('B01: whatever values are exchanged, between places of Alice’s disk or with Bob’s, each open fails or is identical', async () => {
  const all = [...alice.disk, ...bob.disk];
  const place = fc.nat(alice.disk.length - 1);
  const exchange = fc.tuple(place, fc.oneof(place, fc.nat(all.length - 1)));
  await fc.assert(
    fc.asyncProperty(fc.array(exchange, { minLength: 1, maxLength: 12 }), async (exchanges) => {
      const values = all.map(({ value }) => value);
      for (const [a, b] of exchanges) [values[a], values[b]] = [values[b]!, values[a]!];
      await expectHers(await opened(alice.disk.map(({ key }, i) => ({ key, value: values[i]! }))));
    }),
    { numRuns: times(100, 300) }, // a seed of its own each time
  );
}, 240_000);

test('B01: Bob’s disk under Alice’s key, and each part of it in the place of hers, shows nothing of his', async () => {
  const parts = [...new Set(bob.disk.map(({ key }) => key[0]!))];
  for (const part of [...parts, '']) {
    const others = alice.disk.filter(({ key }) => part !== '' && key[0] !== part);
    const his = bob.disk.filter(({ key }) => part === '' || key[0] === part);
    await expectHers(await opened([...others, ...his]));
  }
});
