/**
 * C09: a standing device turned bad folds what nobody has said: lanes that go further than anybody holds them, of authors
 * with one branch or two, of the very device that reads it.
 */
import { expect, test } from 'vitest';
import { hex } from '#lib/bytes/bytes.ts';
import type { FieldValue } from '#lib/record/entry.ts';
import type { FoldedLane, Snapshot } from '#lib/replica/snapshot.ts';
import { Lane, shortOf } from '#lib/replica/lane.ts';
import { encodeUpdate } from '#lib/replica/update.ts';
import { forge, received } from '../helpers/hostile/forge.ts';
import { lyingLane, snapshotBy, truthOf, wordsAt } from '../helpers/hostile/snapshots.ts';
import { push, settle, sync } from '../helpers/worlds/plain-relay.ts';
import { replicaWorld, type ReplicaWorld, type WorldDevice } from '../helpers/worlds/replica-world.ts';

const TRUTH = ['Iode', 'Latex', 'Pollen', 'Pénicilline : choc'];
const NEVER_SAID = 'ab'.repeat(32);
const same = (value: FieldValue) => value;
const hidden = (value: FieldValue) => (value === 'Latex' ? 'Rien' : value);

async function family() {
  const world = await replicaWorld(['Alice phone', 'Bob phone', 'Mallory phone', 'Alice new']);
  const [alice, bob, mallory] = world.devices as [WorldDevice, WorldDevice, WorldDevice];
  const all = [alice, bob, mallory].map(({ replica }) => replica);
  await settle(all, world.relay);
  const choc = await bob.allergy('Pénicilline : choc');
  await bob.allergy('Latex');
  await alice.allergy('Pollen');
  await mallory.allergy('Iode');
  await settle(all, world.relay);
  return { world, alice, bob, mallory, choc };
}

/** One word more at the end of a lane. */
function goneOn({ head }: FoldedLane, lane: Lane, choc: string, time: number): FoldedLane {
  const values = [{ section: 'allergies', key: `${choc}/name`, content: ['Aucune allergie', []] as const }];
  const mark = { short: shortOf(NEVER_SAID), time, counter: 0 };
  expect(lane.apply(encodeUpdate(lane.place(values)), mark)).toBe(true);
  const further = { seq: head.seq + 1, saying: NEVER_SAID, frame: 'cd'.repeat(32), clock: lane.clock };
  return { head: { ...head, ...further }, lane };
}

function invented(
  world: ReplicaWorld,
  snapshot: Snapshot,
  { bob, choc }: { bob: WorldDevice; choc: string },
  change: (value: FieldValue) => FieldValue,
): Snapshot {
  const honest = snapshot.lanes.get(bob.id)!;
  const lane = lyingLane(world, honest, change);
  const further = goneOn(honest, lane, choc, world.clock.now());
  return { ...snapshot, lanes: new Map(snapshot.lanes).set(bob.id, further) };
}

test('C09: what is held of a lane that goes further is compared: who changed a value in it is refused by all', async () => {
  const scene = await family();
  const { world, alice, bob, mallory } = scene;
  const lie = invented(world, await truthOf(world, mallory), scene, hidden);
  const frame = await snapshotBy(world, mallory, lie, alice);
  world.relay.put(frame.topic, frame.bytes);
  for (const device of [alice, bob]) {
    await device.replica.receive(received(frame), { upToDate: true });
    expect(device.events).toEqual([{ type: 'snapshot-refused', author: mallory.id, frame: frame.id }]);
    expect(device.allergies()).toEqual(TRUTH);
  }
  await bob.allergy('Soja');
  await settle([alice.replica, bob.replica], world.relay);
  for (const device of [alice, bob]) expect(device.allergies()).toEqual([...TRUTH, 'Soja'].sort());
  expect(hex(alice.replica.stateHash())).toBe(hex(bob.replica.stateHash()));
});

test('C09: a word that is put in his mouth is told to Bob, who may also have put an old disk back', async () => {
  const scene = await family();
  const { world, alice, bob, mallory } = scene;
  const lie = invented(world, await truthOf(world, mallory), scene, same);
  const frame = await snapshotBy(world, mallory, lie, alice);
  await bob.replica.receive(received(frame));
  expect(bob.allergies()).toEqual(TRUTH);
  await bob.replica.receive([], { upToDate: true });
  expect(bob.events).toEqual([{ type: 'duplicate-device', author: bob.id, self: true }]);
  const shown = bob.allergies();
  await bob.restart();
  expect(bob.allergies()).toEqual(shown);
});

test('C09: that an author has two branches does not make a lie about them, or about anybody, pass', async () => {
  const scene = await family();
  const { world, alice, bob, mallory } = scene;
  // The keys of both Bob and Mallory were in use in two places.
  for (const device of [bob, mallory]) {
    const { seq, saying } = alice.replica.lanesOf(device.id)[0]!;
    const before = wordsAt(world).get(saying)!.before.slice(0, 1);
    const draft = { kind: 'heads', content: Uint8Array.of(0, 0), seq, before } as const;
    const beside = await forge(world, device, draft, alice);
    world.relay.put(beside.topic, beside.bytes);
  }
  await settle([alice.replica, bob.replica, mallory.replica], world.relay);
  expect(alice.replica.lanesOf(bob.id)).toHaveLength(2);
  const honest = await truthOf(world, mallory);
  const lanes = new Map(
    [...honest.lanes].map(([id, { head, lane }]): [string, FoldedLane] =>
      head.author === bob.id
        ? [id, { head, lane: lyingLane(world, { head, lane }, hidden) }]
        : [id, { head, lane }],
    ),
  );
  const frame = await snapshotBy(world, mallory, { ...honest, lanes }, alice);
  await alice.replica.receive(received(frame), { upToDate: true });
  expect(alice.events).toContainEqual({ type: 'snapshot-refused', author: mallory.id, frame: frame.id });
  expect(alice.allergies()).toEqual(TRUTH);
});

test('C09: of two snapshots that a newcomer took on the word of who made them, the whole history finds the lie', async () => {
  const scene = await family();
  const { world, alice, bob, mallory } = scene;
  const topic = alice.replica.topics()[0]!;
  const roster = world.relay.list(topic, 0).slice(0, alice.replica.controls().length);
  const lie = invented(world, await truthOf(world, mallory), scene, hidden);
  const frame = await snapshotBy(world, mallory, lie, alice);
  const honest = await alice.replica.snapshot();
  if (!honest.ok) throw new Error(honest.error.type);
  await alice.allergy('Blé');
  const fresh = await world.join('Alice new');
  await fresh.replica.receive(roster.map(({ bytes }) => ({ topic, bytes })));
  await fresh.replica.receive(received(frame), { upToDate: true });
  expect(fresh.allergies()).toContain('Aucune allergie');
  await push(alice.replica, world.relay);
  world.relay.put(frame.topic, frame.bytes);
  await sync(fresh.replica, world.relay);
  await settle([alice.replica, bob.replica, fresh.replica], world.relay);
  await settle([alice.replica, bob.replica, fresh.replica], world.relay);
  expect(fresh.events).toContainEqual({ type: 'snapshot-refused', author: mallory.id, frame: frame.id });
  expect(fresh.allergies()).toEqual([...TRUTH, 'Blé'].sort());
  expect(hex(fresh.replica.stateHash())).toBe(hex(alice.replica.stateHash()));
});
