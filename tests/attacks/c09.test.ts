/**
 * C09: an owner's device turned bad makes a snapshot that is not what its frames make.
 */
import { describe, expect, test } from 'vitest';
import { fromHex, hex } from '#lib/bytes/bytes.ts';
import { RecordDocument } from '#lib/replica/document.ts';
import { appendLeaf } from '#lib/replica/merkle.ts';
import { encodeSnapshot, type Snapshot } from '#lib/replica/snapshot.ts';
import { forge, received } from '../helpers/hostile/forge.ts';
import { pull, push, sync } from '../helpers/worlds/plain-relay.ts';
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

/** The truth, as Mallory has it: every author's chain, its clock, and the peaks of its ids. */
async function truth({ world, mallory }: { world: ReplicaWorld; mallory: WorldDevice }): Promise<Snapshot> {
  const restore = world.relay.backup();
  const made = await mallory.replica.snapshot();
  if (!made.ok) throw new Error(made.error.type);
  const [outgoing] = await mallory.replica.outbox();
  restore();
  const { openReceived } = await import('#lib/replica/frames.ts');
  const opened = openReceived(outgoing!.bytes, outgoing!.id, world.epochs[0]!);
  if (typeof opened === 'string') throw new Error(opened);
  const { decodeSnapshot } = await import('#lib/replica/snapshot.ts');
  const snapshot = await decodeSnapshot([opened.frame.content], mallory.replica.members());
  if (!snapshot) throw new Error('no snapshot');
  return snapshot;
}

/** The same frontier over a state in which one entry was never written, or says something else. */
function lieAbout(
  snapshot: Snapshot,
  change: (values: [string, string, unknown][]) => [string, string, unknown][],
  clients: Map<string, number>,
): Snapshot {
  const document = new RecordDocument();
  document.add([snapshot.state]);
  const lying = new RecordDocument();
  const values = change([...document.values()].map(([section, key, value]) => [section, key, value]));
  // The clocks have to fit the frontier: every client sets as many values as it is said to have.
  for (const [author, { clock }] of snapshot.frontier) {
    const client = clients.get(author)!;
    for (let at = 0; at < clock; at++) {
      const [section, key, value] = values[at % values.length] ?? ['allergies', `k${at}`, 0];
      lying.set(client, new Map([[section, new Map([[key, value as string]])]]));
    }
  }
  return { ...snapshot, state: lying.state() };
}

describe('C09: a lying snapshot', () => {
  test('C09: peers that hold the frames refuse it, tell, and publish the frames again; nothing is let go', async () => {
    const { world, alice, bob, mallory } = await family();
    const honest = await truth({ world, mallory });
    const clients = new Map(
      [...honest.frontier.keys()].map((id) => [id, alice.replica.members().author(id)!.clientId!]),
    );
    const lie = lieAbout(honest, (values) => values.filter(([, key]) => !key.endsWith('/name')), clients);
    const [content] = (await encodeSnapshot(lie))!;
    const frame = await forge(world, mallory, { kind: 'snapshot', content: content! }, alice);
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
    const fresh = await world.join('Alice new');
    await pull(fresh.replica, world.relay);
    for (const device of [alice, bob]) await push(device.replica, world.relay);
    for (const device of [alice, bob]) await sync(device.replica, world.relay);
    expect(world.relay.list(topic, 0).length).toBeGreaterThanOrEqual(ids.length - 1); // all but the roster were covered
    expect(hex(alice.replica.stateHash())).toBe(hex(bob.replica.stateHash()));
  });

  test('C09: so is one whose root, frontier or place in its own chain does not fit', async () => {
    const { world, alice, mallory } = await family();
    const honest = await truth({ world, mallory });
    const [author, chain] = [...honest.frontier][0]!;
    const wrong: Snapshot[] = [
      {
        ...honest,
        frontier: new Map(honest.frontier).set(author, {
          ...chain,
          peaks: appendLeaf([], 0, new Uint8Array(32)),
        }),
      },
      { ...honest, frontier: new Map(honest.frontier).set(author, { ...chain, id: '11'.repeat(32) }) },
      { ...honest, frontier: new Map([...honest.frontier].filter(([id]) => id !== mallory.id)) },
    ];
    for (const snapshot of wrong) {
      const device = await world.join('Alice new');
      await pull(device.replica, world.relay);
      const [content] = (await encodeSnapshot(snapshot))!;
      const frame = await forge(world, mallory, { kind: 'snapshot', content: content! }, alice);
      await device.replica.receive(received(frame), { upToDate: true });
      expect(device.events.map(({ type }) => type)).toContain('snapshot-refused');
      expect(device.allergies()).toHaveLength(11);
    }
  });

  test('C09: a device that had only the lie finds out when the frames turn up, and ends where the others are', async () => {
    const { world, alice, bob, mallory } = await family();
    const honest = await truth({ world, mallory });
    const clients = new Map(
      [...honest.frontier.keys()].map((id) => [id, alice.replica.members().author(id)!.clientId!]),
    );
    const lie = lieAbout(honest, (values) => values.filter(([, , value]) => value !== 'Latex 3'), clients);
    const [content] = (await encodeSnapshot(lie))!;
    const frame = await forge(world, mallory, { kind: 'snapshot', content: content! }, alice);
    const topic = alice.replica.topics()[0]!;
    const everything = world.relay.list(topic, 0);
    const fresh = await world.join('Alice new');
    await fresh.replica.receive(everything.slice(0, 1).map(({ bytes }) => ({ topic, bytes }))); // the genesis
    await fresh.replica.receive(received(frame), { upToDate: true });
    expect(fresh.allergies()).not.toContain('Latex 3');
    expect(fresh.events).toEqual([]);
    world.relay.put(topic, frame.bytes);
    for (const device of [alice, bob]) await sync(device.replica, world.relay);
    for (let i = 0; i < 2; i++) await sync(fresh.replica, world.relay);
    expect(fresh.events).toMatchObject([{ type: 'snapshot-refused', author: mallory.id }]);
    for (const device of [alice, bob]) await sync(device.replica, world.relay);
    expect(fresh.allergies()).toEqual(alice.allergies());
    expect(hex(fresh.replica.stateHash())).toBe(hex(alice.replica.stateHash()));
  });
});

describe('C09: an honest snapshot', () => {
  test('C09: is verified by all who hold the frames, who then let them go, and a new device starts from it', async () => {
    const { world, alice, bob, mallory } = await family();
    const made = await alice.replica.snapshot();
    expect(made.ok).toBe(true);
    for (const device of [alice, bob, mallory]) await sync(device.replica, world.relay);
    const topic = alice.replica.topics()[0]!;
    for (const device of [alice, bob, mallory]) {
      expect(device.replica.uncovered()).toBe(1); // the snapshot itself
      for (const { topic: at, ids } of await device.replica.deletable()) {
        world.relay.doom(at, ids);
        await device.replica.proposed(ids);
      }
      expect(await device.replica.deletable()).toEqual([]);
      const frames = (await device.disk.content()).filter(({ key }) => key[2] === 'frame');
      expect(frames).toHaveLength(2); // the genesis of the roster and the snapshot
    }
    world.relay.purge();
    expect(world.relay.list(topic, 0)).toHaveLength(2);
    await bob.allergy('Arachide');
    await sync(bob.replica, world.relay);
    const fresh = await world.join('Alice new');
    await pull(fresh.replica, world.relay);
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
  const { id: rotation } = await world.rotate(phone, [], [phone, laptop]);
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
