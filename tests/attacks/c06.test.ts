/**
 * C06: a member writes Yjs structs under the client id of another, to make replicas differ for ever.
 */
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { hex, type Bytes } from '#lib/bytes/bytes.ts';
import { Lane } from '#lib/replica/lane.ts';
import { encodeUpdate } from '#lib/replica/update.ts';
import { forge, received } from '../helpers/hostile/forge.ts';
import { push, settle, sync } from '../helpers/worlds/plain-relay.ts';
import { replicaWorld, type WorldDevice } from '../helpers/worlds/replica-world.ts';

const ID = 'AAAAAAAAAAAAAAAAAAAAAA';

/** What an honest lane of this client, that has set so many values, would say next. */
function squat(client: number, clock: number, count = 1): Bytes {
  const values = Array.from({ length: count }, (_, i) => ({
    ...{ section: 'allergies', key: `${ID}/f${clock + i}` },
    content: [i, []] as const,
  }));
  return encodeUpdate({ ...new Lane(client).place(values), clock });
}

/** The same as Yjs writes it for whoever takes its client id. */
function asYjs(client: number): Bytes {
  const doc = new Y.Doc();
  doc.clientID = client;
  doc.getMap('allergies').set(`${ID}/name`, 'Squatté');
  return new Uint8Array(Y.encodeStateAsUpdate(doc));
}

/** Thirteen bytes that delete the first values of a client. */
function deletion(client: number): Bytes {
  const doc = new Y.Doc();
  doc.clientID = client;
  doc.getMap('allergies').set(`${ID}/name`, 'x');
  doc.getMap('allergies').delete(`${ID}/name`);
  const whole = Y.decodeUpdate(Y.encodeStateAsUpdate(doc));
  expect(whole.ds.clients.size).toBe(1);
  return new Uint8Array(Y.encodeStateAsUpdate(doc, Y.encodeStateVector(doc)));
}

async function family() {
  const world = await replicaWorld(['Alice phone', 'Bob phone', 'Alice laptop']);
  for (const device of world.devices) await sync(device.replica, world.relay);
  const [alice, bob, laptop] = world.devices as [WorldDevice, WorldDevice, WorldDevice];
  const client = (device: WorldDevice) => alice.replica.members().author(device.id)!.clientId!;
  return { world, alice, bob, laptop, client };
}

test("C06: Bob signs updates under Alice's client id: void on all replicas, states converge, and Bob is named", async () => {
  const { world, alice, bob, laptop, client } = await family();
  await alice.allergy('Pollen');
  await settle([alice.replica, laptop.replica], world.relay);
  const { clock } = alice.replica.lanesOf(alice.id)[0]!;
  const contents = [clock, clock + 1, 0].map((at) => squat(client(alice), at));
  let place = {};
  for (const content of [...contents, asYjs(client(alice)), deletion(client(alice))]) {
    const before = [alice, laptop].map((device) => device.entries());
    const frame = await forge(world, bob, { kind: 'update', content, ...place });
    place = { seq: frame.seq + 1, before: [frame.saying] };
    for (const device of [laptop, alice]) await device.replica.receive(received(frame));
    expect([alice, laptop].map((device) => device.entries())).toEqual(before);
  }
  await alice.allergy('Latex');
  await push(alice.replica, world.relay);
  await sync(laptop.replica, world.relay);
  expect(laptop.allergies()).toEqual(['Latex', 'Pollen']);
  expect(hex(laptop.replica.stateHash())).toBe(hex(alice.replica.stateHash()));
  for (const device of [alice, laptop]) {
    expect(device.events).toMatchObject([
      { type: 'frame-refused', reason: 'hostile-update', author: bob.id },
    ]);
    await device.restart();
    expect(device.allergies()).toEqual(['Latex', 'Pollen']);
  }
  expect(hex(laptop.replica.stateHash())).toBe(hex(alice.replica.stateHash()));
});

test('C06: nor may a device repeat or skip its own clocks; what it says rightly afterwards counts', async () => {
  const { world, bob, laptop, client } = await family();
  let place = {};
  const say = async (content: Bytes) => {
    const frame = await forge(world, bob, { kind: 'update', content, ...place });
    place = { seq: frame.seq + 1, before: [frame.saying] };
    await laptop.replica.receive(received(frame));
    return laptop.replica.lanesOf(bob.id)[0]!.clock;
  };
  expect(await say(squat(client(bob), 1))).toBe(0);
  expect(await say(squat(client(bob), 5))).toBe(0);
  expect(await say(squat(client(bob), 0, 3))).toBe(3);
  expect(await say(squat(client(bob), 2))).toBe(3);
  expect(await say(squat(client(bob), 3))).toBe(4);
});
