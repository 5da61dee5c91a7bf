/** Calls that meet while the vault opens or closes: one change of its stage at a time, and nothing acknowledged is lost. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { toBase64url } from '#lib/bytes/base64url.ts';
import { systemRandom } from '#lib/crypto/random.ts';
import { localKey } from '#lib/crypto/local.ts';
import { spaces as listed } from '#lib/record/sections/account.ts';
import { localSeal } from '#lib/replica/ports.ts';
import { readIdentity } from '#lib/vault/entry/identity.ts';
import { epochEdit } from '#lib/vault/spaces/keyring.ts';
import { localSecretOf, spacesOn } from '../helpers/people/vault-keys.ts';
import {
  activate,
  ALICE,
  ALICE_ON_PHONE,
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

let world: VaultWorld;
let laptop: TestDevice;

beforeAll(async () => {
  world = await vaultWorld();
  laptop = world.device();
  await activate(laptop, world.credentials(0));
  await settled(laptop);
}, 60_000);
afterAll(() => world?.close());

test('R01: edits under way while Alice locks and unlocks at once are shown, or were refused', async () => {
  const acknowledged: string[] = [];
  const edit = async (name: string): Promise<void> => {
    if ((await laptop.vault.edit('moi', [allergy(name)])).ok) acknowledged.push(name);
  };
  for (let round = 0; round < 12; round++) {
    const edits = Array.from({ length: 8 }, (_, i) => edit(`before ${round}.${i}`));
    if (round % 3 === 1) await edits[0];
    const locked = laptop.vault.lock();
    good(await laptop.vault.unlock(ALICE));
    good(await locked);
    await Promise.all([...edits, ...Array.from({ length: 4 }, (_, i) => edit(`after ${round}.${i}`))]);
  }
  expect(acknowledged.length).toBeGreaterThan(40);
  await eventually(
    () => allergies(laptop),
    (names) => acknowledged.every((name) => names.includes(name)),
  );
  await laptop.reopen(ALICE);
  await eventually(
    () => allergies(laptop),
    (names) => acknowledged.every((name) => names.includes(name)),
  );
  await settled(laptop);
  expect(good(await laptop.vault.notices())).toEqual([]);
});

test('a lock that comes while the password is checked is the last word', async () => {
  good(await laptop.vault.lock());
  const unlocked = laptop.vault.unlock(ALICE);
  good(await laptop.vault.lock());
  await unlocked;
  expect(good(await laptop.vault.status())).toEqual({ type: 'locked' });
  expect(await laptop.vault.record('moi')).toEqual({ ok: false, error: { type: 'locked' } });
  good(await laptop.vault.unlock(ALICE));
});

test('ACT-26: two activations at once make one account, and the letter is not spent for nothing', async () => {
  const tablet = world.device();
  const vault = await tablet.reopen();
  good(await vault.enrol(world.credentials(1)));
  const typed = { ...ALICE, deviceName: 'Tablette' };
  const kits = await Promise.all([vault.activate(typed), vault.activate(typed)]);
  const [first, second] = kits.map(good);
  expect(first?.address).toBe(second?.address);
  const kit = good(await vault.kit());
  const [a, b, c] = kit.asked.map((position) => kit.words[position - 1]!) as [string, string, string];
  good(await vault.confirmKit([a, b, c]));
  good(await vault.edit('moi', [allergy('Noix')]));
  await tablet.reopen(ALICE);
  await eventually(
    () => allergies(tablet),
    (names) => names.join() === 'Noix',
  );
  await settled(tablet);
});

test('ACT-26: a new letter typed while an activation with a used one is refused is the one that counts', async () => {
  const tablet = world.device();
  const vault = await tablet.reopen();
  good(await vault.enrol(world.credentials(2)));
  await activate(world.device(), world.credentials(2));
  const renewed = await world.newCredentials(2);
  const typed = { ...ALICE, deviceName: 'Tablette' };
  const withUsed = vault.activate(typed);
  good(await vault.enrol(renewed));
  expect(await withUsed).toEqual({ ok: false, error: { type: 'enrolment-refused' } });
  good(await vault.activate(typed));
});

test('D07: a device that lists the account space as a record is revoked like any, and nobody opens that record', async () => {
  const phone = world.device();
  await link(laptop, phone);
  await settled(phone);
  phone.kill();
  const storage = phone.disk.open();
  const secret = await localSecretOf(storage, ALICE_ON_PHONE.identifiant, ALICE_ON_PHONE.password);
  const identity = (await readIdentity(storage, localSeal(localKey(secret), systemRandom)))!;
  const spaces = await spacesOn(storage, secret);
  const { space, epochs } = identity.account;
  const listing = (id: string) =>
    ({
      type: 'put',
      section: listed.id,
      id,
      fields: { space: toBase64url(space), kind: 'record', owner: identity.address },
    }) as const;
  const said = await spaces.account.replica.edit([
    listing(toBase64url(systemRandom(16))),
    ...epochs.map((one) => epochEdit(space, one)),
  ]);
  expect(said.ok).toBe(true);
  await spaces.close();
  await phone.reopen(ALICE_ON_PHONE);
  await settled(phone);
  const id = good(await laptop.vault.devices()).find(({ thisDevice }) => !thisDevice)!.id;
  good(await laptop.vault.revokeDevice(id));
  expect(good(await laptop.vault.devices()).find((one) => one.id === id)?.revokedAt).toBeTypeOf('number');
  expect(good(await laptop.vault.records()).map((one) => one.id)).toEqual(['moi']);
});
