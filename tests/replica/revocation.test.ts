import { beforeAll, expect, test } from 'vitest';
import { pull, push, sync } from '../helpers/worlds/plain-relay.ts';
import { people, replicaWorld, type People } from '../helpers/worlds/replica-world.ts';

let who: People;
const NAMES = ['Alice laptop', 'Alice phone', 'Alice tablet'];
beforeAll(async () => {
  who = await people(NAMES);
});

test('three devices write and converge', async () => {
  const world = await replicaWorld(NAMES, 1, { who });
  const [laptop, phone, tablet] = world.devices as never as [typeof world.devices[0], typeof world.devices[0], typeof world.devices[0]];
  await sync(laptop.replica, world.relay);
  await sync(phone.replica, world.relay);
  await sync(tablet.replica, world.relay);
  await laptop.allergy('Latex');
  await phone.allergy('Pollen');
  for (let i = 0; i < 2; i++) for (const one of world.devices) await sync(one.replica, world.relay);
  for (const one of world.devices) expect(one.allergies()).toEqual(['Latex', 'Pollen']);
  expect(new Set(world.devices.map(({ replica }) => replica.stateHash().join())).size).toBe(1);
  for (const one of world.devices) {
    await one.restart();
    expect(one.allergies()).toEqual(['Latex', 'Pollen']);
  }
  expect(new Set(world.devices.map(({ replica }) => replica.stateHash().join())).size).toBe(1);
});

test('1: a word of the lost phone that the tablet has shown is kept, although the laptop that revokes had not seen it', async () => {
  const fresh = await people(NAMES);
  const world = await replicaWorld(NAMES, 1, { who: fresh });
  const [laptop, phone, tablet] = world.devices as never as [typeof world.devices[0], typeof world.devices[0], typeof world.devices[0]];
  for (let i = 0; i < 2; i++) for (const one of world.devices) await sync(one.replica, world.relay);
  await phone.allergy('Pénicilline');
  await sync(phone.replica, world.relay);
  await sync(tablet.replica, world.relay);
  expect(tablet.allergies()).toEqual(['Pénicilline']);
  await phone.allergy('Late');
  await world.revoke('Alice phone', [], laptop);
  await laptop.learnChains();
  await push(laptop.replica, world.relay);
  await tablet.learnChains();
  expect(tablet.allergies()).toEqual(['Pénicilline']);
  await push(phone.replica, world.relay);
  for (let i = 0; i < 3; i++) for (const one of [laptop, tablet]) await sync(one.replica, world.relay);
  expect(tablet.allergies()).toEqual(['Pénicilline']);
  expect(laptop.allergies()).toEqual(['Pénicilline']);
  expect(laptop.replica.stateHash()).toEqual(tablet.replica.stateHash());
  const words = await laptop.replica.unsettled(() => true);
  if (!words.ok) throw new Error();
  expect(words.value.late.length).toBe(1);
  expect(words.value.late[0]!.values.find(({ key }) => key.endsWith('/name'))?.value).toBe('Late');
  await laptop.replica.takeInWords(words.value.late.map(({ saying }) => saying));
  expect(laptop.allergies()).toEqual(['Late', 'Pénicilline']);
  for (let i = 0; i < 3; i++) for (const one of [laptop, tablet]) await sync(one.replica, world.relay);
  expect(tablet.allergies()).toEqual(['Late', 'Pénicilline']);
  await pull(tablet.replica, world.relay);
  expect(laptop.events).toEqual([]);
  expect(tablet.events).toEqual([]);
});
