/**
 * C06: a member writes Yjs structs under the client id of another, to make replicas differ for ever.
 */
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { hex, type Bytes } from '#lib/bytes/bytes.ts';
import { forge, received } from '../helpers/hostile/forge.ts';
import { push, sync } from '../helpers/worlds/plain-relay.ts';
import { replicaWorld } from '../helpers/worlds/replica-world.ts';

/** An update that claims the clocks from `clock` on for this client. */
function squat(client: number, clock: number, count = 1): Bytes {
  const doc = new Y.Doc();
  doc.clientID = client;
  for (let i = 0; i < clock + count; i++) doc.getMap('allergies').set(`AAAAAAAAAAAAAAAAAAAAAA/f${i}`, i);
  const before = Y.encodeStateVectorFromUpdate(Y.encodeStateAsUpdate(docUpTo(client, clock)));
  return new Uint8Array(Y.encodeStateAsUpdate(doc, before));
}

function docUpTo(client: number, clock: number): Y.Doc {
  const doc = new Y.Doc();
  doc.clientID = client;
  for (let i = 0; i < clock; i++) doc.getMap('allergies').set(`AAAAAAAAAAAAAAAAAAAAAA/f${i}`, i);
  return doc;
}

async function family() {
  const world = await replicaWorld(['Alice phone', 'Bob phone', 'Alice laptop']);
  for (const device of world.devices) await sync(device.replica, world.relay);
  const [alice, bob, laptop] = world.devices;
  if (!alice || !bob || !laptop) throw new Error('three devices');
  const client = (device: typeof alice) => alice.replica.members().author(device.id)!.clientId!;
  return { world, alice, bob, laptop, client };
}

test("C06: Bob signs updates under Alice's client id: refused by all, states converge, and Bob is named", async () => {
  const { world, alice, bob, laptop, client } = await family();
  await alice.allergy('Pollen');
  const next = (await alice.replica.outbox()).length > 0 ? 3 : 0; // Alice has set three values
  for (const clock of [next, next + 1, 0]) {
    const frame = await forge(world, bob, { kind: 'update', content: squat(client(alice), clock) });
    for (const device of [laptop, alice]) {
      const before = hex(device.replica.stateHash());
      expect(await device.replica.receive(received(frame))).toMatchObject({
        ok: true,
        value: { admitted: 0, refused: 1 },
      });
      expect(hex(device.replica.stateHash())).toBe(before);
    }
  }
  await alice.allergy('Latex');
  await push(alice.replica, world.relay);
  await sync(laptop.replica, world.relay);
  expect(laptop.allergies()).toEqual(['Latex', 'Pollen']);
  expect(hex(laptop.replica.stateHash())).toBe(hex(alice.replica.stateHash()));
  expect(alice.events).toMatchObject([{ type: 'frame-refused', reason: 'hostile-update', author: bob.id }]);
});

test('C06: nor may a device repeat or skip its own clocks', async () => {
  const { world, bob, laptop, client } = await family();
  for (const clock of [1, 5]) {
    const frame = await forge(world, bob, { kind: 'update', content: squat(client(bob), clock) });
    const report = await laptop.replica.receive(received(frame));
    expect(report).toMatchObject({ ok: true, value: { admitted: 0 } });
  }
  const honest = await forge(world, bob, { kind: 'update', content: squat(client(bob), 0, 3) });
  expect(await laptop.replica.receive(received(honest))).toMatchObject({ ok: true, value: { admitted: 1 } });
  const next = { kind: 'update', seq: honest.seq + 1, before: honest.saying, prev: honest.id } as const;
  const again = await forge(world, bob, { ...next, content: squat(client(bob), 2) });
  expect(await laptop.replica.receive(received(again))).toMatchObject({
    ok: true,
    value: { admitted: 0, refused: 1 },
  });
});
