/**
 * Finding 6: what a member signs touches nothing of what another wrote, in memory and after a restart alike.
 */
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { hex, type Bytes } from '#lib/bytes/bytes.ts';
import { encodeUpdate } from '#lib/replica/update.ts';
import { forge, received } from '../helpers/hostile/forge.ts';
import { settle } from '../helpers/worlds/plain-relay.ts';
import { replicaWorld, type WorldDevice } from '../helpers/worlds/replica-world.ts';
import { shortAt } from '../helpers/worlds/voices.ts';

/** A deletion set alone: the first `length` values of a client. */
function erasure(client: number, length: number): Bytes {
  const doc = new Y.Doc();
  doc.clientID = client;
  const map = doc.getMap('allergies');
  doc.transact(() => {
    for (let i = 0; i < length; i++) map.set(`${i}`, i);
  });
  const before = Y.encodeStateVector(doc);
  doc.transact(() => {
    for (let i = 0; i < length; i++) map.delete(`${i}`);
  });
  const update = new Uint8Array(Y.encodeStateAsUpdate(doc, before));
  expect(Y.decodeUpdate(update)).toMatchObject({ structs: [] });
  return update;
}

async function pair() {
  const world = await replicaWorld(['Alice phone', 'Mallory phone'], 'lanes');
  const [alice, mallory] = world.devices as [WorldDevice, WorldDevice];
  await settle([alice.replica, mallory.replica], world.relay);
  const id = await alice.allergy('Pénicilline');
  await settle([alice.replica, mallory.replica], world.relay);
  return { world, alice, mallory, id };
}

test('6: a deletion set of a dozen bytes erases nothing of anybody: it is void, and who signed it is named', async () => {
  const { world, alice, mallory } = await pair();
  const { clock } = alice.replica.lanesOf(alice.id)[0]!;
  const content = erasure(alice.replica.members().author(alice.id)!.clientId!, clock);
  expect(content.length).toBeLessThan(16);
  const frame = await forge(world, mallory, { kind: 'update', content });
  for (const device of [alice, mallory]) {
    await device.replica.receive(received(frame));
    expect(device.allergies()).toEqual(['Pénicilline']);
    await device.restart();
    expect(device.allergies()).toEqual(['Pénicilline']);
  }
  expect(alice.events).toMatchObject([
    { type: 'frame-refused', reason: 'hostile-update', author: mallory.id },
  ]);
  await alice.allergy('Latex');
  await settle([alice.replica, mallory.replica], world.relay);
  expect(hex(mallory.replica.stateHash())).toBe(hex(alice.replica.stateHash()));
});

test('6: a value that claims to be over what it cannot have seen hides nothing but what it names', async () => {
  const { world, alice, mallory, id } = await pair();
  const client = alice.replica.members().author(mallory.id)!.clientId!;
  const over = Array.from({ length: 128 }, (_, i) => shortAt(i + 1)); // by chance
  const values = [{ section: 'allergies', key: `${id}/name`, content: ['Rien', over] as const, after: null }];
  const content = encodeUpdate({ client, clock: 0, values });
  const frame = await forge(world, mallory, { kind: 'update', content, clock: { time: 1, counter: 0 } });
  for (const device of [alice, mallory]) {
    await device.replica.receive(received(frame));
    expect(device.allergies()).toEqual(['Pénicilline']); // said later, and not among what it names
  }
  await alice.allergy('Pénicilline V', id);
  await settle([alice.replica, mallory.replica], world.relay);
  for (const device of [alice, mallory]) expect(device.allergies()).toEqual(['Pénicilline V']);
});
