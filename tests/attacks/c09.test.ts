/**
 * C09: an owner's device turned bad makes a snapshot that is not what its frames make.
 */
import { describe, expect, test } from 'vitest';
import { fromHex, hex } from '#lib/bytes/bytes.ts';
import type { FieldValue } from '#lib/record/entry.ts';
import type { Snapshot } from '#lib/replica/snapshot.ts';
import { received } from '../helpers/hostile/forge.ts';
import { lyingLane, snapshotBy, truthOf } from '../helpers/hostile/snapshots.ts';
import { pull, push, settle, sync } from '../helpers/worlds/plain-relay.ts';
import { replicaWorld, type ReplicaWorld, type WorldDevice } from '../helpers/worlds/replica-world.ts';

async function family(): Promise<{
  world: ReplicaWorld;
  alice: WorldDevice;
  bob: WorldDevice;
  mallory: WorldDevice;
}> {
  const world = await replicaWorld(['Alice phone', 'Bob phone', 'Mallory phone', 'Alice new']);
  const [alice, bob, mallory] = world.devices as [WorldDevice, WorldDevice, WorldDevice, WorldDevice];
  for (const device of [alice, bob, mallory]) await sync(device.replica, world.relay);
  for (let i = 0; i < 5; i++) {
    await alice.allergy(`Pollen ${i}`);
    await bob.allergy(`Latex ${i}`);
  }
  await mallory.allergy('Iode');
  for (const device of [alice, bob, mallory, alice, bob]) await sync(device.replica, world.relay);
  return { world, alice, bob, mallory };
}

/** The same heads over a lane of this author in which values are something else, of the frames that it says it is made of. */
function lieAbout(
  world: ReplicaWorld,
  { snapshot, author }: { snapshot: Snapshot; author: WorldDevice },
  change: (value: FieldValue) => FieldValue,
): Snapshot {
  const { head, lane } = snapshot.lanes.get(author.id)!;
  const lying = lyingLane(world, { head, lane }, change);
  expect([lying.frames, lying.clock]).toEqual([lane.frames, lane.clock]);
  return { ...snapshot, lanes: new Map(snapshot.lanes).set(author.id, { head, lane: lying }) };
}

const truth = ({ world, mallory }: { world: ReplicaWorld; mallory: WorldDevice }) => truthOf(world, mallory);

const ofMallory = (
  scene: { world: ReplicaWorld; mallory: WorldDevice; alice: WorldDevice },
  snapshot: Snapshot,
) => snapshotBy(scene.world, scene.mallory, snapshot, scene.alice);

describe('C09: a lying snapshot', () => {
  test('C09: peers that hold the frames refuse it, tell, and publish the frames again; nothing is let go', async () => {
    const scene = await family();
    const { world, alice, bob, mallory } = scene;
    const lie = lieAbout(world, { snapshot: await truth(scene), author: bob }, (value) =>
      value === 'Latex 3' ? 'Rien' : value,
    );
    const frame = await ofMallory(scene, lie);
    const topic = alice.replica.topics()[0]!;
    const ids = world.relay.list(topic, 0).map(({ id }) => fromHex(id));
    for (const device of [alice, bob]) {
      const before = device.allergies();
      await device.replica.receive(received(frame), { upToDate: true });
      expect(device.events).toEqual([{ type: 'snapshot-refused', author: mallory.id, frame: frame.id }]);
      expect(device.allergies()).toEqual(before);
      expect(await device.replica.deletable()).toEqual([]);
    }
    // Mallory, an owner, has the relay erase everything.
    world.relay.doom(topic, ids);
    world.relay.purge();
    world.relay.put(topic, frame.bytes);
    await settle([alice.replica, bob.replica], world.relay);
    const now = new Set(world.relay.list(topic, 0).map(({ id }) => id));
    const words = ids.filter((id) => !now.has(hex(id)));
    expect(words.length).toBeLessThanOrEqual(alice.replica.controls().length); // all words are back; no snapshot covers controls
    expect(hex(alice.replica.stateHash())).toBe(hex(bob.replica.stateHash()));
    expect(alice.allergies()).toContain('Latex 3');
  });

  test('C09: so is one that omits the last words of a lane, a head that is not in it, its own lane, or what was named', async () => {
    const scene = await family();
    const { world, alice, bob, mallory } = scene;
    const honest = await truth(scene);
    const { head, lane } = honest.lanes.get(bob.id)!;
    const shorter = lane.cut(head.seq - 1);
    const own = new Map([...honest.lanes].filter(([id]) => id !== mallory.id));
    const stray = { author: bob.id, seq: 99, saying: 'ab'.repeat(32), frame: 'cd'.repeat(32) };
    const wrong: Snapshot[] = [
      {
        ...honest,
        lanes: new Map(honest.lanes).set(bob.id, { head: { ...head, seq: head.seq - 1 }, lane: shorter }),
      },
      { ...honest, lanes: own },
      { ...honest, names: [stray] },
    ];
    for (const [i, snapshot] of wrong.entries()) {
      const device = await world.join('Alice new');
      await pull(device.replica, world.relay);
      const frame = await ofMallory(scene, snapshot);
      await device.replica.receive(received(frame), { upToDate: true });
      expect(
        device.events.map(({ type }) => type),
        `${i}`,
      ).toContain('snapshot-refused');
      expect(device.allergies(), `${i}`).toHaveLength(11);
    }
    expect(alice.events).toEqual([]);
  });

  test('C09: a device that had only the lie finds out when the frames turn up, and ends where the others are', async () => {
    const scene = await family();
    const { world, alice, bob, mallory } = scene;
    const lie = lieAbout(world, { snapshot: await truth(scene), author: bob }, (value) =>
      value === 'Latex 3' ? 'Rien' : value,
    );
    const frame = await ofMallory(scene, lie);
    const topic = alice.replica.topics()[0]!;
    const controls = alice.replica.controls().length;
    const everything = world.relay.list(topic, 0);
    const fresh = await world.join('Alice new');
    const first = everything.slice(0, controls).map(({ bytes }) => ({ topic, bytes })); // the roster
    await fresh.replica.receive(first);
    await fresh.replica.receive(received(frame), { upToDate: true });
    expect(fresh.allergies()).not.toContain('Latex 3');
    expect(fresh.events).toEqual([]);
    world.relay.put(topic, frame.bytes);
    await settle([alice.replica, bob.replica, fresh.replica], world.relay);
    expect(fresh.events).toMatchObject([{ type: 'snapshot-refused', author: mallory.id }]);
    await settle([alice.replica, bob.replica, fresh.replica], world.relay);
    expect(fresh.allergies()).toEqual(alice.allergies());
    expect(fresh.allergies()).toContain('Latex 3');
    expect(hex(fresh.replica.stateHash())).toBe(hex(alice.replica.stateHash()));
  });
});

