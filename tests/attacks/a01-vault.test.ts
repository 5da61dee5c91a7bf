/**
 * A01 with whole vaults: while a device is linked, and in the account's chain, the relay shows keys of its own. Counted is
 * to whom anything is sealed; looked at is what the person is told.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { hex, type Bytes } from '#lib/bytes/bytes.ts';
import { systemRandom } from '#lib/crypto/random.ts';
import { addressOf, type GenesisBundle } from '#lib/keys/address.ts';
import { acceptAddress, genesisBody } from '#lib/keys/chain-body.ts';
import type { DeviceKeys } from '#lib/keys/device.ts';
import {
  linkKeys,
  newDeviceReceives,
  openDeviceReceives,
  openLinkMessage,
  parseLinkCode,
  sealLinkMessage,
  startNewDevice,
  startOpenDevice,
  type LinkStep,
} from '#lib/keys/link.ts';
import { accountKey } from '#lib/keys/root.ts';
import type { LinkState } from '#lib/vault/door/door.ts';
import type { Spaces } from '#lib/vault/spaces/spaces.ts';
import {
  delays,
  drops,
  evilRelay,
  flips,
  reorders,
  replays,
  substitutes,
  swaps,
  truncates,
  type Act,
  type EvilRelay,
} from '../helpers/hostile/evil-relay.ts';
import { deviceNamed, pen, person, type Person } from '../helpers/people/people.ts';
import { seededRandom } from '../helpers/tools/random.ts';
import { spacesOf } from '../helpers/people/vault-keys.ts';
import {
  activate,
  ALICE,
  ALICE_ON_PHONE,
  allergies,
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

const sealedTo = vi.hoisted((): string[] => []);
vi.mock('#lib/crypto/sealing.ts', async (original) => {
  const real = await original<typeof import('#lib/crypto/sealing.ts')>();
  return {
    ...real,
    sealBox: (box: Parameters<typeof real.sealBox>[0]) => {
      sealedTo.push(Buffer.from(box.recipient).toString('hex'));
      return real.sealBox(box);
    },
  };
});

let world: VaultWorld;
let evil: EvilRelay;
let laptop: TestDevice;
let phone: TestDevice; // linked in the end
let spaces: Spaces;
let mallory: Person;
let mallorysPhone: DeviceKeys;
let links = 0;

beforeAll(async () => {
  world = await vaultWorld();
  evil = evilRelay();
  laptop = world.device({ line: evil.line('laptop') });
  await activate(laptop, world.credentials(0));
  await settled(laptop);
  spaces = await spacesOf(laptop.disk, ALICE);
  [mallory, mallorysPhone] = await Promise.all([person('Mallory'), deviceNamed("Mallory's phone")]);
}, 60_000);
afterAll(() => world?.close());
beforeEach(() => void (sealedTo.length = 0));
afterEach(() => void (evil.script = []));

const told = async (device: TestDevice): Promise<number> =>
  good(await device.vault.notices()).filter(({ type }) => type === 'key-substituted').length;

/** A new device that shows its code. */
async function waiting(): Promise<{ phone: TestDevice; name: string; code: string; topic: string }> {
  const name = `phone ${links++}`;
  const phone = world.device({ line: evil.line(name) });
  const vault = await phone.reopen();
  good(await vault.linkThisDevice({ ...ALICE_ON_PHONE, deviceName: 'Téléphone' }));
  const { link: shown } = await phone.until('link', ({ link }) => link.type === 'waiting');
  const code = shown.type === 'waiting' ? shown.code : '';
  const parsed = parseLinkCode(code);
  if (!parsed.ok) throw new Error(code);
  laptop.events.length = 0;
  return { phone, name, code, topic: hex((await linkKeys(parsed.value)).topic) };
}

async function ended(device: TestDevice): Promise<LinkState> {
  const { link } = await device.until('link', ({ link }) => link.type === 'failed' || link.type === 'done');
  return link;
}

const compared = async (device: TestDevice): Promise<string> => {
  const { link } = await device.until('link', (event) => event.link.type === 'compare');
  return link.type === 'compare' ? link.phrase.join(' ') : '';
};

