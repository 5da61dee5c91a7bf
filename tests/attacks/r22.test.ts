/**
 * R22: a snapshot is made while a device is offline with edits of its own.
 */
import { expect, test } from 'vitest';
import { hex } from '#lib/bytes/bytes.ts';
import { pull, push, settle, sync } from '../helpers/worlds/plain-relay.ts';
import { seededRandom } from '../helpers/tools/random.ts';
import { replicaWorld, type WorldDevice } from '../helpers/worlds/replica-world.ts';

const ID = 'AAAAAAAAAAAAAAAAAAAAAA';

test('R22: after snapshot, grace and erasure the edits of the device that was offline merge, and nothing is lost', async () => {
  for (let seed = 0; seed < 10; seed++) {
    const random = seededRandom(`R22 ${seed}`);
    const world = await replicaWorld(['Alice phone', 'Alice laptop', 'Bob phone', 'Bob new'], `R22 ${seed}`);
    const [phone, laptop, bob] = world.devices as [WorldDevice, WorldDevice, WorldDevice];
    const expected: string[] = [];
    const edit = async (device: WorldDevice, name: string) => {
      expected.push(name);
      await device.allergy(name);
      if (random.chance(0.3)) await device.allergy(`${device.name} partagé`, ID);
    };
    for (const device of [phone, laptop, bob]) await sync(device.replica, world.relay);
    for (let i = 0; i < 5; i++) await edit(random.pick([phone, laptop]), `Avant ${i}`);
    for (const device of [phone, laptop, bob, phone]) await sync(device.replica, world.relay);
    for (let i = 0; i < 3; i++) await edit(bob, `Hors ligne ${i}`); // Bob is offline from here on
    for (let i = 0; i < 3; i++) await edit(random.pick([phone, laptop]), `Pendant ${i}`);
    for (const device of [phone, laptop, phone]) await sync(device.replica, world.relay);
    expect((await phone.replica.snapshot()).ok).toBe(true);
    for (const device of [phone, laptop]) await sync(device.replica, world.relay);
    for (const { topic, ids } of await phone.replica.deletable()) world.relay.doom(topic, ids);
    if (seed % 2 === 0) world.relay.purge(); // sometimes Bob is back within the grace
    for (let i = 0; i < 2; i++) await edit(random.pick([phone, laptop]), `Après ${i}`);
    for (const device of [phone, laptop]) await push(device.replica, world.relay);
    const fresh = await world.join('Bob new');
    await settle([bob.replica, phone.replica, laptop.replica, fresh.replica], world.relay);
    const hashes = [phone, laptop, bob, fresh].map(({ replica }) => hex(replica.stateHash()));
    expect(new Set(hashes).size).toBe(1);
    for (const device of [phone, laptop, bob, fresh]) {
      expect(device.allergies()).toEqual(expect.arrayContaining(expected));
      expect(device.events).toEqual([]);
    }
  }
}, 120_000);

test('R22: two owners make snapshots at once: one becomes the base, the other does no harm', async () => {
  const world = await replicaWorld(['Alice phone', 'Bob phone', 'Bob new'], 'R22 both');
  const [phone, bob] = world.devices as [WorldDevice, WorldDevice];
  for (const device of [phone, bob]) await sync(device.replica, world.relay);
  await phone.allergy('Pollen');
  await bob.allergy('Latex');
  await push(phone.replica, world.relay);
  await push(bob.replica, world.relay);
  for (const device of [phone, bob]) expect((await device.replica.snapshot()).ok).toBe(true);
  for (let round = 0; round < 3; round++)
    for (const device of [phone, bob]) await sync(device.replica, world.relay);
  await phone.allergy('Iode');
  for (const device of [phone, bob]) await sync(device.replica, world.relay);
  const fresh = await world.join('Bob new');
  await pull(fresh.replica, world.relay);
  for (const device of [phone, bob, fresh]) expect(device.allergies()).toEqual(['Iode', 'Latex', 'Pollen']);
  expect([...phone.events, ...bob.events, ...fresh.events]).toEqual([]);
});
