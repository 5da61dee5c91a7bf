/**
 * Two people on one computer: each carnet has a disk and a lock of its own. Identifiant and password alone decide which of them
 * opens, and neither person is shown anything of the other.
 */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { hex } from '#lib/bytes/bytes.ts';
import {
  activate,
  ALICE,
  allergies,
  allergy,
  eventually,
  good,
  proven,
  settled,
  vaultWorld,
  type Credentials,
  type TestDevice,
  type VaultWorld,
} from '../helpers/worlds/vault-world.ts';

vi.mock('#lib/crypto/kdf.ts', async (original) =>
  (await import('../helpers/tools/cheap-kdf.ts')).cheapKdf(await original()),
);
vi.mock('../../relay/authority/primitives.ts', async (original) =>
  (await import('../helpers/tools/cheap-kdf.ts')).cheapPrimitives(await original()),
);

const BOB: Credentials = { identifiant: 'bob.dupont', password: 'Encore1mot!' };
const WRONG = { ok: false, error: { type: 'wrong-password' } };
const LOCKED = { ok: true, value: { type: 'locked' } };

let world: VaultWorld;
let computer: TestDevice;
let phone: TestDevice;

const onDisk = async (name: string): Promise<string[]> =>
  ((await computer.disks.get(name)?.content()) ?? []).map(
    ({ key, value }) => `${key.join('/')}=${hex(value)}`,
  );

/** The person says that the phrases are equal on both. */
async function linkTo(
  open: TestDevice,
  fresh: TestDevice,
  credentials: Credentials,
  password?: string,
): Promise<void> {
  for (const device of [open, fresh]) device.events.length = 0;
  good(await fresh.vault.linkThisDevice({ ...credentials, deviceName: 'Ordinateur' }));
  const { link: shown } = await fresh.until('link', ({ link }) => link.type === 'waiting');
  good(
    await (
      await proven(open, password)
    ).linkOtherDevice({ code: shown.type === 'waiting' ? shown.code : '' }),
  );
  const both = [open, fresh];
  await Promise.all(both.map((device) => device.until('link', (event) => event.link.type === 'compare')));
  for (const device of both) good(await device.vault.confirmLink(true));
  await Promise.all(both.map((device) => device.until('link', (event) => event.link.type === 'done')));
}

beforeAll(async () => {
  world = await vaultWorld();
  computer = world.device();
  phone = world.device();
  await activate(computer, world.credentials(0));
  good(await computer.vault.edit('moi', [allergy('Arachide')]));
  await settled(computer);
  good(await computer.vault.lock());
}, 60_000);
afterAll(() => world?.close());

test('beside the locked carnet of Alice, Bob activates his own, and not a byte of hers changes', async () => {
  const vault = await computer.reopen();
  const before = await onDisk('carnet');
  good(await vault.enrol(world.credentials(1)));
  const kit = good(await vault.activate({ ...BOB, deviceName: 'Ordinateur' }));
  const [a, b, c] = kit.asked.map((position) => kit.words[position - 1]!) as [string, string, string];
  good(await vault.confirmKit([a, b, c]));
  good(await vault.edit('moi', [allergy('Pollen')]));
  await settled(computer);
  expect(await onDisk('carnet')).toEqual(before);
  expect([...computer.disks.keys()]).toEqual(['carnet', 'carnet-2']);
});

test('each opens their own by identifiant and password, one after the other and after a restart', async () => {
  for (const again of [false, true]) {
    if (again) await computer.reopen();
    for (const [who, name] of [
      [ALICE, 'Arachide'],
      [BOB, 'Pollen'],
      [ALICE, 'Arachide'],
    ] as const) {
      good(await computer.vault.lock());
      expect(await computer.vault.status()).toEqual(LOCKED);
      good(await computer.vault.unlock(who));
      await eventually(
        () => allergies(computer),
        (names) => names.join() === name,
      );
      expect(good(await computer.vault.identifiant())).toBe(who.identifiant);
    }
  }
});

test('what is wrong is answered the same, whoever it is meant for, and shows nobody', async () => {
  await computer.reopen();
  computer.events.length = 0;
  for (const typed of [
    { ...ALICE, password: BOB.password },
    { ...BOB, password: ALICE.password },
    { identifiant: 'nobody.here', password: ALICE.password },
  ])
    expect(await computer.vault.unlock(typed)).toEqual(WRONG);
  expect(await computer.vault.status()).toEqual(LOCKED);
  expect(computer.events).toEqual([]);
  for (const answer of [await computer.vault.records(), await computer.vault.record('moi')])
    expect(answer).toEqual({ ok: false, error: { type: 'locked' } });
});