describe('A01: the relay stands between two devices that are being linked', () => {
  const random = seededRandom('A01 link');
  const hostile: [string, (topic: string) => readonly Act[]][] = [
    ['flips a bit of every frame', () => [flips(random)]],
    ['cuts every frame short', () => [truncates(random)]],
    ['shows frames of other topics', () => [swaps(evil, random, 1)]],
    ['shows nothing but its own bytes', (topic) => [substitutes(topic, [random(600), random(2_900)])]],
    ['shows nothing', (topic) => [drops((shown) => shown.topic === topic)]],
  ];

  test.each(hostile)(
    'A01: it %s of the talk: nothing is sealed to anybody, no device is added, and Alice is told',
    async (_, acts) => {
      const { phone, code, topic } = await waiting();
      evil.script = acts(topic).map((act) => ({
        shows: (frames, device) =>
          frames.every((shown) => shown.topic === topic) ? (act.shows?.(frames, device) ?? frames) : frames,
      }));
      laptop.hurry = 10; // nobody is waited for in vain for long
      good(await (await proven(laptop)).linkOtherDevice({ code }));
      laptop.hurry = 1;
      expect(await ended(laptop)).toEqual({ type: 'failed', error: { type: 'link-code-wrong' } });
      expect(sealedTo).toEqual([]);
      expect(good(await laptop.vault.devices())).toHaveLength(1);
      await phone.vault.cancelLink();
      expect(good(await phone.vault.status())).toEqual({ type: 'empty' });
    },
    60_000,
  );

  test('A01: with the code, it plays each device to the other: the phrases differ, and nothing is sealed', async () => {
    const { phone, name, code, topic } = await waiting();
    const keys = await linkKeys(code.replaceAll(/[^0-9A-Z]/g, ''));
    const now = Date.now();
    const start = { random: systemRandom, now };
    const asOpen = startOpenDevice({
      ...start,
      device: mallory.device,
      address: mallory.address,
      name: 'Portable',
    });
    const asNew = startNewDevice({ ...start, device: mallorysPhone, name: 'Téléphone' });
    // Each hears only what it says itself, and Mallory.
    evil.script = [drops((shown, device) => shown.topic === topic && evil.writer(shown.id) !== device)];

    const talks = [
      impersonate(name, asOpen, openDeviceReceives),
      impersonate('laptop', asNew, newDeviceReceives),
    ];
    /** Hears everything that a device says, and answers it in the other's place. */
    function impersonate<S>(
      victim: string,
      first: LinkStep<S>,
      receives: (state: S, message: Bytes, at: number) => Promise<LinkStep<S>>,
    ): () => Promise<void> {
      let { state } = first;
      let unsaid = first.send;
      const heard = new Set<string>();
      return async () => {
        for (const { id, frame } of evil.frames(topic)) {
          if (heard.has(id) || evil.writer(id) !== victim || !frame) continue;
          heard.add(id);
          const step = await receives(state, openLinkMessage(keys, frame)!, now);
          state = step.state;
          unsaid = [...unsaid, ...step.send];
        }
        if (unsaid.length > 0 && !evil.listens(victim, topic)) return;
        for (const message of unsaid) say(victim, message);
        unsaid = [];
      };
    }
    function say(victim: string, message: Bytes): void {
      evil.inject(topic, sealLinkMessage(keys, message, systemRandom), { device: victim });
    }

    good(await (await proven(laptop)).linkOtherDevice({ code }));
    const comparing = (device: TestDevice) =>
      device.events.some((event) => event.type === 'link' && event.link.type === 'compare');
    await eventually(
      async () => {
        for (const talk of talks) await talk();
        return [comparing(laptop), comparing(phone)];
      },
      (both) => both.every(Boolean),
    );
    expect(await compared(laptop)).not.toBe(await compared(phone));
    good(await laptop.vault.confirmLink(false));
    good(await phone.vault.confirmLink(false));
    for (const device of [laptop, phone])
      expect(await ended(device)).toEqual({ type: 'failed', error: { type: 'link-refused' } });
    expect(sealedTo).toEqual([]);
    expect(good(await laptop.vault.devices())).toHaveLength(1);
  }, 60_000);

  test('A01: with the code, it speaks beside them: both stop, say that somebody took part, and the laptop keeps a warning', async () => {
    const before = await told(laptop);
    const { phone, code, topic } = await waiting();
    const keys = await linkKeys(code.replaceAll(/[^0-9A-Z]/g, ''));
    good(await (await proven(laptop)).linkOtherDevice({ code }));
    await Promise.all([compared(laptop), compared(phone)]);
    const hello = startNewDevice({
      device: mallorysPhone,
      name: 'Téléphone',
      random: systemRandom,
      now: Date.now(),
    });
    evil.inject(topic, sealLinkMessage(keys, hello.send[0]!, systemRandom));
    for (const device of [laptop, phone]) {
      const { link: state } = await device.until('link', ({ link }) => link.type === 'failed');
      expect(['link-intercepted', 'link-refused']).toContain(state.type === 'failed' && state.error.type);
    }
    await eventually(
      () => told(laptop),
      (count) => count === before + 1,
    );
    expect(sealedTo).toEqual([]);
    expect(good(await laptop.vault.devices())).toHaveLength(1);
  }, 60_000);

  test('A01: late, doubled and out of order, the talk still ends between the right two, and seals to the new device alone', async () => {
    const random = seededRandom('A01 late');
    evil.script = [reorders(), replays(evil, 2), delays(random, 40)];
    phone = world.device({ line: evil.line('phone') });
    laptop.events.length = 0;
    await link(laptop, phone);
    await eventually(
      () => allergies(phone),
      (names) => names.length === 0,
    );
    const { devices } = await chainOf(phone);
    expect(devices.size).toBe(2);
    const own = hex(devices.get(hex((await keysOf(phone)).id))!.bundle.sealing);
    expect(new Set(sealedTo)).toEqual(new Set([own]));
  }, 60_000);
});

