/**
 * C07: a member sends updates that cost time and memory, or that wait for ever for what never comes.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { beforeEach, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import type { Bytes } from '#lib/bytes/bytes.ts';
import { MAX_WAITING_BYTES } from '#lib/replica/intake.ts';
import type { Frame } from '#lib/replica/frames.ts';
import { forge, received, ZERO } from '../helpers/hostile/forge.ts';
import { sync } from '../helpers/worlds/plain-relay.ts';
import { replicaWorld, type WorldDevice } from '../helpers/worlds/replica-world.ts';
import { forgetReached, reached } from '../helpers/hostile/yjs-spy.ts';

vi.mock('yjs', async (original) => (await import('../helpers/hostile/yjs-spy.ts')).spied(await original()));

beforeEach(forgetReached);

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Bytes that are in use once what nobody needs is gone. */
function inUse(): number {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

async function aliceAndMallory() {
  const world = await replicaWorld(['Alice phone', 'Mallory phone']);
  for (const device of world.devices) await sync(device.replica, world.relay);
  const [alice, mallory] = world.devices as [WorldDevice, WorldDevice];
  return { world, alice, mallory, client: alice.replica.members().author(mallory.id)!.clientId! };
}

function update(client: number, write: (map: Y.Map<unknown>) => void): Bytes {
  const doc = new Y.Doc({ guid: 'C07' }); // drawing a name at random costs more than all the rest
  doc.clientID = client;
  doc.transact(() => {
    write(doc.getMap('allergies'));
  });
  return new Uint8Array(Y.encodeStateAsUpdate(doc));
}

/** 280 kB of structs of as many clients as fit: seconds of work and a huge state vector, if it were applied. */
const MANY_CLIENTS = manyClients();

/** Merged by the hundred: the cost of one merge grows with the square of what it merges. */
function manyClients(): Bytes {
  const hundreds: Uint8Array[] = [];
  for (let first = 1; first <= 8_000; first += 100) {
    const clients = Array.from({ length: 100 }, (_, i) => first + i);
    hundreds.push(
      Y.mergeUpdates(clients.map((client) => update(client, (map) => map.set(`k${client}`, 'x'.repeat(12))))),
    );
  }
  return new Uint8Array(Y.mergeUpdates(hundreds));
}

test('C07: 280 kB of many clients are refused before any part of Yjs sees them, not even its decoder', async () => {
  const { world, alice, mallory } = await aliceAndMallory();
  const content = MANY_CLIENTS;
  expect(content.length).toBeGreaterThan(200_000);
  const frame = await forge(world, mallory, { kind: 'update', content });
  forgetReached();
  const report = await alice.replica.receive(received(frame));
  expect(reached).toEqual({ applied: 0, decoded: 0 });
  expect(report).toMatchObject({ ok: true, value: { admitted: 0, refused: 1 } });
  expect(alice.events).toMatchObject([
    { type: 'frame-refused', reason: 'hostile-update', author: mallory.id },
  ]);
});

test.each<[string, (client: number) => Bytes]>([
  [
    'too many values',
    (client) => update(client, (map) => Array.from({ length: 9000 }, (_, i) => map.set(`k${i}`, 1))),
  ],
  [
    'one key set again and again',
    (client) => update(client, (map) => Array.from({ length: 9000 }, (_, i) => map.set('k', i))),
  ],
  ['one endless value', (client) => update(client, (map) => map.set('k', 'x'.repeat(300_000)))],
  ['a clock near the end of numbers', (client) => hugeDeletion(client)],
])('C07: %s are refused', async (_, make) => {
  const { world, alice, mallory, client } = await aliceAndMallory();
  const frame = await forge(world, mallory, { kind: 'update', content: make(client) });
  forgetReached();
  expect(await alice.replica.receive(received(frame))).toMatchObject({
    ok: true,
    value: { admitted: 0, refused: 1 },
  });
  expect(reached.applied).toBe(0);
});

/** No structs; deletes what lies behind the largest number: "not there yet", for ever. */
function hugeDeletion(client: number): Bytes {
  const varint = (n: number) => {
    const bytes: number[] = [];
    for (; n >= 128; n = Math.floor(n / 128)) bytes.push((n % 128) | 128);
    return [...bytes, n];
  };
  const range = [...varint(Number.MAX_SAFE_INTEGER - 1), ...varint(9)];
  return Uint8Array.of(0, 1, ...varint(client), 1, ...range);
}

test('C07: sixty updates that wait for what never comes stay outside of the document, within a quota on the disk and in memory', async () => {
  const { world, alice, mallory, client } = await aliceAndMallory();
  const frames: Frame[] = [];
  let [seq, before] = [2, ZERO.replace(/^0/, '1')]; // the first one is never sent
  const value = 'x'.repeat(200_000);
  for (let i = 0; i < 60; i++) {
    const content = update(client, (map) => map.set(`k${i}`, value));
    const frame = await forge(world, mallory, { kind: 'update', content, seq, before, prev: before });
    [seq, before] = [seq + 1, frame.saying];
    frames.push(frame);
  }
  const before60 = inUse();
  for (const frame of frames)
    expect(await alice.replica.receive(received(frame))).toMatchObject({ ok: true, value: { admitted: 0 } });
  expect(inUse() - before60).toBeLessThan(50_000_000);
  let stored = 0;
  for (const { value: bytes } of await alice.disk.content()) stored += bytes.length;
  expect(stored).toBeLessThan(MAX_WAITING_BYTES + 100_000);
  expect(alice.events).toMatchObject([{ type: 'frame-refused', reason: 'quota', author: mallory.id }]);
  await alice.allergy('Pollen');
  expect(alice.allergies()).toEqual(['Pollen']);
  const sealed = (await alice.disk.content()).filter(({ key }) => key[2] === 'live');
  for (const { value: bytes } of sealed) expect(bytes.length).toBeLessThan(10_000); // nothing of it is in the record
});

test('C07: an update on grounds its author cannot have had waits aside, and its author is named', async () => {
  const { world, alice, mallory, client } = await aliceAndMallory();
  const other = alice.replica.members().author(alice.id)!.clientId!;
  const base = update(other, (map) =>
    Array.from({ length: 50 }, (_, i) => map.set(`AAAAAAAAAAAAAAAAAAAAAA/f${i}`, i)),
  );
  const doc = new Y.Doc();
  Y.applyUpdate(doc, base);
  const before = Y.encodeStateVector(doc);
  doc.clientID = client;
  doc.getMap('allergies').set('AAAAAAAAAAAAAAAAAAAAAA/f40', 'after a value that Alice never set');
  const content = new Uint8Array(Y.encodeStateAsUpdate(doc, before));
  const frame = await forge(world, mallory, { kind: 'update', content });
  expect(await alice.replica.receive(received(frame), { upToDate: true })).toMatchObject({
    ok: true,
    value: { admitted: 0, waiting: 1 },
  });
  expect(alice.events).toMatchObject([
    { type: 'frame-refused', reason: 'dangling-update', author: mallory.id },
  ]);
});

test('C07: who sent a hostile update is set aside: nothing that builds on it counts, and the others go on without', async () => {
  const { world, alice, mallory, client } = await aliceAndMallory();
  const first = await forge(world, mallory, { kind: 'update', content: MANY_CLIENTS });
  let [seq, before] = [first.seq + 1, first.saying];
  const later: Frame[] = [];
  for (let i = 0; i < 5; i++) {
    const content = update(client, (map) => map.set(`AAAAAAAAAAAAAAAAAAAAAA/f${i}`, i));
    const frame = await forge(world, mallory, { kind: 'update', content, seq, before, prev: before });
    [seq, before] = [seq + 1, frame.saying];
    later.push(frame);
  }
  await alice.allergy('Pollen');
  forgetReached();
  for (const frames of [[first], later, [first, ...later]])
    expect(await alice.replica.receive(received(...frames), { upToDate: true })).toMatchObject({
      ok: true,
      value: { admitted: 0 },
    });
  expect(reached.applied).toBe(0);
  expect(alice.events.map((event) => ('author' in event ? event.author : null))).toContain(mallory.id);
  await alice.restart();
  expect(alice.allergies()).toEqual(['Pollen']);
  await alice.allergy('Latex');
  expect(alice.allergies()).toEqual(['Latex', 'Pollen']);
});
