/**
 * C07: a member sends updates that cost time and memory, or that wait for ever for what never comes.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { beforeEach, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import type { Bytes } from '#lib/bytes/bytes.ts';
import type { FieldValue } from '#lib/record/entry.ts';
import { MAX_WAITING_BYTES } from '#lib/replica/intake.ts';
import type { Frame } from '#lib/replica/frames.ts';
import { encodeUpdate, MAX_UPDATE, MAX_VALUES, NO_UPDATE, readUpdate } from '#lib/replica/update.ts';
import { forge, received } from '../helpers/hostile/forge.ts';
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

const ID = 'AAAAAAAAAAAAAAAAAAAAAA';
const key = (name: string | number) => ({ section: 'allergies', key: `${ID}/${name}` });

/** What a lane of this client that has set nothing yet may say. */
function first(
  client: number,
  values: readonly (readonly [name: string | number, value: FieldValue])[],
): Bytes {
  const placed = values.map(([name, value]) => ({
    ...key(name),
    content: [value, []] as const,
    after: null,
  }));
  return encodeUpdate({ client, clock: 0, values: placed });
}

function asYjs(client: number, write: (map: Y.Map<unknown>) => void): Bytes {
  const doc = new Y.Doc();
  doc.clientID = client;
  doc.transact(() => {
    write(doc.getMap('allergies'));
  });
  return new Uint8Array(Y.encodeStateAsUpdate(doc));
}

/** Structs of as many clients as fit: seconds of work and a huge state vector, if it were applied. */
function manyClients(): Bytes {
  const updates: Uint8Array[] = [];
  for (let client = 1; client <= 6_400; client++)
    updates.push(asYjs(client, (map) => map.set(`k${client}`, 'x'.repeat(12))));
  return new Uint8Array(Y.mergeUpdates(updates));
}

/** Takes a frame of Mallory in; it takes its place, says nothing, and Mallory is named. */
async function expectVoid(make: (client: number) => Bytes): Promise<void> {
  const { world, alice, mallory, client } = await aliceAndMallory();
  await alice.allergy('Pollen');
  const frame = await forge(world, mallory, { kind: 'update', content: make(client) });
  forgetReached();
  const report = await alice.replica.receive(received(frame));
  expect(reached.applied).toBe(0);
  expect(report).toMatchObject({ ok: true, value: { recordChanged: false } });
  expect(alice.allergies()).toEqual(['Pollen']);
  expect(alice.replica.lanesOf(mallory.id)).toMatchObject([{ seq: frame.seq, clock: 0 }]);
  expect(alice.events).toMatchObject([
    { type: 'frame-refused', reason: 'hostile-update', author: mallory.id },
  ]);
}

test(
  'C07: thousands of clients, in as many bytes as an update may have, are refused before any part of Yjs sees them',
  { timeout: 60_000 },
  async () => {
    const content = manyClients();
    // No longer than an honest update may be: it is not its length that is refused.
    expect(content.length).toBeGreaterThan(200_000);
    expect(content.length).toBeLessThanOrEqual(MAX_UPDATE);
    await expectVoid(() => content);
    expect(reached).toEqual({ applied: 0, decoded: 0 });
  },
);

/** An update of exactly so many bytes, of one value. */
function ofLength(client: number, bytes: number): Bytes {
  const rest = bytes - first(client, [['k', 'x'.repeat(100_000)]]).length;
  return first(client, [['k', 'x'.repeat(100_000 + rest)]]);
}

/** Values one after the other under one key, as many as that: small, so that no length forbids it. */
function chain(client: number, count: number): Bytes {
  const content = [1, []] as const;
  const values = Array.from({ length: count }, (_, i) =>
    i === 0 ? { ...key('k'), content, after: null } : { content, after: i - 1 },
  );
  return encodeUpdate({ client, clock: 0, values });
}

test('C07: the bounds are where they are said to be: a byte or a value more is none', () => {
  for (const client of [1, 2 ** 52]) {
    expect(ofLength(client, MAX_UPDATE)).toHaveLength(MAX_UPDATE);
    expect(readUpdate(ofLength(client, MAX_UPDATE))).not.toBeNull();
    expect(readUpdate(ofLength(client, MAX_UPDATE + 1))).toBeNull();
    expect(chain(client, MAX_VALUES + 1).length).toBeLessThan(MAX_UPDATE);
    expect(readUpdate(chain(client, MAX_VALUES))).not.toBeNull();
    expect(readUpdate(chain(client, MAX_VALUES + 1))).toBeNull();
  }
});

