/** KID-09…14: Camille shares the records of her children with Antoine, their other guardian, in person. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { GuardianView, LinkState, RecordId } from '#lib/vault/door/door.ts';
import {
  activate,
  ALICE,
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

let world: VaultWorld;
let camille: TestDevice;
let antoine: TestDevice;

beforeAll(async () => {
  world = await vaultWorld();
  camille = world.device();
  antoine = world.device();
  await activate(camille, await world.newCredentials(0));
  await activate(antoine, await world.newCredentials(1));
}, 60_000);
afterAll(() => world?.close());

async function open(device: TestDevice, firstName: string): Promise<RecordId> {
  const all = good(await device.vault.children());
  const child = all.find((one) => one.firstName === firstName)!.child;
  const [opened] = good(await device.vault.openChildren({ children: [child], certified: true }));
  if (!opened || !('record' in opened)) throw new Error(JSON.stringify(opened));
  return opened.record;
}

async function state<T extends LinkState['type']>(
  device: TestDevice,
  type: T,
): Promise<Extract<LinkState, { type: T }>> {
  const { link: now } = await device.until('link', (event) => [type, 'failed'].includes(event.link.type));
  if (now.type !== type) throw new Error(JSON.stringify(now));
  return now as Extract<LinkState, { type: T }>;
}

/** Both stand before the phrase. */
async function meet(host: TestDevice, record: RecordId, guest: TestDevice): Promise<void> {
  for (const device of [host, guest]) device.events.length = 0;
  good(await guest.vault.joinRecord());
  const { code } = await state(guest, 'waiting');
  good(await (await proven(host)).shareRecord(record, { code, declared: true }));
  const phrases = await Promise.all([host, guest].map((device) => state(device, 'compare')));
  expect(phrases[0]!.phrase).toEqual(phrases[1]!.phrase);
}

async function invite(host: TestDevice, record: RecordId, guest: TestDevice) {
  await meet(host, record, guest);
  for (const device of [host, guest]) good(await device.vault.confirmLink(true));
  await state(host, 'asked');
  return state(guest, 'invitation');
}

async function share(host: TestDevice, record: RecordId, guest: TestDevice): Promise<RecordId> {
  await invite(host, record, guest);
  good(await guest.vault.answerInvitation(true));
  const [done] = await Promise.all([guest, host].map((device) => state(device, 'done')));
  return done!.record!;
}

const names = async ({ vault }: TestDevice, record: RecordId): Promise<string[]> =>
  (good(await vault.record(record)).entries['allergies'] ?? [])
    .map(({ fields }) => String(fields['name']))
    .sort();

const has = (device: TestDevice, record: RecordId, ...expected: readonly string[]) =>
  eventually(
    () => names(device, record),
    (all) => expected.every((one) => all.includes(one)),
  );

const guardians = async ({ vault }: TestDevice, record: RecordId): Promise<readonly GuardianView[]> =>
  good(await vault.record(record)).guardians;

const writable = (device: TestDevice, record: RecordId) =>
  eventually(
    async () => good(await device.vault.record(record)).editable,
    (editable) => editable,
  );

test('KID-09 KID-12 KID-14: Antoine sees who invites him to whose record, accepts, and both write', async () => {
  const zoe = await open(camille, 'Zoé');
  good(await camille.vault.edit(zoe, [allergy('Œuf')]));
  const invitation = await invite(camille, zoe, antoine);
  expect(invitation).toEqual({
    type: 'invitation',
    from: { firstName: 'Camille', lastName: 'Moreau' },
    child: { firstName: 'Zoé', lastName: 'Lefèvre', birthDate: '2020-12-05' },
    attested: true,
  });
  good(await antoine.vault.answerInvitation(true));
  const [done] = await Promise.all([antoine, camille].map((device) => state(device, 'done')));
  const his = done!.record!;
  await has(antoine, his, 'Œuf');
  await writable(antoine, his);
  good(await antoine.vault.edit(his, [allergy('Arachide')]));
  await has(camille, zoe, 'Œuf', 'Arachide');
  for (const [device, record] of [
    [camille, zoe],
    [antoine, his],
  ] as const)
    await eventually(
      () => guardians(device, record),
      (all) => all.map(({ firstName }) => firstName).join() === 'Camille,Antoine',
    );
}, 60_000);
