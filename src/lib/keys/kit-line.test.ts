/** Which kit is the account's: each names the next, and what an older one signs beside or after that is nobody's word. */
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { hex, type Bytes } from '#lib/bytes/bytes.ts';
import { account, type Account } from '../../../tests/helpers/people/chains.ts';
import { deviceNamed } from '../../../tests/helpers/people/people.ts';
import { seededRandom } from '../../../tests/helpers/tools/random.ts';
import { evaluateChain, type ChainEntry } from './chain.ts';
import { decodeChainBody, recoverBody, succeedBody, verifyChainBody } from './chain-body.ts';
import type { DeviceKeys } from './device.ts';
import { recipientsOf } from './rotations.ts';
import { accountKey, generateRoot, recoverySealing } from './root.ts';

let laptop: DeviceKeys;
let phone: DeviceKeys;
let tablet: DeviceKeys;
let thief: DeviceKeys;
let alice: Account;
let second: Bytes;
let third: Bytes;

beforeAll(async () => {
  [laptop, phone, tablet, thief] = await Promise.all([
    deviceNamed('kit laptop'),
    deviceNamed('kit phone'),
    deviceNamed('kit tablet'),
    deviceNamed('kit thief'),
  ]);
  second = generateRoot(seededRandom('a kit'));
  third = generateRoot(seededRandom('another kit'));
});

beforeEach(async () => {
  alice = await account('Alice of the kits', laptop);
  await alice.add(laptop, phone);
});

const isActive = (device: DeviceKeys, entries = alice.entries()) =>
  evaluateChain(alice.address, [...entries]).active.has(hex(device.id));
const isKit = async (root: Bytes) =>
  expect(hex(alice.state().kits.at(-1)!.account)).toBe(hex((await accountKey(root)).publicKey));

/** In whichever order the statements arrive. */
async function inAnyOrder(check: (entries: readonly ChainEntry[]) => unknown): Promise<void> {
  const random = seededRandom('orders');
  for (let i = 0; i < 12; i++) await check(random.shuffle(alice.entries()));
}

test('a new kit recovers, and the one that it replaced does so no more', async () => {
  await alice.succeed(laptop, alice.root, second);
  await alice.succeed(phone, second, third);
  await isKit(third);
  await alice.recover(thief, [], alice.entries(), alice.root);
  await alice.recover(thief, [], alice.entries(), second);
  await inAnyOrder((entries) => expect(isActive(thief, entries)).toBe(false));
  expect(isActive(laptop)).toBe(true);
  await alice.recover(tablet, [], alice.entries(), third);
  expect(isActive(tablet)).toBe(true);
  expect(isActive(laptop)).toBe(false);
});

test('what an old kit dates back, beside the one that replaced it, is void; what it had said before stays', async () => {
  const before = [...alice.entries()];
  await alice.recover(tablet, [hex(laptop.id)], before);
  await alice.succeed(laptop, alice.root, second);
  await alice.recover(thief, [], before);
  await inAnyOrder((entries) => {
    expect(isActive(thief, entries)).toBe(false);
    expect(isActive(tablet, entries)).toBe(true);
    expect(isActive(laptop, entries)).toBe(true);
  });
});

test('an old kit in the hands of somebody without a device names no successor, however small its hash', async () => {
  for (let i = 0; i < 8; i++) {
    alice = await account(`Alice and thief ${i}`, laptop);
    const before = [...alice.entries()];
    await alice.succeed(laptop, alice.root, second);
    const in_ = await alice.recover(thief, [], before);
    await alice.succeed(thief, alice.root, third, [...before, in_]);
    await isKit(second);
    await inAnyOrder((entries) => expect(isActive(thief, entries)).toBe(false));
  }
});

test('a device that was revoked before names no successor beside the one that counts', async () => {
  for (let i = 0; i < 8; i++) {
    alice = await account(`Alice and lost phone ${i}`, laptop);
    await alice.add(laptop, phone);
    const before = [...alice.entries()];
    await alice.revoke(laptop, hex(phone.id));
    await alice.succeed(laptop, alice.root, second);
    await alice.succeed(phone, alice.root, third, before);
    await isKit(second);
  }
});

test('an old kit that has heard of the one that replaced it names no successor, whatever becomes of who had named that', async () => {
  for (let i = 0; i < 8; i++) {
    alice = await account(`Alice and finder ${i}`, laptop);
    await alice.add(laptop, phone);
    await alice.succeed(laptop, alice.root, second);
    await alice.revoke(phone, hex(laptop.id));
    const found = await alice.recover(thief, [], alice.entries());
    await alice.succeed(thief, alice.root, third, [...alice.entries(), found]);
    await isKit(second);
    expect(isActive(thief)).toBe(false);
  }
});

test('very many rivals of one kit are judged in bounded time', async () => {
  const before = [...alice.entries()];
  await alice.succeed(laptop, alice.root, second);
  const found = await alice.recover(thief, [], before);
  for (let i = 0; i < 40; i++)
    await alice.succeed(thief, alice.root, generateRoot(seededRandom(`rival ${i}`)), [...before, found]);
  await isKit(second);
});

test('K1: the phone that named a new kit is revoked by a laptop that had not heard of it, and the new kit stays', async () => {
  const before = [...alice.entries()];
  await alice.succeed(phone, alice.root, second);
  await alice.revoke(laptop, hex(phone.id), before);
  await isKit(second);
  expect(isActive(phone)).toBe(false);
  expect([...alice.state().rejected.values()]).toEqual([]);
  await alice.recover(tablet, [], alice.entries(), second);
  expect(isActive(tablet)).toBe(true);
});

test('a kit that no kit of the account signed is none, and one that was in use before is none again', async () => {
  await alice.succeed(laptop, third, second);
  await isKit(alice.root);
  await alice.succeed(laptop, alice.root, second);
  await alice.succeed(laptop, second, alice.root);
  await isKit(second);
});

test('A03: a recovery and a successor that say they are by the kit, and that the kit did not sign, are none', async () => {
  const [own, forger] = [await accountKey(alice.root), await accountKey(third)];
  const mask = { publicKey: own.publicKey, sign: (bytes: Bytes) => forger.sign(bytes) };
  const next = { account: forger, recovery: (await recoverySealing(third)).publicKey };
  const genesis = alice.state().genesis!;
  const bodies = [
    await recoverBody(alice.address, thief.bundle, [], mask),
    await succeedBody(alice.address, next, mask),
    await succeedBody(alice.address, { ...next, account: { ...forger, sign: own.sign } }, own),
  ];
  for (const body of bodies)
    expect(await verifyChainBody(alice.address, genesis, decodeChainBody(body)!)).toBe(false);
  const good = await succeedBody(alice.address, next, own);
  expect(await verifyChainBody(alice.address, genesis, decodeChainBody(good)!)).toBe(true);
});

test('epochs are sealed to the kit in use, as the chain is known then', async () => {
  const before = [...alice.entries()];
  await alice.succeed(laptop, alice.root, second);
  const sealedTo = (entries: readonly ChainEntry[]) =>
    recipientsOf([alice.address], () => evaluateChain(alice.address, [...entries]))
      .recipients.filter(({ id }) => ![laptop, phone].some((device) => hex(device.id) === hex(id)))
      .map(({ sealing }) => hex(sealing));
  expect(sealedTo(before)).toEqual([hex((await recoverySealing(alice.root)).publicKey)]);
  expect(sealedTo(alice.entries())).toEqual([hex((await recoverySealing(second)).publicKey)]);
});
