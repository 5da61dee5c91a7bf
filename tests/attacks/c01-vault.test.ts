/**
 * C01, C02 and C03 with whole vaults: a relay that goes back in time, keeps one device's words from the other, or keeps
 * the two apart, and what the person is told of it.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fromBase64url } from '#lib/bytes/base64url.ts';
import { hex } from '#lib/bytes/bytes.ts';
import type { SecurityNotice } from '#lib/vault/door/door.ts';
import {
  drops,
  evilRelay,
  forks,
  rollsBack,
  type EvilRelay,
  type Mark,
} from '../helpers/hostile/evil-relay.ts';
import {
  activate,
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

let world: VaultWorld;
let evil: EvilRelay;
let laptop: TestDevice;
let phone: TestDevice;
const marks: Mark[] = [];

beforeAll(async () => {
  world = await vaultWorld();
  evil = evilRelay();
  laptop = world.device({ line: evil.line('laptop') });
  phone = world.device({ line: evil.line('phone') });
  await activate(laptop, world.credentials(0));
  await link(laptop, phone);
  for (const [i, name] of ['Arachide', 'Pollen', 'Latex', 'Iode'].entries()) {
    marks.push(evil.mark());
    const writer = [laptop, phone][i % 2]!;
    good(await writer.vault.edit('moi', [allergy(name)]));
    await both(({ length }) => length === i + 1);
  }
}, 120_000);
afterAll(() => world?.close());

async function both(isGood: (names: string[]) => boolean): Promise<void> {
  for (const device of [laptop, phone]) {
    await eventually(() => allergies(device), isGood);
    await settled(device);
  }
}

async function warnings(device: TestDevice, ...types: SecurityNotice['type'][]): Promise<number> {
  return good(await device.vault.notices()).filter(({ type }) => types.includes(type)).length;
}

/** New lines, as after a lost network. */
async function reconnect(...devices: TestDevice[]): Promise<void> {
  for (const device of devices) device.setOnline(false);
  for (const device of devices) {
    device.setOnline(true);
    good(await device.vault.retry());
  }
}

/** The topic of the record, where all the health data goes. */
async function recordTopic(): Promise<string> {
  const { topics } = good(await laptop.vault.footprint());
  return hex(fromBase64url(topics.at(-1)!.topic)!);
}

test('C01: at every moment that Alice is taken back to, she keeps what she has, is warned, and in the end the relay has it all again', async () => {
  const names = await allergies(laptop);
  expect(names).toHaveLength(4);
  for (const device of [laptop, phone]) expect(await warnings(device, 'rollback')).toBe(0);
  for (const mark of marks.toReversed()) {
    const before = [await warnings(laptop, 'rollback'), await warnings(phone, 'rollback')];
    evil.script = [rollsBack(mark)];
    await reconnect(laptop, phone);
    for (const [i, device] of [laptop, phone].entries()) {
      await eventually(
        () => warnings(device, 'rollback'),
        (count) => count > before[i]!,
      );
      expect(await allergies(device)).toEqual(names);
    }
    evil.script = [];
    await reconnect(laptop, phone);
    await both((now) => now.length === names.length);
  }
});

test("C02: the relay keeps the laptop's words from the phone, and the phone is told so by what the laptop says elsewhere", async () => {
  const record = await recordTopic();
  const before = await warnings(phone, 'gap', 'fork');
  evil.script = [
    drops(({ topic, id }, device) => device === 'phone' && topic === record && evil.writer(id) === 'laptop'),
  ];
  good(await laptop.vault.edit('moi', [allergy('Morphine')]));
  await settled(laptop);
  // The laptop tells its heads when something came to it: here, a word of the phone's.
  good(await phone.vault.edit('moi', [allergy('Aspirine')]));
  await eventually(
    () => warnings(phone, 'gap', 'fork'),
    (count) => count > before,
  );
  expect(await allergies(phone)).not.toContain('Morphine');
  expect(await allergies(laptop)).toContain('Aspirine');

  evil.script = [];
  await reconnect(phone);
  await both((names) => names.includes('Morphine') && names.includes('Aspirine'));
});

test('C03: kept in two worlds, the devices are warned as soon as one word crosses, and nothing that was written is lost', async () => {
  const known = (await allergies(laptop)).length;
  evil.script = [forks(evil, evil.mark(), [['laptop'], ['phone']])];
  for (const [i, name] of ['Sésame', 'Soja', 'Lait'].entries()) {
    good(await laptop.vault.edit('moi', [allergy(`${name} A${i}`)]));
    good(await phone.vault.edit('moi', [allergy(`${name} B${i}`)]));
  }
  await settled(laptop);
  await settled(phone);
  for (const device of [laptop, phone])
    await eventually(
      () => allergies(device),
      ({ length }) => length === known + 3,
    );

  // One head crosses, and what it stands on does not.
  const before = await warnings(laptop, 'gap', 'fork');
  const own = evil.frames(await recordTopic()).filter(({ id }) => evil.writer(id) === 'phone');
  evil.inject(await recordTopic(), own.at(-1)!.frame!, { cursor: own.at(-1)!.cursor });
  await eventually(
    () => warnings(laptop, 'gap', 'fork'),
    (count) => count > before,
  );

  evil.script = [];
  await reconnect(laptop, phone);
  await both((names) => names.length === known + 6);
  expect(await allergies(laptop)).toEqual(await allergies(phone));
});
