/**
 * D04 between guardians: a device of the one, whose clock was set back, adds another. It reads the child's record from then on, so
 * the other guardian is told; dates prove nothing.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemRandom } from '#lib/crypto/random.ts';
import { acceptAddress, addDeviceBody } from '#lib/keys/chain-body.ts';
import { generateDevice, openDevice } from '#lib/keys/device.ts';
import type { RecordId } from '#lib/vault/door/door.ts';
import { sent, takeOver } from '../helpers/hostile/hostile-device.ts';
import { open, share } from '../helpers/worlds/guardians.ts';
import {
  activate,
  ALICE,
  allergy,
  eventually,
  good,
  vaultWorld,
  type TestDevice,
  type VaultWorld,
} from '../helpers/worlds/vault-world.ts';

let world: VaultWorld;
let camille: TestDevice;
let antoine: TestDevice;
let zoe: RecordId;

beforeAll(async () => {
  world = await vaultWorld();
  [camille, antoine] = [world.device(), world.device()];
  await activate(camille, await world.newCredentials(0));
  await activate(antoine, await world.newCredentials(1));
  zoe = await open(camille, 'Zoé');
  const his = await share(camille, zoe, antoine);
  await eventually(
    async () => good(await antoine.vault.record(his)).editable,
    (editable) => editable,
  );
}, 60_000);
afterAll(() => world.close());

const told = async (): Promise<string[]> => good(await camille.vault.notices()).map(({ type }) => type);

test('D04: a device of Antoine’s of which the clock was set back adds another: Camille is told', async () => {
  expect(await told()).toEqual([]);
  const thief = await takeOver(world, antoine, ALICE, () => 0);
  const added = await openDevice(generateDevice(systemRandom));
  const accepted = await acceptAddress(thief.identity().address, added.bundle, added.signer);
  expect((await thief.spaces.chain.replica.control(addDeviceBody(added.bundle, accepted))).ok).toBe(true);
  // A word in the record carries the chain to who reads it.
  for (const record of await thief.allRecords())
    if (record.id !== 'moi') good(await record.edit([allergy('Kiwi')]));
  await sent(thief);
  await eventually(told, (types) => types.includes('guardian-device'), 15_000);
  await thief.close();
}, 60_000);
