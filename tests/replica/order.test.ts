/**
 * Rule 20, whatever the order: words and rotations that bring news of a chain, each what is new since the one before it, and
 * a relay that shows the second first, or reads the newer topic first.
 */
import { expect, test } from 'vitest';
import { hex } from '#lib/bytes/bytes.ts';
import { pull, push, settle, sync } from '../helpers/worlds/plain-relay.ts';
import { people, replicaWorld, type WorldDevice } from '../helpers/worlds/replica-world.ts';

const NAMES = ['Alice laptop', 'Alice phone', 'Alice tablet', 'Alice old', 'Bob phone'];

async function scene() {
  const world = await replicaWorld(NAMES, 'reordered', { who: await people(NAMES) });
  const [laptop, phone, tablet, old, bob] = world.devices as [
    WorldDevice,
    WorldDevice,
    WorldDevice,
    WorldDevice,
    WorldDevice,
  ];
  await settle(
    [laptop, tablet, bob].map(({ replica }) => replica),
    world.relay,
  );
  return { world, laptop, phone, tablet, old, bob };
}

test('20: of two words that bring news of a chain the second comes first: both count, and nobody is accused', async () => {
  const { world, laptop, bob } = await scene();
  await world.revoke('Alice phone', [], laptop);
  await laptop.learnChains();
  await laptop.allergy('Un');
  await world.revoke('Alice old', [], laptop);
  await laptop.learnChains();
  await laptop.allergy('Deux');
  await laptop.allergy('Trois');
  const out = await laptop.replica.outbox();
  const frames = out.map(({ topic, bytes }) => ({ topic, bytes }));
  await push(laptop.replica, world.relay);
  // Out of order: every frame by itself, the newest first. Then everything again, in order, as often as one likes.
  for (const frame of frames.toReversed()) await bob.replica.receive([frame]);
  for (let i = 0; i < 3; i++) await sync(bob.replica, world.relay);
  await bob.restart();
  await bob.replica.receive(frames, { upToDate: true });
  await sync(bob.replica, world.relay);
  expect(bob.allergies()).toEqual(['Deux', 'Trois', 'Un']);
  expect(bob.events).toEqual([]);
  expect(hex(bob.replica.stateHash())).toBe(hex(laptop.replica.stateHash()));
});

test('20: of two rotations after two revocations the second comes first: everybody follows it', async () => {
  const { world, laptop, tablet, bob } = await scene();
  await world.revoke('Alice phone', [], laptop);
  await laptop.learnChains();
  await world.rotate(laptop, [laptop]);
  await world.revoke('Alice old', [], laptop);
  await laptop.learnChains();
  await world.rotate(laptop, [laptop]);
  await push(laptop.replica, world.relay);
  // Bob and the tablet have all keys; the newest topic is read first (or is the only one the relay shows for now).
  for (const device of [bob, tablet]) {
    await device.replica.useEpochs([...world.epochs]);
    for (const { topic } of world.epochs.toReversed())
      await device.replica.receive(
        world.relay
          .list(topic, 0)
          .map(({ bytes }) => ({ topic, bytes }))
          .toReversed(),
      );
    for (const { topic } of world.epochs.toReversed())
      for (const { bytes } of world.relay.list(topic, 0).toReversed())
        await device.replica.receive([{ topic, bytes }]);
    for (let i = 0; i < 3; i++) await sync(device.replica, world.relay);
  }
  expect(bob.replica.members().roster.current?.number).toBe(laptop.replica.members().roster.current?.number);
  await pull(tablet.replica, world.relay);
});
