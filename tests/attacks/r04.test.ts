/**
 * R04: the process dies at any await. Whatever was acknowledged is there, and no number is used twice.
 */
import { beforeAll, expect, test } from 'vitest';
import { hex } from '#lib/bytes/bytes.ts';
import { push, settle, sync } from '../helpers/worlds/plain-relay.ts';
import {
  people,
  replicaWorld,
  type People,
  type ReplicaWorld,
  type WorldDevice,
} from '../helpers/worlds/replica-world.ts';

const NAMES = ['Alice phone', 'Alice laptop'];
let who: People;
beforeAll(async () => {
  who = await people(NAMES);
});

async function start() {
  const world = await replicaWorld(NAMES, 'R04', { who, maxTails: 3 });
  const [phone, laptop] = world.devices as [WorldDevice, WorldDevice];
  for (const device of [phone, laptop]) await sync(device.replica, world.relay);
  await laptop.allergy('Latex');
  await sync(laptop.replica, world.relay);
  return { world, phone, laptop };
}

async function journey(world: ReplicaWorld, phone: WorldDevice, acknowledged: string[]): Promise<void> {
  for (let i = 0; i < 3; i++) {
    await phone.allergy(`Pollen ${i}`);
    acknowledged.push(`Pollen ${i}`);
  }
  await sync(phone.replica, world.relay);
  await phone.replica.snapshot();
  await push(phone.replica, world.relay);
  await phone.allergy('Iode');
  acknowledged.push('Iode');
  await sync(phone.replica, world.relay);
}

test('R04: killed at every call to the disk, before or after its effect', async () => {
  const calm = await start();
  const before = calm.phone.disk.calls;
  await journey(calm.world, calm.phone, []);
  const calls = calm.phone.disk.calls - before;
  expect(calls).toBeGreaterThan(20);
  for (let n = 0; n < calls; n++) {
    for (const effect of ['lost', 'done'] as const) {
      const { world, phone, laptop } = await start();
      const acknowledged = ['Latex'].slice(1);
      const died = phone.disk.crashInCall(n, effect);
      await Promise.race([journey(world, phone, acknowledged), died]);
      await phone.restart();
      expect(phone.allergies()).toEqual(expect.arrayContaining(acknowledged));
      await phone.allergy('Après');
      await settle([phone.replica, laptop.replica], world.relay);
      expect(laptop.allergies()).toEqual(expect.arrayContaining([...acknowledged, 'Après', 'Latex']));
      expect(hex(laptop.replica.stateHash())).toBe(hex(phone.replica.stateHash()));
      expect([...phone.events, ...laptop.events]).toEqual([]);
    }
  }
}, 240_000);