const credentialsOf = (device: TestDevice) => (device === laptop ? ALICE : ALICE_ON_PHONE);

async function keysOf(device: TestDevice): Promise<DeviceKeys> {
  return (await spacesOf(device.disk, credentialsOf(device))).device;
}

async function chainOf(device: TestDevice) {
  return (await spacesOf(device.disk, credentialsOf(device))).chainState();
}

test("A01: the relay, which knows Alice's address, founds her chain with other keys: nobody takes them, she is warned once, and rotating seals to her own alone", async () => {
  const { genesis, devices } = await chainOf(laptop);
  const topic = hex(spaces.chain.epochs()[0]!.topic);
  const random = seededRandom('A01 chain');
  const forgeries: GenesisBundle[] = [
    mallory.genesis,
    { ...genesis!, account: mallory.genesis.account },
    { ...genesis!, recovery: mallory.genesis.recovery },
    { ...genesis!, device: mallory.genesis.device },
    { ...genesis!, device: { ...genesis!.device, sealing: mallory.genesis.device.sealing } },
    { ...genesis!, nonce: random(32) },
  ];
  expect(await told(phone)).toBe(0);
  for (const forged of forgeries) {
    const word = await acceptAddress(addressOf(forged), mallory.device.bundle, mallory.device.signer);
    const body = await genesisBody(forged, word, await accountKey(mallory.root));
    const { frame } = await pen(spaces.chain.epochs()[0]!, random).write(mallory.device, body);
    evil.inject(topic, frame);
  }
  await eventually(
    () => told(phone),
    (count) => count > 0,
  );
  for (const device of [laptop, phone]) {
    expect(await told(device)).toBe(1);
    expect((await chainOf(device)).devices).toEqual(devices);
  }

  const other = good(await laptop.vault.devices()).find(({ thisDevice }) => !thisDevice)!;
  good(await laptop.vault.revokeDevice(other.id));
  good(await laptop.vault.edit('moi', [allergy('Pollen')]));
  await settled(laptop);
  const self = spaces.device.bundle.sealing;
  expect(sealedTo.length).toBeGreaterThan(0);
  expect(new Set(sealedTo)).toEqual(new Set([self, genesis!.recovery].map(hex)));
});
