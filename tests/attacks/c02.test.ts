/**
 * C02: the relay keeps the frames of one device from another.
 */
import { expect, test } from 'vitest';
import { hex } from '#lib/bytes/bytes.ts';
import { pull, push, sync, without } from '../helpers/worlds/plain-relay.ts';
import { replicaWorld, type ReplicaWorld, type WorldDevice } from '../helpers/worlds/replica-world.ts';

async function three(): Promise<{
  world: ReplicaWorld;
  phone: WorldDevice;
  laptop: WorldDevice;
  tablet: WorldDevice;
}> {
  const world = await replicaWorld(['Alice phone', 'Alice laptop', 'Alice tablet']);
  for (const device of world.devices) await sync(device.replica, world.relay);
  const [phone, laptop, tablet] = world.devices as [WorldDevice, WorldDevice, WorldDevice];
  return { world, phone, laptop, tablet };
}

async function hide(world: ReplicaWorld, device: WorldDevice): Promise<Set<string>> {
  const hidden = new Set((await device.replica.outbox()).map(({ id }) => hex(id)));
  await push(device.replica, world.relay);
  return hidden;
}

test('C02: the laptop is told at the next word from anybody who saw them, with the numbers that are missing', async () => {
  const { world, phone, laptop, tablet } = await three();
  await phone.allergy('Pollen');
  await phone.allergy('Latex');
  const hidden = await hide(world, phone);
  const shown = without(world.relay, hidden);
  await pull(laptop.replica, shown);
  expect(laptop.events).toEqual([]); // nobody has said yet that there is anything
  await sync(tablet.replica, world.relay);
  await tablet.replica.publishHeads();
  await push(tablet.replica, world.relay);
  await pull(laptop.replica, shown);
  const { seq } = phone.replica.lanesOf(phone.id)[0]!;
  expect(laptop.events).toEqual([{ type: 'gap', author: phone.id, from: seq - 1, to: seq }]);
  await pull(laptop.replica, shown);
  await laptop.restart();
  await pull(laptop.replica, shown);
  expect(laptop.events).toHaveLength(1);
  await pull(laptop.replica, world.relay);
  expect(laptop.allergies()).toEqual(['Latex', 'Pollen']);
  expect(laptop.replica.missing()).toEqual([]);
});

test('C02: what is said in another space counts as well', async () => {
  const { world, phone, laptop } = await three();
  await phone.allergy('Pollen');
  const hidden = await hide(world, phone);
  const shown = without(world.relay, hidden);
  await laptop.replica.witness(phone.id, phone.replica.frontier());
  await pull(laptop.replica, shown);
  expect(laptop.events).toMatchObject([{ type: 'gap', author: phone.id }]);
});

test('C02: a frame in the middle that is kept back holds up what follows, and is named', async () => {
  const { world, phone, laptop } = await three();
  await phone.allergy('Pollen');
  const hidden = await hide(world, phone);
  await phone.allergy('Latex');
  await push(phone.replica, world.relay);
  await pull(laptop.replica, without(world.relay, hidden));
  expect(laptop.allergies()).toEqual([]);
  expect(laptop.replica.missing().map(hex)).toEqual([...hidden]);
  expect(laptop.events).toMatchObject([{ type: 'gap', author: phone.id }]);
  await pull(laptop.replica, world.relay);
  expect(laptop.allergies()).toEqual(['Latex', 'Pollen']);
});

test('C02: a control frame that is kept back is missed as well', async () => {
  const { world, phone, laptop, tablet } = await three();
  await world.rotate(phone, [phone, tablet]);
  const hidden = await hide(world, phone);
  await sync(tablet.replica, world.relay);
  await laptop.replica.witness(tablet.id, tablet.replica.frontier());
  await pull(laptop.replica, without(world.relay, hidden));
  expect(laptop.events).toMatchObject([{ type: 'gap', author: phone.id }]);
});

test('C02: a relay that is only slow is accused of nothing', async () => {
  const { world, phone, laptop, tablet } = await three();
  await phone.allergy('Pollen');
  const late = await hide(world, phone);
  await sync(tablet.replica, world.relay);
  await tablet.replica.publishHeads();
  await push(tablet.replica, world.relay);
  await pull(laptop.replica, without(world.relay, late), false); // the relay has not said that this is all
  await pull(laptop.replica, world.relay);
  expect(laptop.events).toEqual([]);
  expect(laptop.allergies()).toEqual(['Pollen']);
});
