/**
 * D04: a device is added, or the kit replaced, behind the back of the others, by a device whose clock was set back: dates prove
 * nothing. Every other device is told.
 */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemRandom } from '#lib/crypto/random.ts';
import { acceptAddress, addDeviceBody } from '#lib/keys/chain-body.ts';
import { generateDevice, openDevice } from '#lib/keys/device.ts';
import type { Kit } from '#lib/vault/door/door.ts';
import { sent, takeOver } from '../helpers/hostile/hostile-device.ts';
import {
  ALICE,
  activateWithKit,
  eventually,
  good,
  link,
  settled,
  vaultWorld,
  type TestDevice,
  type VaultWorld,
} from '../helpers/worlds/vault-world.ts';

let world: VaultWorld;
let laptop: TestDevice;
let phone: TestDevice;
let kit: Kit;
beforeEach(async () => {
  world = await vaultWorld();
  [laptop, phone] = [world.device(), world.device()];
  kit = await activateWithKit(laptop, world.credentials(0));
  await link(laptop, phone);
  await settled(phone);
});
afterEach(() => world.close());

const toldOf = (type: string) =>
  eventually(
    async () => good(await phone.vault.notices()).map((notice) => notice.type as string),
    (types) => types.includes(type),
    8_000,
  );

test('D04: the laptop of which the clock was set back adds a device: the phone, added just before, is told', async () => {
  const thief = await takeOver(world, laptop, ALICE, () => 0);
  const added = await openDevice(generateDevice(systemRandom));
  const accepted = await acceptAddress(thief.identity().address, added.bundle, added.signer);
  expect((await thief.spaces.chain.replica.control(addDeviceBody(added.bundle, accepted))).ok).toBe(true);
  await sent(thief);
  expect(await toldOf('new-device')).toEqual(['new-device']);
  await thief.close();
});

test('D04: the kit is replaced on the laptop by somebody who has it: the phone is told that the old one opens nothing', async () => {
  const next = good(await laptop.vault.newKit({ kit: { words: kit.words.join(' ') } }));
  const asked = next.asked.map((position) => next.words[position - 1]!) as [string, string, string];
  good(await laptop.vault.confirmNewKit(asked));
  expect(await toldOf('kit-replaced')).toEqual(['kit-replaced']);
  expect(good(await laptop.vault.notices()).map(({ type }) => type)).toEqual([]);
});

test('two devices make a new kit at once: the one whose kit is none is told', async () => {
  const both = await Promise.all(
    [laptop, phone].map(async ({ vault }) =>
      good(await vault.newKit({ kit: { words: kit.words.join(' ') } })),
    ),
  );
  const confirm = ({ vault }: TestDevice, { asked, words }: Kit) =>
    vault.confirmNewKit(asked.map((position) => words[position - 1]!) as [string, string, string]);
  for (const done of await Promise.all([confirm(laptop, both[0]!), confirm(phone, both[1]!)])) good(done);
  const told = async ({ vault }: TestDevice) =>
    good(await vault.notices()).some(({ type }) => type === 'kit-replaced');
  const outcome = await eventually(
    async () => [await told(laptop), await told(phone)],
    ([a, b]) => a !== b,
  );
  const lookUp = async ({ words }: Kit) =>
    (await world.device().reopen()).lookUpKit({ kit: { words: words.join(' ') } });
  const opens = [(await lookUp(both[0]!)).ok, (await lookUp(both[1]!)).ok];
  expect(opens).toEqual(outcome.map((isTold) => !isTold));
}, 40_000);
