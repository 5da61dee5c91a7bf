/**
 * C03: the relay keeps two guardians in two worlds, each of which looks whole.
 */
import { expect, test } from 'vitest';
import { hex } from '#lib/bytes/bytes.ts';
import { plainRelay, pull, push, sync } from '../helpers/worlds/plain-relay.ts';
import { replicaWorld } from '../helpers/worlds/replica-world.ts';

test('C03: one head that crosses tells of the fork, and the two worlds merge without loss', async () => {
  const world = await replicaWorld(['Alice phone', 'Bob phone']);
  const [alice, bob] = [world.device('Alice phone'), world.device('Bob phone')];
  for (const device of [alice, bob, alice]) await sync(device.replica, world.relay);
  // From here on each has a relay of its own, which had the same past.
  const others = plainRelay();
  for (const [topic, kept] of world.relay.topics) others.topics.set(topic, [...kept]);
  for (let i = 0; i < 3; i++) {
    await alice.allergy(`Pollen ${i}`);
    await bob.allergy(`Latex ${i}`);
    await sync(alice.replica, world.relay);
    await sync(bob.replica, others);
  }
  expect([...alice.events, ...bob.events]).toEqual([]);

  await bob.replica.publishHeads();
  const [heads] = await bob.replica.outbox();
  await alice.replica.receive([heads!]);
  await pull(alice.replica, world.relay);
  expect(alice.events).toMatchObject([{ type: 'fork', author: bob.id }]);
  expect(alice.allergies()).toEqual(['Pollen 0', 'Pollen 1', 'Pollen 2']);

  // The relay gives up, or another way between the two is found.
  for (const [topic, kept] of others.topics)
    for (const { bytes } of kept) world.relay.put(topicOf(world, topic), bytes);
  await push(bob.replica, world.relay);
  for (const device of [alice, bob, alice]) await sync(device.replica, world.relay);
  expect(alice.allergies()).toHaveLength(6);
  expect(hex(bob.replica.stateHash())).toBe(hex(alice.replica.stateHash()));
  expect(alice.events).toHaveLength(1);
});

function topicOf(world: Awaited<ReturnType<typeof replicaWorld>>, name: string) {
  return world.epochs.map(({ topic }) => topic).find((topic) => hex(topic) === name)!;
}

test('C03: two guardians who were merely offline are told nothing', async () => {
  const world = await replicaWorld(['Alice phone', 'Bob phone']);
  const [alice, bob] = [world.device('Alice phone'), world.device('Bob phone')];
  for (const device of [alice, bob]) await sync(device.replica, world.relay);
  for (let i = 0; i < 3; i++) {
    await alice.allergy(`Pollen ${i}`);
    await bob.allergy(`Latex ${i}`);
  }
  await bob.replica.publishHeads();
  await alice.replica.publishHeads();
  for (const device of [alice, bob, alice, bob]) await sync(device.replica, world.relay);
  expect([...alice.events, ...bob.events]).toEqual([]);
  expect(hex(bob.replica.stateHash())).toBe(hex(alice.replica.stateHash()));
});
