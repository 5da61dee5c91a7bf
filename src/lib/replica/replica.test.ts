import { expect, test } from 'vitest';
import { hex } from '#lib/bytes/bytes.ts';
import { replicaWorld } from '../../../tests/helpers/worlds/replica-world.ts';
import { push, sync } from '../../../tests/helpers/worlds/plain-relay.ts';

test('what Alice writes on her phone is on the laptop after a sync, and back', async () => {
  const world = await replicaWorld(['Alice phone', 'Alice laptop']);
  const [phone, laptop] = [world.device('Alice phone'), world.device('Alice laptop')];
  await push(phone.replica, world.relay);
  await sync(laptop.replica, world.relay);
  await phone.allergy('Pollen');
  await sync(phone.replica, world.relay);
  await sync(laptop.replica, world.relay);
  expect(laptop.allergies()).toEqual(['Pollen']);
  await laptop.allergy('Arachide');
  await sync(laptop.replica, world.relay);
  await sync(phone.replica, world.relay);
  expect(phone.allergies()).toEqual(['Arachide', 'Pollen']);
  expect(hex(phone.replica.stateHash())).toBe(hex(laptop.replica.stateHash()));
  expect([...phone.events, ...laptop.events]).toEqual([]);
  await phone.restart();
  expect(phone.allergies()).toEqual(['Arachide', 'Pollen']);
  expect(hex(phone.replica.stateHash())).toBe(hex(laptop.replica.stateHash()));
});

test('what the relay has not acknowledged stays to be sent, also after a restart', async () => {
  const world = await replicaWorld(['Alice phone']);
  const phone = world.device('Alice phone');
  await sync(phone.replica, world.relay);
  for (const name of ['Pollen', 'Arachide', 'Latex']) await phone.allergy(name);
  const [first, ...others] = (await phone.replica.outbox()).map(({ id }) => id);
  expect((await phone.replica.acknowledge([first!])).ok).toBe(true);
  for (const time of ['before', 'after']) {
    expect(phone.replica.unsent(), time).toBe(2);
    expect(
      (await phone.replica.outbox()).map(({ id }) => hex(id)),
      time,
    ).toEqual(others.map(hex));
    await phone.restart();
  }
});

test('R16: where the newest acknowledged frame stands is known after a restart, until the cursor follows or all is compared', async () => {
  const world = await replicaWorld(['Alice phone']);
  const phone = world.device('Alice phone');
  await sync(phone.replica, world.relay);
  const acknowledge = async (name: string) => {
    await phone.allergy(name);
    const [{ topic, id } = fail('nothing is unsent')] = await phone.replica.outbox();
    const place = { topic, after: phone.replica.cursor(topic).after + 5, frame: id };
    expect((await phone.replica.acknowledge([id], [place])).ok).toBe(true);
    await phone.restart();
    expect(phone.replica.acknowledged(topic)).toEqual({ after: place.after, frame: id });
    return place;
  };
  const first = await acknowledge('Pollen');
  await phone.replica.receive([], { upTo: first });
  await phone.restart();
  expect(phone.replica.acknowledged(first.topic)).toBeNull();
  const second = await acknowledge('Latex');
  await phone.replica.reconcile(second.topic, [second.frame]);
  await phone.restart();
  expect(phone.replica.acknowledged(second.topic)).toBeNull();
});

function fail(why: string): never {
  throw new Error(why);
}
