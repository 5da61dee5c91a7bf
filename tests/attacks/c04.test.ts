/**
 * C04: the relay replays frames, as often and in whatever order it likes: edits, snapshots, heads and rotations.
 */
import { expect, test } from 'vitest';
import { hex } from '#lib/bytes/bytes.ts';
import { openFrame } from '#lib/crypto/frame.ts';
import { push, settle, sync } from '../helpers/worlds/plain-relay.ts';
import { seededRandom } from '../helpers/tools/random.ts';
import { replicaWorld, type WorldDevice } from '../helpers/worlds/replica-world.ts';

async function lived() {
  const world = await replicaWorld(['Alice phone', 'Alice laptop', 'Bob phone', 'Alice new'], 'C04');
  const [phone, laptop, bob] = world.devices as [WorldDevice, WorldDevice, WorldDevice];
  const random = seededRandom('C04');
  const id = await phone.allergy('Pollen');
  for (const name of ['Latex', 'Iode', 'Arachide']) {
    await phone.allergy(name, random.chance(0.5) ? id : undefined);
    for (const device of [phone, bob]) await sync(device.replica, world.relay);
    await bob.replica.publishHeads();
    await push(bob.replica, world.relay);
  }
  expect((await phone.replica.snapshot()).ok).toBe(true);
  await sync(phone.replica, world.relay);
  await bob.allergy('Soja');
  await sync(bob.replica, world.relay);
  await world.rotate(phone, world.devices);
  await phone.allergy('Lait');
  await settle([phone.replica, bob.replica], world.relay);
  const frames = world.epochs.flatMap(({ topic }) =>
    world.relay.list(topic, 0, true).map(({ bytes }) => ({ topic, bytes })),
  );
  return { world, phone, laptop, bob, frames, random };
}

test('C04: each frame of every kind a hundred times in random order makes the state that once made', async () => {
  const { world, phone, laptop, bob, frames, random } = await lived();
  const keys = world.epochs.map(({ frameKey }) => frameKey);
  const kinds = new Set(frames.map(({ bytes }) => openFrame(keys, bytes)?.aad.kind));
  expect([...kinds].sort()).toEqual(['control', 'heads', 'snapshot', 'update']);

  const fresh = await world.join('Alice new');
  for (const device of [laptop, fresh, phone, bob]) {
    const replayed = random.shuffle(Array.from({ length: 100 }, () => frames).flat());
    while (replayed.length > 0) await device.replica.receive(replayed.splice(0, 1 + random.int(20)));
  }
  const hashes = [laptop, fresh, phone, bob].map(({ replica }) => hex(replica.stateHash()));
  expect(new Set(hashes).size).toBe(1);
  expect(laptop.allergies()).toEqual(phone.allergies());
  expect(laptop.allergies()).toEqual(expect.arrayContaining(['Lait', 'Soja']));

  for (const device of [laptop, fresh]) {
    const stored = (await device.disk.content()).length;
    await device.restart();
    const again = await device.replica.receive(random.shuffle(frames));
    expect(again).toMatchObject({
      ok: true,
      value: { admitted: 0, waiting: 0, refused: 0, recordChanged: false },
    });
    expect((await device.disk.content()).length).toBe(stored);
  }
  for (const device of [phone, laptop]) await sync(device.replica, world.relay);
  expect([...phone.events, ...laptop.events, ...bob.events, ...fresh.events]).toEqual([]);
}, 120_000);