describe('C09: an honest snapshot', () => {
  test('C09: is verified by all who hold the frames, who then let them go, and a new device starts from it', async () => {
    const { world, alice, bob, mallory } = await family();
    const made = await alice.replica.snapshot();
    expect(made.ok).toBe(true);
    await settle(
      [alice, bob, mallory].map(({ replica }) => replica),
      world.relay,
    );
    const topic = alice.replica.topics()[0]!;
    for (const device of [alice, bob, mallory]) {
      for (const { topic: at, ids } of await device.replica.deletable()) {
        world.relay.doom(at, ids);
        await device.replica.proposed(ids);
      }
      expect(await device.replica.deletable()).toEqual([]);
    }
    // The roster, the snapshot, and the words of the others that name it.
    const left = (device: WorldDevice) => device.replica.controls().length + 3;
    world.relay.purge();
    expect(world.relay.list(topic, 0)).toHaveLength(left(alice));
    for (const device of [alice, bob, mallory]) {
      const frames = (await device.disk.content()).filter(({ key }) => key[2] === 'frame');
      expect(frames).toHaveLength(left(device));
    }
    await bob.allergy('Arachide');
    const fresh = await world.join('Alice new');
    await settle(
      [alice, bob, mallory, fresh].map(({ replica }) => replica),
      world.relay,
    );
    expect(fresh.allergies()).toEqual(bob.allergies());
    expect(hex(fresh.replica.stateHash())).toBe(hex(bob.replica.stateHash()));
    await fresh.restart();
    expect(hex(fresh.replica.stateHash())).toBe(hex(bob.replica.stateHash()));
    for (const device of [alice, bob, mallory, fresh]) expect(device.events).toEqual([]);
  });

  test('C09: nothing is let go before the relay has the snapshot on its disk', async () => {
    const { world, alice } = await family();
    await alice.replica.snapshot();
    await pull(alice.replica, world.relay);
    expect(await alice.replica.deletable()).toEqual([]);
    const frames = (await alice.disk.content()).filter(({ key }) => key[2] === 'frame');
    expect(frames.length).toBeGreaterThan(10);
  });
});

test('C09: an honest snapshot is not refused because the rotation that covered frames go by has not come yet', async () => {
  const world = await replicaWorld(['Alice phone', 'Alice laptop']);
  const [phone, laptop] = world.devices as [WorldDevice, WorldDevice];
  for (const device of [phone, laptop]) await sync(device.replica, world.relay);
  await phone.allergy('Latex');
  const { id: rotation } = await world.rotate(phone, [phone, laptop]);
  await phone.allergy('Pollen');
  await push(phone.replica, world.relay);
  await phone.replica.snapshot();
  await push(phone.replica, world.relay);
  const kept = laptop.replica.topics().flatMap((topic) => {
    const entries = world.relay.list(topic, 0).filter(({ id }) => id !== hex(rotation));
    return entries.map(({ bytes }) => ({ topic, bytes }));
  });
  await laptop.replica.receive(kept);
  expect(laptop.events).toEqual([]);
  await sync(laptop.replica, world.relay);
  expect(laptop.events).toEqual([]);
  expect(laptop.allergies()).toEqual(['Latex', 'Pollen']);
});
