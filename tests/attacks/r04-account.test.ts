/**
 * R04 while an account comes to a device: the tab dies at each call to the disk and at each question to the authority,
 * during activation and during linking, on either side. Opened again, there is either nothing, and it begins anew, or an
 * account that goes on; never half of one.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decodeBody, LogAnswer } from '#lib/protocol/authority.ts';
import { DEFAULT_LIMITS } from '../../relay/bounds/limits.ts';
import { faultyDisk, type FaultyDisk } from '../helpers/hostile/faulty-storage.ts';
import { times } from '../helpers/tools/depth.ts';
import {
  activate,
  ALICE,
  allergies,
  allergy,
  eventually,
  good,
  IDENTIFIANT,
  link,
  PASSWORD,
  settled,
  vaultWorld,
  type TestDevice,
  type VaultWorld,
} from '../helpers/worlds/vault-world.ts';

let world: VaultWorld;
beforeAll(async () => {
  world = await vaultWorld({ limits: { ...DEFAULT_LIMITS, createsPerHour: 100_000 } });
}, 60_000);
afterAll(() => world?.close());

const EFFECTS = ['lost', 'done'] as const;
type Effect = (typeof EFFECTS)[number];

/**
 * The calls somebody dies in. The thorough run takes each, as R04 asks, and in activation with either effect; every run
 * takes each call of an activation with one effect, and every third of a link: odd, so that the effects still take turns.
 */
const STEP = { activation: times(2, 1), link: times(3, 1) };
type Credentials = ReturnType<VaultWorld['credentials']>;

let networks = 0;

/** The authority limits how often one network asks: each device here is in one of its own. */
function elsewhere(): typeof fetch {
  const remoteAddress = `10.${networks >> 8}.${networks++ & 255}.1`;
  return async (url, init) =>
    world.carnet.authority!.routes.request(new URL(url as string).pathname, init, {
      incoming: { headers: {}, socket: { remoteAddress } },
    });
}

async function attested(): Promise<number> {
  const answer = await elsewhere()(`${world.carnet.url}/authority/log`);
  return decodeBody(LogAnswer, await answer.json())!.head.size;
}

/** Every question to the authority is counted; the process dies in the n-th, before or after it was answered. */
function mortalFetch(disk: FaultyDisk, n: number, effect: Effect) {
  const honest = elsewhere();
  let asked = 0;
  let died = (): void => {};
  const death = new Promise<void>((resolve) => (died = resolve));
  const reach: typeof fetch = async (...request) => {
    if (asked++ !== n) return honest(...request);
    if (effect === 'done') await honest(...request);
    disk.crash();
    died();
    return new Promise(() => {});
  };
  return { reach, death, asked: () => asked };
}

/** What a person does who finds the device as it is now. */
async function carryOn(device: TestDevice, credentials: Credentials): Promise<void> {
  const vault = await device.reopen();
  const status = good(await vault.status());
  if (status.type === 'empty') return activate(device, credentials);
  expect(status.type).toBe('locked');
  good(await vault.unlock({ identifiant: IDENTIFIANT, password: PASSWORD }));
  if (good(await vault.status()).type === 'activating') {
    const kit = good(await vault.kit());
    good(await vault.confirmKit(kit.asked.map((place) => kit.words[place - 1]!) as [string, string, string]));
  }
}

async function expectWhole(device: TestDevice, when: string): Promise<void> {
  const { vault } = device;
  expect(good(await vault.status()), when).toEqual({ type: 'unlocked' });
  good(await vault.edit('moi', [allergy('Arachide')]));
  await settled(device);
  expect(await allergies(device), when).toEqual(['Arachide']);
  const { owner } = good(await vault.record('moi'));
  expect(owner.firstName, when).not.toBe('');
  expect(good(await vault.devices()), when).toHaveLength(1);
  expect(good(await vault.notices()), when).toEqual([]);
  const keys = (await device.disk.content()).map(({ key }) => key.join('/'));
  expect(keys, when).not.toContain('account/root');
  await vault.lock();
}

test.each(EFFECTS)(
  'R04: killed in every single call to the disk during activation, its effect %s: the same code still leads to one whole account',
  async (effect) => {
    const calm = world.device({ fetch: elsewhere() });
    await activate(calm, await world.newCredentials(0));
    const { calls } = calm.disk;
    await calm.vault.lock();
    expect(calls).toBeGreaterThan(20);
    for (let n = EFFECTS.indexOf(effect) % STEP.activation; n < calls; n += STEP.activation) {
      const credentials = await world.newCredentials(0);
      const before = await attested();
      const device = world.device({ fetch: elsewhere() });
      const died = device.disk.crashInCall(n, effect);
      await Promise.race([died, activate(device, credentials)]);
      await carryOn(device, credentials);
      await expectWhole(device, `killed in call ${n} of ${calls}`);
      expect(await attested()).toBe(before + 1);
    }
  },
  180_000,
);

