/**
 * C10, in the record: a device is revoked and pinned; whoever has its keys then releases words "from before".
 */
import { expect, test } from 'vitest';
import { hex } from '#lib/bytes/bytes.ts';
import { faultyDisk } from '../helpers/hostile/faulty-storage.ts';
import { pull, push, sync } from '../helpers/worlds/plain-relay.ts';
import { seededRandom } from '../helpers/tools/random.ts';
import { replicaWorld, type WorldDevice } from '../helpers/worlds/replica-world.ts';

const NAMES = ['Alice laptop', 'Alice phone', 'Bob phone'];

async function stolenPhone() {
  const world = await replicaWorld(NAMES);
  const [laptop, phone, bob] = world.devices as [WorldDevice, WorldDevice, WorldDevice];
  for (const device of world.devices) await sync(device.replica, world.relay);
  for (let i = 0; i < 10; i++) await phone.allergy(`Avant ${i}`);
  for (const device of [phone, laptop, bob]) await sync(device.replica, world.relay);
  // The thief copies the phone before anybody notices, and writes on in secret.
  const disk = faultyDisk();
  const content = await phone.disk.content();
  await disk.open().write(
    content.map(({ key, value }) => ({ type: 'put', key, value })),
    'strict',
  );
  const thief = await world.join('Alice phone', disk);
  for (let i = 0; i < 3; i++) await thief.allergy(`Volé ${i}`);
  return { world, laptop, phone, bob, thief };
}

test('C10: what comes after the pin is ignored by all, whenever it comes', async () => {
  const random = seededRandom('C10');
  for (let round = 0; round < 5; round++) {
    const { world, laptop, bob, thief } = await stolenPhone();
    const pin = { device: thief.id, ...laptop.replica.head(thief.id, 'data')! };
    const release = async () => push(thief.replica, world.relay);
    const revoke = async () => {
      world.revoke('Alice phone');
      for (const device of [laptop, bob]) await device.replica.refresh();
      await world.rotate(laptop, [pin], [laptop, bob]);
      await sync(laptop.replica, world.relay);
    };
    // Early, between and late: the others may even have taken the stolen words in before they learn of the pin.
    const steps = random.shuffle([release, revoke, async () => pull(bob.replica, world.relay)]);
    for (const step of steps) await step();
    for (const device of [laptop, bob, laptop, bob]) await sync(device.replica, world.relay);
    for (const device of [laptop, bob])
      expect(device.allergies().every((name) => name.startsWith('Avant'))).toBe(true);
    expect(laptop.allergies()).toHaveLength(10);
    expect(hex(bob.replica.stateHash())).toBe(hex(laptop.replica.stateHash()));
    await bob.restart();
    expect(hex(bob.replica.stateHash())).toBe(hex(laptop.replica.stateHash()));
  }
});

test('C10: the revoked phone itself keeps what it wrote before, and writes no more once it knows', async () => {
  const { world, laptop, phone } = await stolenPhone();
  const pin = { device: phone.id, ...laptop.replica.head(phone.id, 'data')! };
  world.revoke('Alice phone');
  await laptop.replica.refresh();
  await world.rotate(laptop, [pin], [laptop]);
  await sync(laptop.replica, world.relay);
  await pull(phone.replica, world.relay);
  await phone.replica.refresh();
  const edit = {
    type: 'put',
    section: 'allergies',
    id: 'AAAAAAAAAAAAAAAAAAAAAA',
    fields: { name: 'Après' },
  } as const;
  expect(await phone.replica.edit([edit])).toEqual({ ok: false, error: { type: 'not-allowed' } });
  expect(phone.allergies()).toHaveLength(10);
});
