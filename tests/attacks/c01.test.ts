/**
 * C01: the relay shows an older state than one it has shown: it fell back to a backup, or hides what came since.
 */
import { expect, test } from 'vitest';
import { fromHex, hex } from '#lib/bytes/bytes.ts';
import { push, settle, sync } from '../helpers/worlds/plain-relay.ts';
import { replicaWorld } from '../helpers/worlds/replica-world.ts';

/** The relay has no more to show. */
const SHOWN = { upToDate: true };

async function written(edits: number) {
  const world = await replicaWorld(['Alice phone', 'Alice laptop']);
  const [phone, laptop] = [world.device('Alice phone'), world.device('Alice laptop')];
  for (let i = 0; i < edits; i++) {
    await sync(phone.replica, world.relay);
    await sync(laptop.replica, world.relay);
    await (i % 2 ? phone : laptop).allergy(`Allergie ${i}`);
  }
  for (const device of [phone, laptop, phone]) await sync(device.replica, world.relay);
  const topic = phone.replica.topics()[0]!;
  const ids = world.relay.list(topic, 0, true).map(({ id }) => fromHex(id));
  return { world, phone, laptop, topic, ids };
}

test('C01: whatever earlier state the relay shows, no device that knew more takes it, and both are told once', async () => {
  const { phone, laptop, topic, ids } = await written(6);
  for (const device of [phone, laptop]) {
    const before = hex(device.replica.stateHash());
    for (let length = 0; length < ids.length; length++) {
      const compared = await device.replica.reconcile(topic, ids.slice(0, length));
      expect(compared).toMatchObject({ ok: true, value: { wanted: [] } });
      await device.replica.receive([], SHOWN);
      expect(hex(device.replica.stateHash())).toBe(before);
      await device.replica.acknowledge((await device.replica.outbox(100)).map(({ id }) => id));
    }
    expect(device.events.every(({ type }) => type === 'rollback')).toBe(true);
    const told = device.events.length;
    expect(told).toBeGreaterThan(0);
    await device.restart();
    await device.replica.reconcile(topic, ids.slice(0, 2));
    await device.replica.receive([], SHOWN);
    expect(device.events).toHaveLength(told);
  }
});

test('C01: what the relay lost goes back to it', async () => {
  const { world, phone, topic, ids } = await written(4);
  world.relay.topics.set(hex(topic), world.relay.topics.get(hex(topic))!.slice(0, 2));
  const left = world.relay.list(topic, 0, true).map(({ id }) => fromHex(id));
  await phone.replica.reconcile(topic, left);
  await phone.replica.receive([], SHOWN);
  expect(phone.events).toEqual([{ type: 'rollback', topic: hex(topic), frames: ids.length - 2 }]);
  await push(phone.replica, world.relay);
  const now = new Set(world.relay.list(topic, 0, true).map(({ id }) => id));
  expect([...ids.map(hex)].every((id) => now.has(id))).toBe(true);
});

test('C01: a relay that has everything, and more, is accused of nothing', async () => {
  const { phone, laptop, world, topic } = await written(4);
  await laptop.allergy('Latex');
  await push(laptop.replica, world.relay);
  const all = world.relay.list(topic, 0, true).map(({ id }) => fromHex(id));
  const compared = await phone.replica.reconcile(topic, all);
  expect(compared).toEqual({ ok: true, value: { wanted: [all.at(-1)] } });
  expect(phone.events).toEqual([]);
});

test('C01: a relay that let go of what a snapshot in a newer topic covers is accused of nothing', async () => {
  const { world, phone, laptop, topic } = await written(4);
  await world.rotate(phone, [phone, laptop]);
  await settle([phone.replica, laptop.replica], world.relay);
  expect((await phone.replica.snapshot()).ok).toBe(true);
  await sync(phone.replica, world.relay);
  for (const { topic: each, ids } of await phone.replica.deletable()) world.relay.doom(each, ids);
  world.relay.purge();
  const left = world.relay.list(topic, 0, true).map(({ id }) => fromHex(id));
  await laptop.replica.reconcile(topic, left);
  expect(laptop.events).toEqual([]);
  await settle([laptop.replica, phone.replica], world.relay);
  expect(laptop.events).toEqual([]);
  expect(hex(laptop.replica.stateHash())).toBe(hex(phone.replica.stateHash()));
});