test.each<[string, (client: number) => Bytes]>([
  ['one byte too many', (client) => ofLength(client, MAX_UPDATE + 1)],
  ['one value too many', (client) => chain(client, MAX_VALUES + 1)],
  ['one key set twice', (client) => chain(client, 2)],
  ['a clock near the end of numbers', (client) => hugeDeletion(client)],
  [
    'a clock that leaves a gap',
    (client) => encodeUpdate({ client, clock: 7, values: [{ ...key('k'), content: [1, []], after: null }] }),
  ],
  [
    'a value after one that never was',
    (client) => encodeUpdate({ client, clock: 0, values: [{ content: [1, []], after: 40 }] }),
  ],
  ['a nested type', (client) => asYjs(client, (map) => map.set(`${ID}/k`, new Y.Map([['a', 1]])))],
  ['something behind the update', (client) => Uint8Array.of(...first(client, [['k', 1]]), 0)],
])('C07: %s: void, and the author is named', async (_, make) => {
  await expectVoid(make);
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

test(
  'C07: sixty updates that wait for what never comes stay outside of the document, within a quota on the disk and in memory',
  { timeout: 60_000 },
  async () => {
    const { world, alice, mallory, client } = await aliceAndMallory();
    const frames: Frame[] = [];
    const withheld = await forge(world, mallory, { kind: 'update', content: NO_UPDATE });
    let [seq, before] = [withheld.seq + 1, [withheld.saying]];
    const value = 'x'.repeat(200_000);
    for (let i = 0; i < 60; i++) {
      const content = encodeUpdate({
        client,
        clock: i,
        values: [{ ...key(i), content: [value, []], after: null }],
      });
      const frame = await forge(world, mallory, { kind: 'update', content, seq, before });
      [seq, before] = [seq + 1, [frame.saying]];
      frames.push(frame);
    }
    const before60 = inUse();
    for (const frame of frames)
      expect(await alice.replica.receive(received(frame))).toMatchObject({
        ok: true,
        value: { admitted: 0 },
      });
    // The quota is 8 MB; the rest is what opening them left to the collector, which a busy machine lets stand for longer.
    expect(inUse() - before60).toBeLessThan(80_000_000);
    let stored = 0;
    for (const { value: bytes } of await alice.disk.content()) stored += bytes.length;
    expect(stored).toBeLessThan(MAX_WAITING_BYTES + 100_000);
    expect(alice.events).toMatchObject([{ type: 'frame-refused', reason: 'quota', author: mallory.id }]);
    await alice.allergy('Pollen');
    expect(alice.allergies()).toEqual(['Pollen']);
    const sealed = (await alice.disk.content()).filter(({ key }) => key[2] === 'live');
    for (const { value: bytes } of sealed) expect(bytes.length).toBeLessThan(10_000); // nothing of it is in the record
    // What was dropped is no decision: with the first one at last, and the rest once more, all of it counts.
    await alice.replica.receive(received(withheld));
    expect(alice.replica.lanesOf(mallory.id)[0]!.seq).toBeGreaterThan(20);
    await alice.replica.receive(received(...frames));
    expect(alice.replica.lanesOf(mallory.id)).toMatchObject([{ seq: 61, clock: 60 }]);
  },
);

test(
  'C07: after a hostile update its author is named, its later words are judged by themselves, and the others go on',
  { timeout: 60_000 },
  async () => {
    const { world, alice, mallory, client } = await aliceAndMallory();
    const hostile = await forge(world, mallory, { kind: 'update', content: manyClients() });
    let [seq, before] = [hostile.seq + 1, [hostile.saying]];
    const later: Frame[] = [];
    for (const content of [
      chain(client, 2),
      first(client, [
        ['name', 'Iode'],
        ['@updated', 1],
      ]),
    ]) {
      const frame = await forge(world, mallory, { kind: 'update', content, seq, before });
      [seq, before] = [seq + 1, [frame.saying]];
      later.push(frame);
    }
    await alice.allergy('Pollen');
    // What comes first waits, and leaves no trace in the record.
    await alice.replica.receive(received(...later));
    expect(alice.allergies()).toEqual(['Pollen']);
    await alice.replica.receive(received(hostile), { upToDate: true });
    expect(alice.events.map((event) => ('author' in event ? event.author : null))).toContain(mallory.id);
    expect(alice.allergies()).toEqual(['Iode', 'Pollen']);
    await alice.restart();
    await alice.allergy('Latex');
    expect(alice.allergies()).toEqual(['Iode', 'Latex', 'Pollen']);
  },
);