test('neither is shown the other’s name before anything is open, unless that one wishes it', async () => {
  await computer.reopen();
  expect(good(await computer.vault.shownNames())).toEqual([]);
  await computer.reopen(BOB);
  const [bob] = good(await computer.vault.records());
  good(await computer.vault.showName(true));
  await computer.reopen();
  expect(good(await computer.vault.shownNames())).toEqual([bob!.firstName]);
  await computer.reopen(ALICE);
  expect(good(await computer.vault.showsName())).toBe(false);
  good(await computer.vault.showName(false));
  await computer.reopen();
  expect(good(await computer.vault.shownNames())).toEqual([bob!.firstName]);
});

test('with one carnet open, only its own disk is written', async () => {
  await computer.reopen(BOB);
  const before = await onDisk('carnet');
  good(await computer.vault.edit('moi', [allergy('Latex')]));
  await settled(computer);
  good(await computer.vault.lock());
  expect(await onDisk('carnet')).toEqual(before);
});

test('an activation that broke off at the kit is taken up by its own password, beside a carnet that stands', async () => {
  const CLARA: Credentials = { identifiant: 'clara.petit', password: 'Toujours1mot!' };
  const vault = await computer.reopen();
  good(await vault.enrol(world.credentials(2)));
  good(await vault.activate({ ...CLARA, deviceName: 'Ordinateur' }));
  await computer.reopen();
  good(await computer.vault.unlock(ALICE));
  good(await computer.vault.lock());
  good(await computer.vault.unlock(CLARA));
  expect(good(await computer.vault.status())).toEqual({ type: 'activating', step: 'kit' });
  const kit = good(await computer.vault.kit());
  const [a, b, c] = kit.asked.map((position) => kit.words[position - 1]!) as [string, string, string];
  good(await computer.vault.confirmKit([a, b, c]));
  expect(good(await computer.vault.status())).toEqual({ type: 'unlocked' });
  expect([...computer.disks.keys()]).toEqual(['carnet', 'carnet-2', 'carnet-3']);
});

test('LOG-05: a forgotten password is got round by a link, which replaces the carnet of the same person and no other', async () => {
  await computer.reopen(BOB);
  const BOBS_PHONE: Credentials = { identifiant: 'bob.phone', password: BOB.password };
  await phone.reopen();
  await linkTo(computer, phone, BOBS_PHONE, BOB.password);
  await settled(computer);
  await settled(phone);
  const vault = await computer.reopen();
  expect(await vault.status()).toEqual(LOCKED);
  const alices = await onDisk('carnet');
  const claras = await onDisk('carnet-3');
  const chosen: Credentials = { identifiant: 'bob.again', password: 'Neuf-mots2passe' };
  await linkTo(phone, computer, chosen, BOB.password);
  await eventually(
    () => allergies(computer),
    (names) => names.join() === 'Latex,Pollen',
  );
  expect([...computer.disks.keys()]).toEqual(['carnet', 'carnet-2', 'carnet-3']);
  expect(await onDisk('carnet')).toEqual(alices);
  expect(await onDisk('carnet-3')).toEqual(claras);
  good(await computer.vault.lock());
  expect(await computer.vault.unlock(BOB)).toEqual(WRONG);
  good(await computer.vault.unlock(ALICE));
  good(await computer.vault.lock());
  good(await computer.vault.unlock(chosen));
});

test('a link of somebody whose carnet is not here comes beside those that are', async () => {
  const other = world.device();
  await activate(other, await world.newCredentials(1));
  await settled(other);
  await computer.reopen();
  const before = await Promise.all(['carnet', 'carnet-2', 'carnet-3'].map(onDisk));
  await linkTo(other, computer, { identifiant: 'denise.roux', password: 'Encore-un1mot' });
  expect([...computer.disks.keys()]).toEqual(['carnet', 'carnet-2', 'carnet-3', 'carnet-4']);
  expect(await Promise.all(['carnet', 'carnet-2', 'carnet-3'].map(onDisk))).toEqual(before);
});

test('a slot that rotted hides no other carnet', async () => {
  for (const copy of ['slot', 'slot-2'])
    await computer.disks
      .get('carnet-2')!
      .open()
      .write([{ type: 'put', key: ['account', copy], value: new Uint8Array(5) }], 'strict');
  await computer.reopen(ALICE);
  await eventually(
    () => allergies(computer),
    (names) => names.join() === 'Arachide',
  );
});
