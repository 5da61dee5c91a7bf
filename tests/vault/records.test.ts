/** Several records in one account: a second one, fictional, beside Alice's own. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { toBase64url } from '#lib/bytes/base64url.ts';
import { systemRandom } from '#lib/crypto/random.ts';
import type { RecordId } from '#lib/vault/door/door.ts';
import { seededRandom } from '../helpers/tools/random.ts';
import {
  activate,
  ALICE,
  ALICE_ON_PHONE,
  allergy,
  eventually,
  good,
  link,
  proven,
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

const LEA = { firstName: 'Léa', lastName: 'Martin', birthDate: '2021-03-14' };

let world: VaultWorld;
let laptop: TestDevice;
let phone: TestDevice;
let lea: RecordId;

const pdf = new Blob([`%PDF-1.7\n${'vaccin '.repeat(20_000)}\n%%EOF\n`]);
const document = { file: pdf, fileName: 'c.pdf', name: 'Carnet', category: 'biology', date: '2024-03' };

beforeAll(async () => {
  world = await vaultWorld();
  [laptop, phone] = [world.device(), world.device()];
  await activate(laptop, world.credentials(0));
  good(await laptop.vault.edit('moi', [allergy('Arachide')]));
  await settled(laptop);
  lea = good(await laptop.vault.openUnattested({ ...LEA, certified: true }));
}, 60_000);
afterAll(() => world?.close());

/** How a device calls Léa's record, once it knows whose it is. */
async function leaOn({ vault }: TestDevice): Promise<RecordId> {
  const all = await eventually(
    async () => good(await vault.records()),
    (records) => records.some(({ firstName }) => firstName === LEA.firstName),
  );
  return all.find(({ firstName }) => firstName === LEA.firstName)!.id;
}

async function namesIn({ vault }: TestDevice, id: RecordId): Promise<unknown[]> {
  const { entries } = good(await vault.record(id));
  return (entries['allergies'] ?? []).map(({ fields }) => fields['name']).sort();
}

async function textOf(blob: Blob): Promise<string> {
  return new TextDecoder().decode(await blob.arrayBuffer());
}

test('an account lists its records, one’s own first; the others under ids that mean nothing elsewhere', async () => {
  const [own, other, ...rest] = good(await laptop.vault.records());
  expect([own?.id, other?.firstName, rest]).toEqual(['moi', 'Léa', []]);
  expect(lea).toMatch(/^[\w-]{22}$/);
  expect(good(await laptop.vault.record(lea)).owner).toMatchObject(LEA);
});

test('what is written in one record stands in that one alone, and is found in that one alone', async () => {
  good(await laptop.vault.edit(lea, [allergy('Œuf')]));
  expect([await namesIn(laptop, 'moi'), await namesIn(laptop, lea)]).toEqual([['Arachide'], ['Œuf']]);
  const found = async (id: RecordId, query: string) => good(await laptop.vault.search(id, query)).count;
  expect([await found('moi', 'oeuf'), await found(lea, 'oeuf')]).toEqual([0, 1]);
  expect([await found('moi', 'arachide'), await found(lea, 'arachide')]).toEqual([1, 0]);
});

test('each has its own documents, its own export and its own badge', async () => {
  const id = good(await laptop.vault.addDocument(lea, document));
  expect(await laptop.vault.openDocument('moi', id)).toMatchObject({ error: { type: 'entry-missing' } });
  expect(good(await laptop.vault.openDocument(lea, id)).blob.size).toBe(pdf.size);
  const [own, hers] = await Promise.all(
    ['moi', lea].map(async (one) => textOf(good(await (await proven(laptop)).exportRecord(one)))),
  );
  expect([own?.includes('Arachide'), own?.includes('Carnet')]).toEqual([true, false]);
  expect([hers?.includes('Arachide'), hers?.includes('Carnet')]).toEqual([false, true]);
  await eventually(
    async () => good(await laptop.vault.record(lea)).documents[0]?.delivery.sent,
    (sent) => sent === true,
  );
  laptop.setOnline(false);
  good(await laptop.vault.edit(lea, [allergy('Lait')]));
  const unsent = async (one: RecordId) => good(await laptop.vault.sync(one)).unsent;
  expect([await unsent('moi'), await unsent(lea)]).toEqual([0, 1]);
  laptop.setOnline(true);
  await eventually(
    () => unsent(lea),
    (count) => count === 0,
  );
});

