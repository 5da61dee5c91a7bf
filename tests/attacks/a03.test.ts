import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { concat, hex, type Bytes } from '#lib/bytes/bytes.ts';
import { frameId, sealFrame } from '#lib/crypto/frame.ts';
import { acceptAddress, addDeviceBody, recoverBody, revokeDeviceBody } from '#lib/keys/chain-body.ts';
import { chainEpoch, chainSpaceId } from '#lib/keys/chain.ts';
import type { DeviceKeys } from '#lib/keys/device.ts';
import { deriveEpoch, type EpochKeys } from '#lib/keys/epoch.ts';
import { openChain } from '#lib/keys/open-chain.ts';
import { accountKey } from '#lib/keys/root.ts';
import { decodeInner, encodeInner, sayingOf, signInner, type FrameInner } from '#lib/keys/signed.ts';
import { flipped, pen, person, deviceNamed, type Person, type Written } from '../helpers/people/people.ts';
import { seededRandom } from '../helpers/tools/random.ts';
import { chainSecrets } from '../helpers/people/chain-secrets.ts';

/**
 * A03: the relay, or whoever holds the keys to write there, adds a device to Alice's account. The relay knows neither
 * the frame key (it follows from the address) nor any signing key; the worst here knows the first.
 */
const random = seededRandom('A03');
let alice: Person;
let mallory: Person;
let phone: DeviceKeys;
let evil: DeviceKeys;
let keys: EpochKeys;
let chain: ReturnType<typeof pen>;
let honest: Written[];
let evilBody: Bytes;

beforeAll(async () => {
  [alice, mallory] = await Promise.all([person('Alice'), person('Mallory')]);
  [phone, evil] = await Promise.all([deviceNamed('phone'), deviceNamed('evil')]);
  keys = await deriveEpoch(chainSpaceId(alice.address), chainEpoch(alice.address, chainSecrets(alice.root)));
  evilBody = addDeviceBody(evil.bundle, await acceptAddress(alice.address, evil.bundle, evil.signer));
});

/** Laptop, phone added, phone revoked. */
beforeEach(async () => {
  chain = pen(keys, random);
  const genesis = await chain.write(alice.device, alice.genesisBody);
  const acceptance = await acceptAddress(alice.address, phone.bundle, phone.signer);
  const added = await chain.write(alice.device, addDeviceBody(phone.bundle, acceptance), [genesis]);
  const revoked = await chain.write(alice.device, revokeDeviceBody(hex(phone.id)), [added]);
  honest = [genesis, added, revoked];
});

async function expectUnchanged(...injected: Bytes[]) {
  const frames = honest.map(({ frame }) => frame);
  const before = await openChain(alice.address, frames);
  const after = await openChain(alice.address, [...injected, ...frames]);
  expect([...after.state.active]).toEqual([hex(alice.device.id)]);
  for (const [id, device] of before.state.devices) expect(after.state.devices.get(id)).toEqual(device);
  expect(after.state.heads).toEqual(before.state.heads);
  return after;
}

function innerOf(author: DeviceKeys, seq: number, body: Bytes, ...after: Written[]): FrameInner {
  const before = seq === 1 ? [] : [honest[0]!.id];
  const clock = { time: Date.UTC(2026, 5, 1), counter: 0 };
  return { author: author.id, seq, before, deps: after.map(({ id }) => id), clock, body };
}

const aad = () => ({ space: keys.space, epoch: 0, kind: 'control' as const });
const sealed = (inner: Bytes) => sealFrame(keys.frameKey, 'control', inner, random);

describe("A03: nobody but Alice's active devices and her kit adds a device", () => {
  test('A03: an unsigned addition leaves her devices as they were, and is named as refused', async () => {
    const inner = innerOf(alice.device, 4, evilBody, honest[2]!);
    for (const signature of [new Uint8Array(64), random(64)]) {
      const frame = sealed(encodeInner(inner, signature));
      const { refused } = await expectUnchanged(frame);
      expect(refused).toEqual([frameId(frame)]);
    }
  });

  test("A03: an addition in her laptop's name signed by another key leaves them as they were", async () => {
    const inner = innerOf(alice.device, 4, evilBody, honest[2]!);
    for (const forger of [mallory.device, evil, phone]) {
      const frame = sealed(await signInner(aad(), inner, forger.signer));
      const { refused } = await expectUnchanged(frame);
      expect(refused).toEqual([frameId(frame)]);
    }
  });

  test('A03: an addition by the device that is to be added leaves them as they were', async () => {
    await expectUnchanged(
      sealed(await signInner(aad(), innerOf(evil, 1, evilBody, honest[2]!), evil.signer)),
    );
  });

  test('A03: an addition by the revoked phone, after its revocation or dated back beside it, changes nothing', async () => {
    const [genesis, added, revoked] = honest as [Written, Written, Written];
    for (const after of [[revoked], [added], [genesis], []]) {
      const inner = await signInner(aad(), innerOf(phone, 1, evilBody, ...after), phone.signer);
      const { state } = await expectUnchanged(sealed(inner));
      const saying = sayingOf(keys.space, 'control', decodeInner(inner)!.signed);
      expect([...state.rejected.keys()]).toEqual([hex(saying)]);
    }
  });

  test('A03: a signature taken from an honest frame fits no other body', async () => {
    const signature = honest[1]!.inner.slice(-64);
    await expectUnchanged(sealed(encodeInner(innerOf(alice.device, 2, evilBody, honest[0]!), signature)));
  });

  test('A03: an honest addition for another person, carried over, changes nothing', async () => {
    const others = await deriveEpoch(
      chainSpaceId(mallory.address),
      chainEpoch(mallory.address, chainSecrets(mallory.root)),
    );
    const foreign = pen(others, random);
    const genesis = await foreign.write(mallory.device, mallory.genesisBody);
    const acceptance = await acceptAddress(mallory.address, evil.bundle, evil.signer);
    const added = await foreign.write(mallory.device, addDeviceBody(evil.bundle, acceptance), [genesis]);
    await expectUnchanged(genesis.frame, added.frame, sealed(genesis.inner), sealed(added.inner));
  });

  test("A03: a recovery signed by anything but Alice's account key changes nothing", async () => {
    const forged = await recoverBody(alice.address, evil.bundle, [], await accountKey(mallory.root));
    const own = await recoverBody(mallory.address, evil.bundle, [], await accountKey(mallory.root));
    const stolen = concat(forged.slice(0, -64), alice.genesisBody.slice(-64));
    for (const body of [forged, own, stolen]) {
      await expectUnchanged(sealed(await signInner(aad(), innerOf(evil, 1, body, honest[2]!), evil.signer)));
    }
  });

  test('A03: 300 honest frames with a bit flipped, by one who has the frame key, change nothing', async () => {
    for (let i = 0; i < 300; i++) {
      const { inner } = random.pick(honest);
      const altered = flipped(inner, random.int(inner.length * 8));
      await expectUnchanged(sealed(altered));
    }
  });
});