test('R04: killed while the authority is asked, before or after it answered: the code is not lost, and used once', async () => {
  for (const effect of EFFECTS)
    for (let n = 0; n < 2; n++) {
      const credentials = await world.newCredentials(1);
      const before = await attested();
      const disk = faultyDisk();
      const { reach, death, asked } = mortalFetch(disk, n, effect);
      const device = world.device({ disk, fetch: reach });
      await Promise.race([death, activate(device, credentials)]);
      expect(asked()).toBe(n + 1);
      await carryOn(device, credentials);
      await expectWhole(device, `killed at question ${n}, its effect ${effect}`);
      expect(await attested()).toBe(before + 1);
    }
}, 60_000);

async function founded(): Promise<TestDevice> {
  const laptop = world.device({ fetch: elsewhere() });
  await activate(laptop, await world.newCredentials(2));
  good(await laptop.vault.edit('moi', [allergy('Latex')]));
  await settled(laptop);
  return laptop;
}

/** The person ends what is still shown, and the two are linked again from the start. */
async function linkAgain(laptop: TestDevice, phone: TestDevice): Promise<void> {
  laptop.events.length = 0;
  phone.events.length = 0;
  good(await laptop.vault.cancelLink());
  await link(laptop, phone);
}

/** Both hold the same record and hear of each other's edits; a device that never got its keys stands in the list at most. */
async function expectLinked(laptop: TestDevice, phone: TestDevice, when: string): Promise<void> {
  await eventually(
    async () => good(await phone.vault.record('moi')).editable,
    (editable) => editable,
  );
  good(await phone.vault.edit('moi', [allergy('Du téléphone')]));
  good(await laptop.vault.edit('moi', [allergy('Du portable')]));
  for (const device of [laptop, phone])
    await eventually(
      () => allergies(device),
      (names) => names.join() === 'Du portable,Du téléphone,Latex',
    );
  for (const device of [laptop, phone]) {
    const devices = good(await device.vault.devices());
    expect([2, 3], when).toContain(devices.length);
    expect(
      good(await device.vault.notices()).filter(({ type }) => type !== 'new-device'),
      when,
    ).toEqual([]);
    await device.vault.lock();
  }
}

/** Up to the moment that somebody dies; the steps that then never end are left behind. */
async function untilDeath(laptop: TestDevice, phone: TestDevice, mortal?: TestDevice, n = 0): Promise<void> {
  const died = mortal?.disk.crashInCall(n, effectIn(n)).then(() => mortal.kill());
  await Promise.race([died ?? new Promise(() => {}), link(laptop, phone).then(() => settled(phone))]);
  mortal?.disk.repair();
}

/** Each call once: what it would have done is lost at every other one. */
const effectIn = (n: number): Effect => EFFECTS[n % 2]!;

test('R04: the new device is killed in every single call to the disk while it is linked: it is empty and linked anew, or open with the whole record', async () => {
  const calm = await founded();
  const first = world.device();
  await untilDeath(calm, first);
  const { calls } = first.disk;
  for (const device of [calm, first]) await device.vault.lock();
  expect(calls).toBeGreaterThan(10);
  for (let n = 0; n < calls; n += STEP.link) {
    const when = `killed in call ${n} of ${calls}`;
    const laptop = await founded();
    const phone = world.device();
    await untilDeath(laptop, phone, phone, n);
    const vault = await phone.reopen();
    const { type } = good(await vault.status());
    if (type === 'empty') await linkAgain(laptop, phone);
    else {
      expect(type, when).toBe('locked');
      good(await vault.unlock({ identifiant: 'alice.phone', password: PASSWORD }));
    }
    await expectLinked(laptop, phone, when);
  }
}, 240_000);

test('R04: the open device is killed in every single call to the disk while it takes another one in: it goes on, and so does the other, now or linked anew', async () => {
  const calm = await founded();
  const before = calm.disk.calls;
  const first = world.device();
  await untilDeath(calm, first);
  const calls = calm.disk.calls - before;
  for (const device of [calm, first]) await device.vault.lock();
  expect(calls).toBeGreaterThan(10);
  for (let n = 0; n < calls; n += STEP.link) {
    const laptop = await founded();
    const phone = world.device();
    await untilDeath(laptop, phone, laptop, n);
    good(await (await laptop.reopen(ALICE)).status());
    await settled(laptop);
    good(await phone.vault.cancelLink());
    if (good(await phone.vault.status()).type === 'empty') await linkAgain(laptop, phone);
    await expectLinked(laptop, phone, `killed in call ${n} of ${calls}`);
  }
}, 240_000);
