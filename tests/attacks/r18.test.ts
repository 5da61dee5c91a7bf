/**
 * R18: a device was offline for ninety days, with edits unsent, while the epoch changed three times.
 */
import { expect, test } from 'vitest';
import { hex } from '#lib/bytes/bytes.ts';
import { frameId } from '#lib/crypto/frame.ts';
import { openReceived } from '#lib/replica/frames.ts';
import { pull, push, sync } from '../helpers/worlds/plain-relay.ts';
import { replicaWorld, type ReplicaWorld, type WorldDevice } from '../helpers/worlds/replica-world.ts';

async function ninetyDays() {
  const world = await replicaWorld(['Alice phone', 'Alice laptop', 'Bob phone'], 'R18');
  const [phone, laptop, bob] = world.devices as [WorldDevice, WorldDevice, WorldDevice];
  for (const device of world.devices) await sync(device.replica, world.relay);
  for (let i = 0; i < 4; i++) await phone.allergy(`Hors ligne ${i}`);
  for (let epoch = 0; epoch < 3; epoch++) {
    world.clock.jump(30 * 86_400_000);
    await world.rotate(laptop, [], [laptop, bob]);
    await laptop.allergy(`Pendant ${epoch}`);
    for (const device of [laptop, bob]) await sync(device.replica, world.relay);
  }
  return { world, phone, laptop, bob };
}

/** Each epoch tells of the next; the keys are in boxes, which are not the concern of this row. */
async function catchUp(world: ReplicaWorld, phone: WorldDevice): Promise<void> {
  for (let known = 1; known <= world.epochs.length; known++) {
    await phone.replica.useEpochs(world.epochs.slice(0, known));
    await pull(phone.replica, world.relay);
    const isLast = known === world.epochs.length;
    expect(await phone.replica.outbox()).toHaveLength(isLast ? phone.replica.unsent() : 0);
  }
}

const ALL = [
  'Hors ligne 0',
  'Hors ligne 1',
  'Hors ligne 2',
  'Hors ligne 3',
  'Pendant 0',
  'Pendant 1',
  'Pendant 2',
];

test('R18: it catches up, and its edits go out under the current epoch alone', async () => {
  const { world, phone, laptop, bob } = await ninetyDays();
  await catchUp(world, phone);
  expect(phone.replica.members().roster.rotations).toHaveLength(4);
  const current = hex(world.epochs.at(-1)!.topic);
  for (const { topic, bytes } of await phone.replica.outbox()) {
    expect(hex(topic)).toBe(current);
    // Who was removed by then has none of the keys that open it.
    for (const keys of world.epochs.slice(0, -1))
      expect(openReceived(bytes, frameId(bytes), keys)).toBe('unreadable');
  }
  for (const device of [phone, laptop, bob, phone]) await sync(device.replica, world.relay);
  for (const device of [phone, laptop, bob]) {
    expect(device.allergies()).toEqual(ALL);
    expect(device.events).toEqual([]);
  }
  const hashes = [phone, laptop, bob].map(({ replica }) => hex(replica.stateHash()));
  expect(new Set(hashes).size).toBe(1);
  await phone.restart();
  expect(hex(phone.replica.stateHash())).toBe(hashes[0]);
});

test('R18: an edit that had got out before the rotation, its acknowledgement lost, is not taken for a second one', async () => {
  for (const known of [0, 1, 2, 4]) {
    const { world, phone, laptop, bob } = await ninetyDays();
    // The relay has the first few of them all along, and Bob has even read them.
    for (const { topic, bytes } of (await phone.replica.outbox()).slice(0, known))
      world.relay.put(topic, bytes);
    await sync(bob.replica, world.relay);
    expect(bob.allergies()).toHaveLength(3 + known);
    await catchUp(world, phone);
    await phone.allergy('Après');
    await push(phone.replica, world.relay);
    for (const device of [laptop, phone, bob, laptop]) await sync(device.replica, world.relay);
    for (const device of [phone, laptop, bob]) {
      expect(device.allergies()).toEqual(['Après', ...ALL]);
      expect(device.events).toEqual([]);
    }
    const hashes = [phone, laptop, bob].map(({ replica }) => hex(replica.stateHash()));
    expect(new Set(hashes).size).toBe(1);
  }
});