test('a record that the account does not have is answered so, whatever is asked of it', async () => {
  const nobody = toBase64url(systemRandom(16));
  const { vault } = laptop;
  for (const answer of [
    await vault.record(nobody),
    await vault.sync(nobody),
    await vault.edit(nobody, [allergy('x')]),
    await vault.search(nobody, 'x'),
    await vault.exportRecord(nobody),
    await vault.settleWords(nobody, { take: [], aside: [], keep: [], reopen: [] }),
  ])
    expect(answer).toEqual({ ok: false, error: { type: 'record-unknown' } });
});

test('locked, nothing of either is answered; unlocked on one of them, that one is shown at once, from its sealed view', async () => {
  await eventually(
    async () => (await laptop.disk.content()).map(({ key }) => key.join('/')),
    (keys) => keys.includes(`record/${lea}/view`),
  );
  good(await laptop.vault.lock());
  for (const id of ['moi', lea])
    expect(await laptop.vault.record(id)).toEqual({ ok: false, error: { type: 'locked' } });
  laptop.events.length = 0;
  good(await laptop.vault.unlock({ ...ALICE, record: lea }));
  const shown = laptop.events.filter((event) => event.type === 'record');
  expect(shown[0]).toMatchObject({ id: lea, record: { editable: false, owner: { firstName: 'Léa' } } });
  expect(await namesIn(laptop, lea)).toEqual(['Lait', 'Œuf']);
  expect(await namesIn(laptop, 'moi')).toEqual(['Arachide']);
});

test('R03: the list of records rots: it is made again with the same ids, and a document that had not left is still there, and leaves', async () => {
  laptop.setOnline(false);
  const id = good(await laptop.vault.addDocument(lea, { ...document, name: 'Ordonnance' }));
  laptop.kill();
  await laptop.disk.damage(['account', 'records'], 'flip', seededRandom('rot'));
  await laptop.reopen(ALICE);
  expect(await leaOn(laptop)).toBe(lea);
  expect(good(await laptop.vault.openDocument(lea, id)).blob.size).toBe(pdf.size);
  laptop.setOnline(true);
  await eventually(
    async () => good(await laptop.vault.record(lea)).documents.every(({ delivery }) => delivery.sent),
    (sent) => sent,
  );
});

test('a device that is linked has both, under an id of its own, and both stay in step though only one is looked at', async () => {
  await link(laptop, phone);
  const there = await leaOn(phone);
  expect(there).not.toBe(lea);
  await eventually(
    () => namesIn(phone, there),
    (names) => names.length === 2,
  );
  good(await phone.vault.edit(there, [allergy('Gluten')]));
  await eventually(
    () => namesIn(laptop, lea),
    (names) => names.includes('Gluten'),
  );
  expect(await namesIn(laptop, 'moi')).toEqual(['Arachide']);
});

test('D07: a device that is revoked gets the new keys of neither record', async () => {
  const other = good(await laptop.vault.devices()).find(({ thisDevice }) => !thisDevice)!;
  good(await laptop.vault.revokeDevice(other.id));
  for (const id of ['moi', lea]) good(await laptop.vault.edit(id, [allergy('Secret')]));
  // What is said after a revocation leaves under new keys, or not at all.
  for (const id of ['moi', lea])
    await eventually(
      async () => good(await laptop.vault.sync(id)).unsent,
      (unsent) => unsent === 0,
    );
  await phone.until('devices', ({ devices }) =>
    devices.some((one) => one.thisDevice && one.revokedAt !== null),
  );
  await phone.reopen(ALICE_ON_PHONE);
  const there = await leaOn(phone);
  for (const id of ['moi', there]) {
    expect(await namesIn(phone, id)).not.toContain('Secret');
    expect(await phone.vault.edit(id, [allergy('x')])).toMatchObject({ ok: false });
  }
});

test('what was written in a record that nobody looks at any more leaves this device all the same', async () => {
  laptop.setOnline(false);
  good(await laptop.vault.edit(lea, [allergy('Kiwi')]));
  await laptop.reopen(ALICE); // which opens Alice's own
  laptop.setOnline(true);
  const before = Date.now();
  await eventually(
    async () => laptop.events.filter((event) => event.type === 'sync' && event.id === lea),
    (events) => events.some((event) => event.type === 'sync' && event.sync.unsent === 0),
  );
  expect(Date.now() - before).toBeLessThan(20_000);
});
