/** A03 at the authority: a device that is out fills the account's chain with its words; the others are heard all the same. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hex } from '#lib/bytes/bytes.ts';
import { revokeDeviceBody } from '#lib/keys/chain-body.ts';
import { MAX_CHAIN_FRAMES } from '#lib/protocol/callers.ts';
import { takeOver } from '../helpers/hostile/hostile-device.ts';
import {
  activate,
  ALICE_ON_PHONE,
  good,
  link,
  settled,
  vaultWorld,
  type TestDevice,
  type VaultWorld,
} from '../helpers/worlds/vault-world.ts';

let world: VaultWorld;
let laptop: TestDevice;

beforeAll(async () => {
  world = await vaultWorld();
  laptop = world.device();
  await activate(laptop, await world.newCredentials(0));
}, 60_000);
afterAll(() => world.close());

test('A03: the phone that was taken out says more than a call may carry, and Camille’s children are named to her laptop', async () => {
  const phone = world.device();
  await link(laptop, phone);
  await settled(phone);
  const lost = good(await phone.vault.devices()).find(({ thisDevice }) => thisDevice)!.id;
  phone.setOnline(false);
  const thief = await takeOver(world, phone, ALICE_ON_PHONE);
  good(await laptop.vault.revokeDevice(lost));
  await settled(laptop);
  const { chain, device } = thief.spaces;
  const before = chain.replica.controls().length;
  // Each is a statement of its own, rightly signed, and none of them counts.
  for (let n = 0; n <= MAX_CHAIN_FRAMES; n += 1)
    await chain.replica.control(revokeDeviceBody(hex(device.id), []));
  thief.wake();
  expect(chain.replica.controls().length - before).toBeGreaterThan(0);
  // Time for the words to arrive; without what keeps them out of a call this fails.
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  expect(good(await laptop.vault.children())).toHaveLength(5);
  await thief.close();
}, 90_000);
