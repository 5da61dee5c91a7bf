/**
 * R12: clocks that are ten years off, jump, or stand still.
 */
import { expect, test } from 'vitest';
import { hex } from '#lib/bytes/bytes.ts';
import { sync } from '../helpers/worlds/plain-relay.ts';
import { seededRandom } from '../helpers/tools/random.ts';
import { replicaWorld, type WorldDevice } from '../helpers/worlds/replica-world.ts';

const ID = 'AAAAAAAAAAAAAAAAAAAAAA';
const DECADE = 10 * 365 * 86_400_000;

test('R12: what is written after something else comes after it, whatever the clocks say', async () => {
  const random = seededRandom('R12');
  const world = await replicaWorld(['Alice phone', 'Alice laptop'], 'R12');
  const [phone, laptop] = world.devices as [WorldDevice, WorldDevice];
  for (const device of [phone, laptop]) await sync(device.replica, world.relay);
  for (let i = 0; i < 20; i++) {
    const writer = random.pick([phone, laptop]);
    world.clock.jump(random.pick([-DECADE, DECADE, -3_600_000, 3_600_000, 0]));
    await writer.allergy(`Pollen ${i}`, ID);
    for (const device of [writer, phone, laptop]) await sync(device.replica, world.relay);
    for (const device of [phone, laptop]) expect(device.allergies()).toEqual([`Pollen ${i}`]);
  }
  expect(hex(laptop.replica.stateHash())).toBe(hex(phone.replica.stateHash()));
  expect([...phone.events, ...laptop.events]).toEqual([]);
});

test('R12: a device that lives ten years ahead dates its own entries so, and nobody else’s', async () => {
  const world = await replicaWorld(['Alice phone', 'Alice laptop'], 'R12 ahead');
  const [phone, laptop] = world.devices as [WorldDevice, WorldDevice];
  for (const device of [phone, laptop]) await sync(device.replica, world.relay);
  const now = world.clock.now();
  world.clock.jump(DECADE);
  await phone.allergy('Pollen');
  await sync(phone.replica, world.relay);
  world.clock.jump(-DECADE);
  await sync(laptop.replica, world.relay);
  await laptop.allergy('Latex');
  const latex = laptop.entries().find(({ fields }) => fields['name'] === 'Latex')!;
  expect(latex.createdAt).toBeLessThan(now + 60_000);
  // The phone's clock is put right: its next entry has today's date again.
  await phone.allergy('Iode');
  const iode = phone.entries().find(({ fields }) => fields['name'] === 'Iode')!;
  expect(iode.createdAt).toBeLessThan(now + 60_000);
  for (const device of [phone, laptop]) await sync(device.replica, world.relay);
  await sync(phone.replica, world.relay);
  expect(hex(laptop.replica.stateHash())).toBe(hex(phone.replica.stateHash()));
});

test('R12: edits within one millisecond are told apart', async () => {
  const world = await replicaWorld(['Alice phone'], 'R12 still');
  const [phone] = world.devices as [WorldDevice];
  for (let i = 0; i < 50; i++) await phone.allergy(`Pollen ${i}`, ID);
  expect(phone.allergies()).toEqual(['Pollen 49']);
});
