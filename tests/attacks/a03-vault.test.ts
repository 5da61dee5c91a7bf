/**
 * A03 with whole vaults: the relay, and whoever once had the keys, writes devices into Alice's chain. On every replica the
 * devices stay as they are, and nothing is sealed to the one that was to be added.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hex, type Bytes } from '#lib/bytes/bytes.ts';
import { sealFrame } from '#lib/crypto/frame.ts';
import { acceptAddress, addDeviceBody, recoverBody } from '#lib/keys/chain-body.ts';
import type { DeviceKeys } from '#lib/keys/device.ts';
import { encodeInner, signInner, type FrameInner } from '#lib/keys/signed.ts';
import { accountKey } from '#lib/keys/root.ts';
import type { Spaces } from '#lib/vault/spaces/spaces.ts';
import { evilRelay, type EvilRelay } from '../helpers/hostile/evil-relay.ts';
import { deviceNamed, person } from '../helpers/people/people.ts';
import { seededRandom } from '../helpers/tools/random.ts';
import { localSecretOf, spacesOn } from '../helpers/people/vault-keys.ts';
import {
  activate,
  allergy,
  allergies,
  eventually,
  good,
  link,
  PASSWORD,
  settled,
  vaultWorld,
  type TestDevice,
  type VaultWorld,
} from '../helpers/worlds/vault-world.ts';

const random = seededRandom('A03 vault');
let world: VaultWorld;
let evil: EvilRelay;
let laptop: TestDevice;
let tablet: TestDevice;
let stolen: Spaces; // of the phone, which was revoked
let intruder: DeviceKeys;

beforeAll(async () => {
  world = await vaultWorld();
  evil = evilRelay();
  laptop = world.device({ line: evil.line('laptop') });
  tablet = world.device({ line: evil.line('tablet') });
  const phone = world.device({ line: evil.line('phone') });
  await activate(laptop, world.credentials(0));
  for (const device of [phone, tablet]) {
    laptop.events.length = 0;
    await link(laptop, device);
  }
  await phone.vault.lock();
  const storage = phone.disk.open();
  stolen = await spacesOn(storage, await localSecretOf(storage, 'alice.phone', PASSWORD));
  const [revoked] = good(await laptop.vault.devices()).filter(({ id }) => id === hex(stolen.device.id));
  good(await laptop.vault.revokeDevice(revoked!.id));
  await settled(laptop);
  await eventually(
    async () => good(await tablet.vault.devices()).filter(({ revokedAt }) => revokedAt !== null).length,
    (count) => count === 1,
  );
  intruder = await deviceNamed('intruder');
}, 120_000);
afterAll(async () => {
  await stolen?.close();
  await world?.close();
});

const devicesOf = async (device: TestDevice): Promise<string> =>
  JSON.stringify(
    good(await device.vault.devices())
      .map(({ id, revokedAt }) => [id, revokedAt])
      .sort(),
  );

const refusals = async (device: TestDevice): Promise<number> =>
  good(await device.vault.notices()).filter(({ type }) => type === 'frame-refused').length;

/** Shows these frames to both devices, and waits until both have taken in what came after them. */
async function shown(...frames: Bytes[]): Promise<void> {
  const topic = hex(stolen.chain.epochs()[0]!.topic);
  for (const frame of frames) evil.inject(topic, frame);
  const name = `Après ${random.int(1_000_000)}`;
  good(await laptop.vault.edit('moi', [allergy(name)]));
  await eventually(
    () => allergies(tablet),
    (names) => names.includes(name),
  );
}

function sealed(inner: Bytes): Bytes {
  return sealFrame(stolen.chain.epochs()[0]!.frameKey, 'control', inner, random);
}

/** Adds the intruder, in the name of `author`, behind `after`. */
async function adding(author: Bytes, after: readonly Bytes[]): Promise<FrameInner> {
  const { address } = stolen.chainState();
  const acceptance = await acceptAddress(address, intruder.bundle, intruder.signer);
  const body = addDeviceBody(intruder.bundle, acceptance);
  const clock = { time: Date.now(), counter: 0 };
  return { author, seq: 9, before: [random(32)], deps: after, clock, body };
}

const aad = () => ({ space: stolen.chain.id, epoch: 0, kind: 'control' as const });
const known = (): Bytes[] => stolen.chain.replica.controls().map(({ id }) => id);
const laptopId = (): Bytes =>
  Uint8Array.from(
    Buffer.from([...stolen.chainState().devices].find(([, { addedBy }]) => addedBy === null)![0], 'hex'),
  );

test("A03: unsigned, or signed by a stranger in the laptop's name: no replica takes it, and both are told", async () => {
  const before = [await devicesOf(laptop), await devicesOf(tablet)];
  const inner = await adding(laptopId(), known().slice(0, 1));
  await shown(
    sealed(encodeInner(inner, new Uint8Array(64))),
    sealed(encodeInner(inner, random(64))),
    sealed(await signInner(aad(), inner, intruder.signer)),
    sealed(await signInner(aad(), inner, stolen.device.signer)),
  );
  for (const device of [laptop, tablet])
    await eventually(
      () => refusals(device),
      (count) => count > 0,
    );
  expect([await devicesOf(laptop), await devicesOf(tablet)]).toEqual(before);
});

test('A03: rightly signed by the intruder itself, or by the phone that was revoked, now or dated back: no replica counts it', async () => {
  const before = [await devicesOf(laptop), await devicesOf(tablet)];
  const frames: Bytes[] = [
    sealed(
      await signInner(
        aad(),
        { ...(await adding(intruder.id, known())), seq: 1, before: [] },
        intruder.signer,
      ),
    ),
  ];
  // Behind nothing, behind each word of the chain that the phone knew, and behind all of them.
  for (const after of [[], ...known().map((id) => [id]), known()]) {
    const inner = await adding(stolen.device.id, after);
    frames.push(sealed(await signInner(aad(), { ...inner, seq: 1, before: [] }, stolen.device.signer)));
  }
  await shown(...frames);
  expect([await devicesOf(laptop), await devicesOf(tablet)]).toEqual(before);
});

test("A03: a recovery that is signed by another account's key: no replica takes it", async () => {
  const before = [await devicesOf(laptop), await devicesOf(tablet)];
  const mallory = await person('Mallory');
  const { address, devices } = stolen.chainState();
  const body = await recoverBody(
    address,
    intruder.bundle,
    [...devices.keys()],
    await accountKey(mallory.root),
  );
  const inner = { ...(await adding(intruder.id, [])), seq: 1, before: [], body };
  await shown(sealed(await signInner(aad(), inner, intruder.signer)));
  expect([await devicesOf(laptop), await devicesOf(tablet)]).toEqual(before);
});

test('A03: a device that is linked after all that sees the same devices as the others, and the intruder is none of them', async () => {
  const fresh = world.device({ line: evil.line('fresh') });
  laptop.events.length = 0;
  await link(laptop, fresh);
  for (const device of [laptop, tablet, fresh]) {
    await eventually(
      async () => good(await device.vault.devices()).length,
      (count) => count === 4,
    );
    expect(good(await device.vault.devices()).map(({ id }) => id)).not.toContain(hex(intruder.id));
  }
});
